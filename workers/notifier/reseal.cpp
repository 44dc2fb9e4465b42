// One transaction per batch: whatever ends the process between two, every text opens with one of
// the keys.
#include "workers/notifier/reseal.hpp"

#include <array>
#include <optional>

#include "views/channel_seals.hpp"
#include "workers/cells.hpp"

namespace outlay::workers::notifier {

namespace {

constexpr std::int64_t batch_rows = 200;
const sql::TransactionOptions as_admin{sql::Access::admin, std::nullopt};

struct Batch {
    std::int64_t looked_at = 0;
    std::int64_t resealed = 0;
    std::string last_id{};  // in the order of ids
    std::set<domain::ChannelId> unopened{};
};

// The row is named by what it holds, too: whoever sealed it anew meanwhile has done the work.
sql::Status replace(sql::Session& session, const std::string& id, const std::string& before,
                    std::string after) {
    const std::array<sql::Value, 3> parameters{std::move(after), id, before};
    const auto done = session.execute(
        "UPDATE outlay.channel_seals SET sealed = $1 WHERE id = $2 AND sealed = $3", parameters);
    if (!done.ok()) return domain::Fail{done.error()};
    return domain::Done{};
}

sql::Status work_through(sql::Session& session, const sql::Rows& rows,
                         const platform::SealKeys& keys, Batch& batch) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
        ++batch.looked_at;
        batch.last_id = rows.text(row, 0);
        const auto& sealed = rows.text(row, 3);
        if (platform::is_sealed_by_first(keys, sealed)) continue;
        const domain::ChannelId channel{rows.uuid(row, 2)};
        const auto context = views::seal_context({rows.uuid(row, 1)}, channel);
        const auto plain = platform::open_sealed(keys, context, sealed);
        if (!plain) {
            batch.unopened.insert(channel);
            continue;
        }
        const auto replaced =
            replace(session, batch.last_id, sealed, platform::seal(keys, context, *plain));
        if (!replaced.ok()) return replaced;
        ++batch.resealed;
    }
    return domain::Done{};
}

sql::Result<Batch> reseal_batch(sql::Store& store, const platform::SealKeys& keys,
                                const std::string& after) {
    Batch batch;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        batch = {};
        const std::array<sql::Value, 2> parameters{after, batch_rows};
        const auto rows = session.query(
            "SELECT id, workspace, channel, sealed FROM outlay.channel_seals WHERE id > $1"
            " ORDER BY id LIMIT $2",
            parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        return work_through(session, *rows, keys, batch);
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return batch;
}

}  // namespace

sql::Result<std::int64_t> count_seals(sql::Store& store) {
    std::int64_t count = 0;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        const auto rows = session.query("SELECT count(*) FROM outlay.channel_seals");
        if (!rows.ok()) return domain::Fail{rows.error()};
        count = rows->integer(0, 0);
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return count;
}

sql::Result<Resealing> reseal(sql::Store& store, const platform::SealKeys& keys,
                              const std::function<bool(std::int64_t)>& told) {
    Resealing whole;
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        whole.unopened.clear();
        std::string after = domain::Uuid{}.text();
        for (;;) {
            const auto batch = reseal_batch(store, keys, after);
            if (!batch.ok()) return domain::Fail{batch.error()};
            if (batch->looked_at == 0) break;
            after = batch->last_id;
            whole.resealed += batch->resealed;
            whole.unopened.insert(batch->unopened.begin(), batch->unopened.end());
            goes_on = goes_on || batch->resealed > 0;
            if (!told(batch->looked_at)) return whole;
        }
    }
    whole.is_whole = true;
    return whole;
}

}  // namespace outlay::workers::notifier
