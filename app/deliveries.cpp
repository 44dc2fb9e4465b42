// `outlay deliveries dead` and `outlay deliveries requeue`: what could not be sent, and sending it
// again.
#include <iostream>
#include <vector>

#include "api/resources/redelivery.hpp"
#include "app/operator.hpp"
#include "app/place.hpp"
#include "app/progress.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "platform/json/writer.hpp"
#include "views/cells.hpp"
#include "workers/cells.hpp"
#include "workers/operator_audit.hpp"

namespace outlay::app {

namespace {

using api::ChannelName;
using workers::cell;

constexpr int usage = 2;
constexpr std::int64_t at_once = 1000;  // of one transaction: the writer is held for a moment only

const sql::TransactionOptions as_admin{sql::Access::admin, std::nullopt};

struct Wish {
    std::optional<domain::WorkspaceId> workspace{};
    std::optional<domain::ChannelId> channel{};
    domain::Instant since{};
    std::vector<domain::DeliveryId> ids{};
};

Outcome<Wish> wish_of(const Settings& settings) {
    Wish wish;
    const auto no = [](const std::string& text, std::string_view what) {
        return domain::Fail{"\"" + text + "\" is no " + std::string(what)};
    };
    if (!settings.workspace.empty()) {
        wish.workspace = domain::WorkspaceId::parse(settings.workspace);
        if (!wish.workspace) return no(settings.workspace, "workspace's id, ws_...");
    }
    if (!settings.channel.empty()) {
        wish.channel = domain::ChannelId::parse(settings.channel);
        if (!wish.channel) return no(settings.channel, "channel's id, chn_...");
    }
    if (!settings.since.empty()) {
        const auto since = domain::Instant::parse(settings.since);
        if (!since) return no(settings.since, "time such as 2026-11-20T08:15:00Z");
        wish.since = *since;
    }
    for (const auto& text : settings.ids) {
        const auto id = domain::DeliveryId::parse(text);
        if (!id) return no(text, "delivery's id, dlv_...");
        wish.ids.push_back(*id);
    }
    return wish;
}

// Conditions on outlay.deliveries d. Only channels that there still are can be sent to.
struct Filter {
    std::string text =
        " WHERE d.state = 'dead' AND d.created_at >= $1 AND EXISTS"
        " (SELECT 1 FROM read.channels c WHERE c.workspace = d.workspace"
        " AND c.id = d.channel)";
    std::vector<sql::Value> parameters{};

    explicit Filter(const Wish& wish) : parameters{cell(wish.since)} {
        if (wish.workspace) add("d.workspace", cell(wish.workspace));
        if (wish.channel) add("d.channel", cell(wish.channel));
    }

private:
    void add(std::string_view column, sql::Value value) {
        parameters.push_back(std::move(value));
        text += " AND " + std::string(column) + " = $" + std::to_string(parameters.size());
    }
};

sql::Result<sql::Rows> query(sql::Store& store, const std::string& statement,
                             std::span<const sql::Value> parameters) {
    sql::Rows found;
    const auto done = store.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        auto rows = session.query(statement, parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        found = std::move(rows).value();
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return found;
}

void print_dead(const sql::Rows& rows, std::size_t row, bool as_json) {
    const auto id = domain::DeliveryId{rows.uuid(row, 0)}.text();
    const auto workspace = domain::WorkspaceId{rows.uuid(row, 1)}.text();
    const auto channel = domain::ChannelId{rows.uuid(row, 2)}.text();
    const auto since = views::instant_text(rows.text(row, 5));
    const auto error = rows.optional_text(row, 6);
    if (!as_json) {
        std::cout << id << "  " << since << "  " << rows.text(row, 3) << "  " << channel << "  "
                  << rows.integer(row, 4) << " attempts: " << error.value_or("") << "\n";
        return;
    }
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("id", id)
        .field("workspace", workspace)
        .field("channel", channel)
        .field("type", rows.text(row, 3))
        .field("attempts", rows.integer(row, 4))
        .field("dead_since", since)
        .field("last_error", error)
        .end_object();
    std::cout << text << "\n";
}

// Channels with something dead, and how much.
struct Lane {
    ChannelName name;
    std::int64_t dead = 0;
};
sql::Result<std::vector<Lane>> lanes_of(sql::Store& store, const Wish& wish) {
    const Filter filter(wish);
    const auto rows = query(store,
                            "SELECT d.workspace, d.channel, count(*) FROM outlay.deliveries d" +
                                filter.text + " GROUP BY d.workspace, d.channel ORDER BY 1, 2",
                            filter.parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<Lane> lanes;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        lanes.push_back({{{rows->uuid(row, 0)}, {rows->uuid(row, 1)}}, rows->integer(row, 2)});
    }
    return lanes;
}

// What an operator asked for, in the audit.
std::string detail_of(const Settings& settings) {
    std::string detail;
    json::Writer out(detail);
    out.begin_object()
        .field("workspace", settings.workspace)
        .field("channel", settings.channel)
        .field("since", settings.since)
        .field("deliveries", settings.ids)
        .end_object();
    return detail;
}

sql::Status note_requeue(sql::Store& store, const Settings& settings, domain::Instant now) {
    return store.transact(as_admin, [&](sql::Session& session) {
        return workers::note(session,
                             {operator_name(), "deliveries requeue", detail_of(settings), now});
    });
}

// At most `at_once` of them.
sql::Result<std::int64_t> requeue_some(sql::Store& store, const api::FailedDeliveries& wanted) {
    std::int64_t count = 0;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        const auto& [workspace, channel] = wanted.channel;
        if (auto woken = api::wake_lane(session, workspace, channel, wanted.now); !woken.ok())
            return woken;
        const auto sent = api::send_failed_again(session, wanted, at_once);
        if (!sent.ok()) return domain::Fail{sent.error()};
        count = *sent;
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return count;
}

// False: there is no such delivery, or its channel was removed.
sql::Result<bool> requeue_one(sql::Store& store, const domain::DeliveryId& id,
                              domain::Instant now) {
    bool is_found = false;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        is_found = false;
        const std::array parameters{cell(id)};
        const auto rows =
            session.query("SELECT workspace FROM outlay.deliveries WHERE id = $1", parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        if (rows->empty()) return domain::Done{};
        const domain::WorkspaceId workspace{rows->uuid(0, 0)};
        const auto channel = api::channel_of_delivery(session, workspace, id);
        if (!channel.ok()) return domain::Fail{channel.error()};
        if (!*channel) return domain::Done{};
        is_found = true;
        return api::send_again(session, {workspace, **channel}, id, now);
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return is_found;
}

struct Requeued {
    std::int64_t count = 0;
    bool is_whole = true;
    bool knows_all = true;  // every delivery that was named is there, and so is its channel
};

sql::Result<Requeued> requeue_named(sql::Store& store, const Wish& wish, domain::Instant now) {
    Requeued found;
    for (const auto& id : wish.ids) {
        const auto done = requeue_one(store, id, now);
        if (!done.ok()) return domain::Fail{done.error()};
        if (*done) {
            ++found.count;
        } else {
            found.knows_all = false;
            fail(id.text() + " is unknown, or its channel was removed");
        }
    }
    return found;
}

sql::Result<Requeued> requeue_lanes(sql::Store& store, const std::vector<Lane>& lanes,
                                    const Wish& wish, domain::Instant now) {
    std::int64_t total = 0;
    for (const auto& lane : lanes) total += lane.dead;
    Progress progress("requeued", "deliveries", total);
    Requeued found;
    for (const auto& lane : lanes) {
        for (auto count = at_once; count == at_once;) {
            if (wait_for_end(std::chrono::milliseconds{0})) {
                found.is_whole = false;
                return found;
            }
            const auto some = requeue_some(store, {lane.name, wish.since, now});
            if (!some.ok()) return domain::Fail{some.error()};
            count = *some;
            found.count += count;
            progress.add(count);
        }
    }
    return found;
}

void print(const Settings& settings, std::int64_t count) {
    if (settings.json) {
        std::string text;
        json::Writer out(text);
        out.begin_object()
            .field("requeued", settings.dry_run ? 0 : count)
            .field("found", count)
            .end_object();
        std::cout << text << "\n";
    } else if (settings.dry_run) {
        std::cout << count << " deliveries would be sent again; nothing was changed\n";
    } else {
        std::cout << count << " deliveries are sent again, the oldest first\n";
    }
}

}  // namespace

int deliveries_dead(const Settings& settings) {
    const auto wish = wish_of(settings);
    if (!wish.ok()) {
        fail(wish.error());
        return usage;
    }
    const auto store = needed_store(settings);
    if (!store.ok()) return fail(store.error());
    const Filter filter(*wish);
    const auto rows =
        query(**store,
              "SELECT d.id, d.workspace, d.channel, m.kind, d.attempts, d.updated_at, d.last_error"
              " FROM outlay.deliveries d JOIN outlay.outbox m ON m.id = d.message" +
                  filter.text + " ORDER BY d.updated_at DESC, d.id LIMIT " +
                  std::to_string(settings.rows_max),
              filter.parameters);
    if (!rows.ok()) return fail("the store: " + rows.error().detail);
    for (std::size_t row = 0; row < rows->size(); ++row) print_dead(*rows, row, settings.json);
    return 0;
}

int deliveries_requeue(const Settings& settings) {
    block_signals();
    const auto wish = wish_of(settings);
    const bool chooses =
        !settings.workspace.empty() || !settings.channel.empty() || !settings.since.empty();
    if (!wish.ok() || chooses != settings.ids.empty()) {
        fail(wish.ok() ? "name deliveries, or else --channel, --workspace or --since"
                       : wish.error());
        return usage;
    }
    const auto store = needed_store(settings);
    if (!store.ok()) return fail(store.error());
    const auto now = platform::SystemClock{}.now();
    std::vector<Lane> lanes;
    if (wish->ids.empty()) {
        auto found = lanes_of(**store, *wish);
        if (!found.ok()) return fail("the store: " + found.error().detail);
        lanes = std::move(found).value();
    }
    if (settings.dry_run) {
        auto count = std::ssize(wish->ids);
        for (const auto& lane : lanes) count += lane.dead;
        print(settings, count);
        return 0;
    }
    const auto noted = note_requeue(**store, settings, now);
    if (!noted.ok()) return fail("the store: " + noted.error().detail);
    const auto done = wish->ids.empty() ? requeue_lanes(**store, lanes, *wish, now)
                                        : requeue_named(**store, *wish, now);
    if (!done.ok()) {
        fail("the store: " + done.error().detail + " (the same command goes on from here)");
        return not_finished;
    }
    print(settings, done->count);
    if (!done->is_whole) return not_finished;
    return done->knows_all ? 0 : 1;
}

}  // namespace outlay::app
