// One read transaction per snapshot.
#include "journal/snapshot.hpp"

namespace outlay::journal {

namespace {

// The aggregate that a commit was about, and its version there: that of its last event, or the one
// that a no-op read.
Read subject_of(const Commit& commit) {
    if (!commit.events.empty())
        return {commit.events.back().aggregate, commit.events.back().version};
    if (!commit.reads.empty()) return commit.reads.back();
    return {std::string(domain::workspace_name), 0};
}

sql::Result<Replay> replay(sql::Session& session, const domain::WorkspaceId& workspace,
                           Settled settled) {
    const auto decoded = decode(settled.record, "");
    Replay replay{std::move(settled), {}, {}, {}, {}};
    if (const auto* close = std::get_if<Close>(&decoded)) {
        replay.problem = close->problem;
        return replay;
    }
    const auto* commit = std::get_if<Commit>(&decoded);
    if (!commit)
        return domain::Fail{
            sql::Error{sql::ErrorKind::failed, "a stored commit cannot be decoded"}};
    const auto subject = subject_of(*commit);
    auto target = load(session, workspace, subject.aggregate, subject.version);
    if (!target.ok()) return domain::Fail{target.error()};
    replay.aggregate = subject.aggregate;
    if (!commit->events.empty()) replay.event_type = commit->events.front().type;
    replay.target = std::move(target).value();
    return replay;
}

sql::Status fill(sql::Session& session, const SnapshotQuery& query, Snapshot& snapshot) {
    if (query.command) {
        auto found = settled(session, query.workspace, *query.command);
        if (!found.ok()) return domain::Fail{found.error()};
        if (*found) {
            auto earlier = replay(session, query.workspace, std::move(**found));
            if (!earlier.ok()) return domain::Fail{earlier.error()};
            snapshot.replay = std::move(earlier).value();
            return domain::Done{};
        }
    }
    if (query.at_least) {
        const auto shown = shows(session, *query.at_least);
        if (!shown.ok()) return domain::Fail{shown.error()};
        snapshot.is_behind = !*shown;
        if (snapshot.is_behind) return domain::Done{};
    }
    const auto load_into = [&](SharedVersioned& slot, std::string_view aggregate) -> sql::Status {
        auto loaded = shared(load(session, query.workspace, aggregate));
        if (!loaded.ok()) return domain::Fail{loaded.error()};
        slot = std::move(loaded).value();
        return domain::Done{};
    };
    auto status = load_into(snapshot.workspace, domain::workspace_name);
    if (status.ok() && (query.with_categories || query.target == domain::categories_name)) {
        status = load_into(snapshot.categories, domain::categories_name);
    }
    if (status.ok() && !query.also.empty()) status = load_into(snapshot.also, query.also);
    if (!status.ok() || query.target.empty()) return status;
    if (query.target == domain::workspace_name)
        snapshot.target = snapshot.workspace;
    else if (query.target == domain::categories_name)
        snapshot.target = snapshot.categories;
    else
        status = load_into(snapshot.target, query.target);
    return status;
}

}  // namespace

sql::Result<Snapshot> take_snapshot(sql::Store& store, const SnapshotQuery& query) {
    Snapshot snapshot;
    const auto status =
        store.transact({sql::Access::query, query.workspace}, [&](sql::Session& session) {
            snapshot = {};
            return fill(session, query, snapshot);
        });
    if (!status.ok()) return domain::Fail{status.error()};
    return snapshot;
}

}  // namespace outlay::journal
