// Rows of outlay.pauses, made and removed together with their note.
#include "workers/pausing.hpp"

#include <algorithm>
#include <array>

#include "journal/history.hpp"
#include "platform/json/writer.hpp"
#include "workers/cells.hpp"
#include "workers/operator_audit.hpp"

namespace outlay::workers {

namespace {

using journal::Pausable;
using journal::Pause;
using journal::PauseScope;

const sql::TransactionOptions as_admin{sql::Access::admin, std::nullopt};

sql::Status note_pause(sql::Session& session, const PauseWish& wish, std::string_view action) {
    std::string detail;
    json::Writer out(detail);
    out.begin_object().field("scope", wish.scope.text()).field("reason", wish.reason).end_object();
    return note(session, {wish.by, action, detail, wish.at});
}

sql::Result<std::optional<Pause>> find(sql::Session& session, const PauseScope& scope) {
    const auto all = journal::pauses(session);
    if (!all.ok()) return domain::Fail{all.error()};
    const auto found = std::ranges::find(*all, scope, &Pause::scope);
    return found == all->end() ? std::nullopt : std::optional(*found);
}

sql::Result<bool> insert(sql::Session& session, const PauseWish& wish) {
    const auto& scope = wish.scope;
    const std::array parameters{cell(scope.text()),    cell(journal::pausable_name(scope.what)),
                                cell(scope.workspace), cell(scope.partition),
                                cell(wish.reason),     cell(wish.by),
                                cell(wish.at)};
    const auto made = session.execute(
        "INSERT INTO outlay.pauses (scope, what, workspace, log_partition, reason, operator, since)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (scope) DO NOTHING",
        parameters);
    if (!made.ok()) return domain::Fail{made.error()};
    return *made == 1;
}

// Of the lanes that nothing holds any more.
sql::Status forgive_failures(sql::Session& session, const PauseWish& wish) {
    std::string statement =
        "UPDATE outlay.channel_lanes SET failing_since = $1 WHERE failing_since IS NOT NULL AND " +
        journal::deliveries_flow("outlay.channel_lanes");
    std::vector parameters{cell(wish.at)};
    if (wish.scope.workspace) {
        statement += " AND workspace = $2";
        parameters.push_back(cell(wish.scope.workspace));
    }
    const auto forgiven = session.execute(statement, parameters);
    if (!forgiven.ok()) return domain::Fail{forgiven.error()};
    return domain::Done{};
}

}  // namespace

sql::Result<bool> is_known(sql::Store& store, const PauseScope& scope) {
    bool found = true;
    const auto done = store.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        if (scope.workspace) {
            const std::array parameters{cell(scope.workspace)};
            const auto rows =
                session.query("SELECT 1 FROM read.workspaces WHERE workspace = $1", parameters);
            if (!rows.ok()) return domain::Fail{rows.error()};
            found = !rows->empty();
        }
        if (!scope.partition) return domain::Done{};
        const auto known = journal::checkpoints(session);
        if (!known.ok()) return domain::Fail{known.error()};
        found = std::ranges::find(*known, *scope.partition, &journal::Checkpoint::partition) !=
                known->end();
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return found;
}

sql::Result<PauseMade> make_pause(sql::Store& store, const PauseWish& wish) {
    PauseMade made;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        const auto is_new = insert(session, wish);
        if (!is_new.ok()) return domain::Fail{is_new.error()};
        made.is_new = *is_new;
        if (made.is_new) {
            if (auto noted = note_pause(session, wish, "pause"); !noted.ok()) return noted;
        }
        const auto pause = find(session, wish.scope);
        if (!pause.ok()) return domain::Fail{pause.error()};
        if (!*pause)
            return domain::Fail{sql::Error{sql::ErrorKind::conflict, "it was resumed just now"}};
        made.pause = **pause;
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return made;
}

sql::Result<std::optional<Pause>> end_pause(sql::Store& store, const PauseWish& wish) {
    std::optional<Pause> ended;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        auto pause = find(session, wish.scope);
        if (!pause.ok()) return domain::Fail{pause.error()};
        ended = std::move(pause).value();
        const std::array parameters{cell(wish.scope.text())};
        const auto removed =
            session.execute("DELETE FROM outlay.pauses WHERE scope = $1", parameters);
        if (!removed.ok()) return domain::Fail{removed.error()};
        if (*removed == 0) ended.reset();
        if (!ended) return domain::Done{};
        if (auto noted = note_pause(session, wish, "resume"); !noted.ok()) return noted;
        if (wish.scope.what != Pausable::deliveries) return domain::Done{};
        return forgive_failures(session, wish);
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return ended;
}

}  // namespace outlay::workers
