// Two look-ups by key for a whole claim.
#include "workers/notifier/escalation.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "views/cells.hpp"
#include "views/delivery.hpp"
#include "views/message.hpp"
#include "workers/cells.hpp"
#include "workers/notifier/alert_link.hpp"

namespace outlay::workers::notifier {

namespace {

constexpr std::array alert_key{sql::Column{"workspace", sql::Type::uuid},
                               sql::Column{"id", sql::Type::uuid}};
constexpr sql::Table alerts{"read.alerts", alert_key, 2};

struct AlertNow {
    bool is_raised = false;
    std::optional<domain::Instant> snoozed_until{};
};
// What the channel's deliveries are about, and what has become of that.
struct Known {
    std::map<domain::AlertId, AlertNow> alerts;
    std::map<domain::DeliveryId, std::int64_t> attempts;
};

// The delivery by which this channel was told that the alert was raised.
domain::DeliveryId telling(const Claim& claim, const domain::AlertId& alert) {
    return views::delivery_id(views::alert_message_id(alert, "raised"), claim.channel);
}

sql::Result<Known> look_up(sql::Session& session, const Claim& claim) {
    std::vector<sql::Value> alert_keys;
    std::vector<sql::Value> delivery_keys;
    for (const auto& delivery : claim.deliveries) {
        const auto alert = alert_in(delivery.message);
        if (!alert) continue;
        alert_keys.insert(alert_keys.end(), {cell(claim.workspace), cell(*alert)});
        delivery_keys.push_back(cell(telling(claim, *alert)));
    }
    Known known;
    if (alert_keys.empty()) return known;
    constexpr std::array<std::string_view, 3> of_alerts{"id", "state", "snoozed_until"};
    const auto found = session.find(alerts, of_alerts, alert_keys);
    if (!found.ok()) return domain::Fail{found.error()};
    for (std::size_t row = 0; row < found->size(); ++row) {
        known.alerts.emplace(
            domain::AlertId{found->uuid(row, 0)},
            AlertNow{found->text(row, 1) == "raised", views::optional_instant_in(*found, row, 2)});
    }
    constexpr std::array<std::string_view, 2> of_deliveries{"id", "attempts"};
    const auto told = session.find(views::deliveries, of_deliveries, delivery_keys);
    if (!told.ok()) return domain::Fail{told.error()};
    for (std::size_t row = 0; row < told->size(); ++row)
        known.attempts.emplace(domain::DeliveryId{told->uuid(row, 0)}, told->integer(row, 1));
    return known;
}

enum class Turn { send, drop, wait };

Turn turn_of(const Claim& claim, const Delivery& delivery, const Known& known,
             domain::Instant now) {
    const auto alert = alert_in(delivery.message);
    if (!alert) return Turn::send;
    if (delivery.message.kind != "alert.raised") {
        const auto told = known.attempts.find(telling(claim, *alert));
        // What happened long ago is forgotten: an end too many does no harm.
        return told == known.attempts.end() || told->second > 0 ? Turn::send : Turn::drop;
    }
    const auto found = known.alerts.find(*alert);
    if (found == known.alerts.end()) return Turn::send;  // not known here yet: rather too often
    if (!found->second.is_raised) return Turn::drop;
    const auto& snoozed = found->second.snoozed_until;
    return snoozed && *snoozed > now ? Turn::wait : Turn::send;
}

sql::Status drop(sql::Session& session, const Delivery& delivery, domain::Instant now) {
    const std::array parameters{cell(now), cell(delivery.id)};
    const auto dropped = session.execute(
        "UPDATE outlay.deliveries SET state = 'dropped', next_attempt_at = NULL, updated_at = $1,"
        " last_error = 'somebody saw to the alert in time' WHERE id = $2",
        parameters);
    if (!dropped.ok()) return domain::Fail{dropped.error()};
    return domain::Done{};
}

sql::Status put_off(sql::Session& session, const Delivery& delivery, domain::Instant until) {
    const std::array parameters{cell(until), cell(delivery.id)};
    const auto put = session.execute(
        "UPDATE outlay.deliveries SET next_attempt_at = $1 WHERE id = $2", parameters);
    if (!put.ok()) return domain::Fail{put.error()};
    return domain::Done{};
}

}  // namespace

sql::Status leave_out_handled(sql::Session& session, Claim& claim, domain::Instant now) {
    const auto known = look_up(session, claim);
    if (!known.ok()) return domain::Fail{known.error()};
    std::vector<Delivery> kept;
    for (auto& delivery : claim.deliveries) {
        sql::Status done = domain::Done{};
        switch (turn_of(claim, delivery, *known, now)) {
            case Turn::send:
                kept.push_back(std::move(delivery));
                break;
            case Turn::drop:
                done = drop(session, delivery, now);
                break;
            case Turn::wait:
                done = put_off(session, delivery,
                               *known->alerts.at(*alert_in(delivery.message)).snoozed_until);
                break;
        }
        if (!done.ok()) return done;
    }
    claim.deliveries = std::move(kept);
    return domain::Done{};
}

}  // namespace outlay::workers::notifier
