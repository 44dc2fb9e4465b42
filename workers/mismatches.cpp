// Rows and notices. A notice's id derives from the workspace and the moment at which the mismatch
// was found first. It names no content of rows: that goes to operators alone.
#include "workers/mismatches.hpp"

#include <array>

#include "domain/channel/message_types.hpp"
#include "platform/hash.hpp"
#include "platform/json/writer.hpp"
#include "views/cells.hpp"
#include "workers/cells.hpp"
#include "workers/effects.hpp"

namespace outlay::workers {

namespace {

using domain::Done;
using domain::Fail;
using domain::channel::rows_differ;
using domain::channel::rows_mended;

constexpr std::int64_t no_place = -1;  // in the log

// "" if the workspace has none.
sql::Result<std::string> found_at(sql::Session& session, const domain::WorkspaceId& workspace) {
    const std::array parameters{cell(workspace)};
    const auto rows =
        session.query("SELECT found_at FROM outlay.mismatches WHERE workspace = $1", parameters);
    if (!rows.ok()) return Fail{rows.error()};
    return rows->empty() ? std::string() : rows->text(0, 0);
}

std::string differing_document(const Mismatch& mismatch, const std::string& since,
                               domain::Instant now) {
    std::string document;
    json::Writer out(document);
    out.begin_object()
        .field("since", views::instant_text(since))
        .field("position", mismatch.position.text())
        .field("table", mismatch.first.table.substr(std::string_view("read.").size()))
        .field("rows", mismatch.differing)
        .field("next_step",
               "An operator runs `outlay repair --workspace " + mismatch.workspace.text() + "`.")
        .field("at", now.text())
        .end_object();
    return document;
}

std::string mended_document(const journal::Position& position, const std::string& since,
                            domain::Instant now) {
    std::string document;
    json::Writer out(document);
    out.begin_object()
        .field("since", views::instant_text(since))
        .field("position", position.text())
        .field("at", now.text())
        .end_object();
    return document;
}

struct Notice {
    domain::WorkspaceId workspace;
    std::string_view type;
    std::string_view since;
    std::string document;
};

sql::Status tell(sql::Session& session, const Notice& notice, domain::Instant now) {
    const auto name = std::string(notice.type) + " " + std::string(notice.since);
    const auto* const severity = notice.type == rows_differ ? "critical" : "info";
    const std::array row{cell(platform::uuid_of_name(notice.workspace.value, name)),
                         cell(notice.workspace),
                         cell(notice.type),
                         cell(notice.document),
                         cell(no_place),
                         cell(no_place),
                         cell(now),
                         cell(severity),
                         sql::Value{sql::Null{}},
                         sql::Value{sql::Null{}},
                         sql::Value{sql::Null{}},
                         flag(false)};
    return session.write(effects::outbox, sql::OnConflict::ignore, row);
}

sql::Status insert(sql::Session& session, const Mismatch& mismatch, domain::Instant now) {
    const std::array parameters{cell(mismatch.workspace),          cell(now),
                                cell(mismatch.position.partition), cell(mismatch.position.offset),
                                cell(mismatch.differing),          cell(mismatch.first.table),
                                cell(mismatch.first.key),          cell(mismatch.first.detail)};
    const auto done = session.execute(
        "INSERT INTO outlay.mismatches (workspace, found_at, looked_at, log_partition, log_offset,"
        " differing, first_table, first_row, detail) VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (workspace) DO UPDATE SET looked_at = excluded.looked_at,"
        " log_partition = excluded.log_partition, log_offset = excluded.log_offset,"
        " differing = excluded.differing, first_table = excluded.first_table,"
        " first_row = excluded.first_row, detail = excluded.detail",
        parameters);
    return sql::status_of(done);
}

}  // namespace

sql::Status note_mismatch(sql::Session& session, const Mismatch& mismatch, domain::Instant now) {
    if (auto done = insert(session, mismatch, now); !done.ok()) return done;
    const auto since = found_at(session, mismatch.workspace);
    if (!since.ok()) return Fail{since.error()};
    return tell(
        session,
        {mismatch.workspace, rows_differ, *since, differing_document(mismatch, *since, now)}, now);
}

sql::Result<bool> note_match(sql::Session& session, const domain::WorkspaceId& workspace,
                             const journal::Position& position, domain::Instant now) {
    const auto since = found_at(session, workspace);
    if (!since.ok()) return Fail{since.error()};
    if (since->empty()) return false;
    const std::array parameters{cell(workspace)};
    const auto removed =
        session.execute("DELETE FROM outlay.mismatches WHERE workspace = $1", parameters);
    if (!removed.ok()) return Fail{removed.error()};
    const auto told = tell(
        session, {workspace, rows_mended, *since, mended_document(position, *since, now)}, now);
    if (!told.ok()) return Fail{told.error()};
    return true;
}

sql::Result<ReconciliationStatus> reconciliation_status(sql::Session& session) {
    ReconciliationStatus status;
    const auto sums = session.query(
        "SELECT COALESCE(CAST(sum(looks) AS bigint), 0), COALESCE(min(rounds), 0), max(looked_at)"
        " FROM outlay.reconciliations");
    if (!sums.ok()) return Fail{sums.error()};
    status.looks = sums->integer(0, 0);
    status.rounds = sums->integer(0, 1);
    status.looked_at = sums->optional_text(0, 2).value_or("");
    const auto rows = session.query(
        "SELECT workspace, log_partition, log_offset, differing, first_table, first_row, detail,"
        " found_at FROM outlay.mismatches ORDER BY found_at, workspace");
    if (!rows.ok()) return Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        status.mismatches.push_back(
            {{rows->uuid(row, 0)},
             {static_cast<std::int32_t>(rows->integer(row, 1)), rows->integer(row, 2)},
             rows->integer(row, 3),
             {rows->text(row, 4), rows->text(row, 5), rows->text(row, 6)},
             rows->text(row, 7)});
    }
    return status;
}

}  // namespace outlay::workers
