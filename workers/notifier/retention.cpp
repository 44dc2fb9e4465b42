// A message and its deliveries go together: one that is there without the delivery that it had
// would be taken for missed, and sent again.
#include "workers/notifier/retention.hpp"

#include <array>
#include <bit>
#include <string>
#include <vector>

#include "workers/cells.hpp"
#include "workers/notifier/schedule.hpp"

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;

const sql::TransactionOptions as_worker{sql::Access::project, std::nullopt};

constexpr Pause kept = 24h * 30;
constexpr std::size_t step_max = 512;  // rows of a sort: the writer is held for a moment only

sql::Result<std::vector<sql::Value>> old_messages(sql::Session& session, const sql::Value& before) {
    const std::array parameters{before, cell(std::int64_t{step_max})};
    const auto rows = session.query(
        "SELECT m.id FROM outlay.outbox m WHERE m.fanned_at < $1 AND NOT EXISTS (SELECT 1"
        " FROM outlay.deliveries d WHERE d.message = m.id"
        " AND (d.state = 'pending' OR d.updated_at >= $1))"
        " ORDER BY m.fanned_at LIMIT $2 FOR UPDATE SKIP LOCKED",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<sql::Value> ids;
    for (std::size_t row = 0; row < rows->size(); ++row) ids.push_back(rows->at(row, 0));
    // Repeated, so that there are few different statements.
    if (!ids.empty()) ids.resize(std::bit_ceil(ids.size()), sql::Value(ids.back()));
    return ids;
}

// Readers of streams that stand before the horizon are told that they missed something.
sql::Status drop_messages(sql::Session& session, const sql::Value& before,
                          std::vector<sql::Value> ids) {
    std::string among;
    for (std::size_t at = 1; at <= ids.size(); ++at)
        among += (at == 1 ? "$" : ", $") + std::to_string(at);
    const auto horizons = session.execute(
        "INSERT INTO outlay.message_horizons AS horizon (workspace, log_offset)"
        " SELECT workspace, max(log_offset) FROM outlay.outbox WHERE id IN (" +
            among +
            ") AND channel IS NULL AND log_offset >= 0 GROUP BY workspace"
            " ON CONFLICT (workspace) DO UPDATE SET log_offset ="
            " CASE WHEN horizon.log_offset < excluded.log_offset THEN excluded.log_offset"
            " ELSE horizon.log_offset END",
        ids);
    if (!horizons.ok()) return domain::Fail{horizons.error()};
    // Somebody may ask for one of them in this very moment.
    ids.push_back(before);
    const auto deliveries = session.execute(
        "DELETE FROM outlay.deliveries WHERE message IN (" + among +
            ") AND state <> 'pending' AND updated_at < $" + std::to_string(ids.size()),
        ids);
    if (!deliveries.ok()) return domain::Fail{deliveries.error()};
    ids.pop_back();
    const auto messages = session.execute(
        "DELETE FROM outlay.outbox AS m WHERE m.id IN (" + among +
            ") AND NOT EXISTS (SELECT 1 FROM outlay.deliveries d WHERE d.message = m.id)",
        ids);
    if (!messages.ok()) return domain::Fail{messages.error()};
    return domain::Done{};
}

sql::Result<std::int64_t> drop_attempts(sql::Session& session, const sql::Value& before) {
    const std::array parameters{before, cell(std::int64_t{step_max})};
    return session.execute(
        "DELETE FROM outlay.delivery_attempts WHERE (delivery, number) IN (SELECT delivery, number"
        " FROM outlay.delivery_attempts WHERE at < $1 ORDER BY at LIMIT $2)",
        parameters);
}

}  // namespace

sql::Result<bool> forget_some(sql::Store& store, const platform::Clock& clock) {
    const auto before = cell(domain::Instant{clock.now().micros - kept.count()});
    bool has_more = false;
    const auto done = store.transact(as_worker, [&](sql::Session& session) -> sql::Status {
        auto messages = old_messages(session, before);
        if (!messages.ok()) return domain::Fail{messages.error()};
        has_more = messages->size() == step_max;
        if (!messages->empty()) {
            auto dropped = drop_messages(session, before, std::move(messages).value());
            if (!dropped.ok()) return dropped;
        }
        const auto attempts = drop_attempts(session, before);
        if (!attempts.ok()) return domain::Fail{attempts.error()};
        has_more = has_more || *attempts == static_cast<std::int64_t>(step_max);
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return has_more;
}

}  // namespace outlay::workers::notifier
