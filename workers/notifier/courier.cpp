// One lane's round: open what is sealed, sign, send, note.
#include "workers/notifier/courier.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "views/channel_seals.hpp"
#include "workers/notifier/alert_link.hpp"
#include "workers/notifier/chat.hpp"
#include "workers/notifier/delivery_meter.hpp"
#include "workers/notifier/delivery_span.hpp"
#include "workers/notifier/lane_claim.hpp"
#include "workers/notifier/mail.hpp"
#include "workers/notifier/manners.hpp"
#include "workers/notifier/request_log.hpp"
#include "workers/notifier/webhook.hpp"

namespace outlay::workers::notifier {

namespace {

// Before anything was sent.
Attempt failed(std::string why) {
    Attempt attempt;
    attempt.error = std::move(why);
    attempt.error_class = views::DeliveryError::setup;
    return attempt;
}

views::DeliveryError error_class_of(const platform::MailAnswer& answer) {
    if (answer.is_permanent) return views::DeliveryError::rejected;
    return answer.code ? views::DeliveryError::status : class_of(answer.failure);
}

// The last one that the limit allows tells all that is left about budgets. What is about none (a
// test message, a notice, a digest) is nothing that a line of a summary could say: it goes alone.
void sum_up(std::vector<Courier::Parcel>& parcels, std::int64_t left) {
    const auto is_alone = [](const Courier::Parcel& parcel) {
        return !parcel.back().message.budget;
    };
    const auto about_budgets = std::stable_partition(parcels.begin(), parcels.end(), is_alone);
    const auto alone = std::distance(parcels.begin(), about_budgets);
    const auto may_tell = std::max<std::int64_t>(1, left - alone);
    if (std::distance(about_budgets, parcels.end()) <= may_tell) return;
    const auto last = about_budgets + may_tell - 1;
    for (auto more = last + 1; more != parcels.end(); ++more)
        std::ranges::move(*more, std::back_inserter(*last));
    parcels.erase(last + 1, parcels.end());
}

}  // namespace

// The newest of a budget stands last; what is about no budget goes alone.
std::vector<Courier::Parcel> Courier::parcels_of(const Claim& claim) const {
    std::vector<Parcel> parcels;
    std::map<domain::BudgetId, std::size_t> by_budget;
    for (const auto& delivery : claim.deliveries) {
        const auto& budget = delivery.message.budget;
        if (!budget || !manners_of(claim.kind).gathers) {
            parcels.push_back({delivery});
            continue;
        }
        const auto [place, is_new] = by_budget.try_emplace(*budget, parcels.size());
        if (is_new) parcels.emplace_back();
        parcels[place->second].push_back(delivery);
    }
    if (manners_of(claim.kind).gathers && claim.allowance) sum_up(parcels, claim.allowance->left);
    return parcels;
}

Attempt Courier::send(const Claim& claim, const Parcel& parcel) const {
    const auto context = views::seal_context(claim.workspace, claim.channel);
    const auto target = platform::open_sealed(means_.keys, context, claim.sealed_target);
    std::vector<std::string> secrets;
    for (const auto& sealed : claim.sealed_secrets) {
        if (auto secret = platform::open_sealed(means_.keys, context, sealed))
            secrets.push_back(std::move(*secret));
    }
    if (!target || secrets.empty())
        return failed("the channel's secrets cannot be opened with the keys of this node");
    const auto begun = clock_.monotonic();
    auto attempt = send_opened(claim, parcel, *target, secrets);
    attempt.millis =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.monotonic() - begun).count();
    return attempt;
}

Attempt Courier::send_opened(const Claim& claim, const Parcel& parcel, const std::string& target,
                             std::span<const std::string> secrets) const {
    using domain::channel::Kind;
    const auto post = [&](const platform::HttpRequest& request) {
        auto attempt =
            attempt_of(means_.client.post(request), manners_of(claim.kind).final_statuses);
        attempt.request = logged_fields(request.headers);
        return attempt;
    };
    const auto& message = parcel.back().message;
    if (claim.kind == Kind::webhook) {
        auto request = webhook_request(message, target, {claim.signature, secrets}, clock_.now());
        if (!request) return failed("the channel's secret is malformed");
        const DeliverySpan span(lanes_.trace_of(message), clock_);
        span.mark(*request);
        auto attempt = post(*request);
        span.end(message, attempt);
        return attempt;
    }
    std::vector<const Message*> messages;
    for (const auto& delivery : parcel) messages.push_back(&delivery.message);
    auto notice = notice_of(messages, claim.is_unconfirmed ? secrets.front() : "");
    if (!means_.public_url.empty()) {
        notice.link =
            alert_link(means_.public_url + "/v1/workspaces/" + claim.workspace.text(), messages);
    }
    const auto space = target.find(' ');
    const auto address = target.substr(0, space);
    const auto key = space == std::string::npos ? "" : target.substr(space + 1);
    switch (claim.kind) {
        case Kind::webhook:
            break;
        case Kind::slack:
            return post(chat_request(notice, claim.format.value_or(domain::channel::Format::slack),
                                     address));
        case Kind::pagerduty:
            return post(pagerduty_request(notice, message, address, key));
        case Kind::email:
            return send_mail(claim, parcel.back(), notice, address);
        case Kind::ntfy:
            return post(ntfy_request(notice, address, key));
    }
    return failed("a channel of an unknown kind");
}

Attempt Courier::send_mail(const Claim& claim, const Delivery& last, const Notice& notice,
                           const std::string& to) const {
    if (means_.mailer == nullptr)
        return failed("this node sends no mail: OUTLAY_SMTP_URL is not set");
    MailFrame frame{
        means_.mailer->sender(), to, last.id.text(), notice.budget ? notice.budget->text() : "", "",
        last.message.at};
    if (!means_.public_url.empty()) {
        frame.unsubscribe =
            means_.public_url + "/v1/unsubscribe/" +
            views::unsubscribe_token(means_.keys, {{claim.workspace, claim.channel}, claim.target});
    }
    const auto answer = means_.mailer->send(mail_of(notice, frame));
    Attempt attempt;
    attempt.request = logged_fields({{"Message-ID", message_id_of(frame)}});
    attempt.status = answer.code;
    if (answer.is_accepted) {
        attempt.end = End::delivered;
        return attempt;
    }
    attempt.error = "mail server: " + printable(answer.detail);
    attempt.error_class = error_class_of(answer);
    if (answer.is_permanent) attempt.end = End::rejected;
    return attempt;
}

template <typename Ask>
auto Courier::persist(std::string_view complaint, Ask ask) const {
    const auto end = clock_.monotonic() + lease;
    for (;;) {
        auto answer = ask();
        if (answer.ok()) return answer;
        complaints_.about(complaint, answer.error());
        if (!waits_() || clock_.monotonic() >= end) return answer;
    }
}

// What was sent and is not noted is sent again.
void Courier::deliver(const Claim& claim) {
    auto health = claim.health;
    for (const auto& parcel : parcels_of(claim)) {
        if (is_stopping_) break;
        const auto attempt = send(claim, parcel);
        count_attempt(claim.kind, attempt);
        const auto kept = persist("a delivery could not be noted",
                                  [&] { return lanes_.record(claim, parcel, health, attempt); });
        // Without an answer, or without the lease, whoever has the lane next goes on.
        if (!kept.ok() || !*kept) return;
        health = **kept;
        if (!health.may_be_called(clock_.now())) break;
        // Whoever removes, pauses or moves a channel means the messages behind this one, too.
        const auto unchanged = lanes_.is_unchanged(claim);
        if (!unchanged.ok()) complaints_.about("a channel cannot be read", unchanged.error());
        if (!unchanged.ok() || !*unchanged) break;
    }
    static_cast<void>(
        persist("a lane could not be given back", [&] { return lanes_.release(claim); }));
}

}  // namespace outlay::workers::notifier
