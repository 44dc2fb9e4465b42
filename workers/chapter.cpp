// Facts and closes come with their bytes from the store; what was refused left its verdict there,
// and its bytes in the journal.
#include "workers/chapter.hpp"

#include <algorithm>
#include <array>

#include "journal/admission.hpp"
#include "journal/history.hpp"
#include "journal/tables.hpp"
#include "workers/cells.hpp"

namespace outlay::workers {

namespace {

namespace tables = journal::tables;
using domain::Fail;
using journal::Position;

struct Rule {
    std::string_view verdict;
    std::string_view sentence;
};
constexpr std::array rules{
    Rule{"admitted", "All it rests on was as it said: it is a fact."},
    Rule{"closed_now", "The command was still open: it is closed for ever and never applies."},
    Rule{"control", "It belongs to the journal itself and changes no workspace."},
    Rule{"duplicate", "The command was a fact already; the first one counts."},
    Rule{"closed", "The command had been closed before; it never applies."},
    Rule{"sealed", "The workspace had been sealed here: it lives in another journal."},
    Rule{"out_of_turn", "It was imported when nothing was, or came between what was imported."},
    Rule{"precondition", "What it rests on had been changed by a record before it."},
    Rule{"stale", "What it changes had been changed by a record before it."},
    Rule{"malformed", "It is no record that this program can read."},
    Rule{"foreign", "It belongs to another journal."},
    Rule{"misrouted", "Its workspace lives in another partition."},
    Rule{"skipped", "An operator's skip names it."},
    Rule{"halt", "It stops its partition; `outlay status` says what clears it."},
    Rule{"", "The projection has not come to it yet."},
};

Position position_in(const sql::Rows& rows, std::size_t row, std::size_t column) {
    return {static_cast<std::int32_t>(rows.integer(row, column)), rows.integer(row, column + 1)};
}

std::array<sql::Value, 2> cells_of(const Position& position) {
    return {cell(position.partition), cell(position.offset)};
}

void take_commit(Chapter& chapter, const journal::Commit& commit) {
    chapter.kind = "commit";
    chapter.workspace = commit.workspace;
    chapter.command = commit.command;
    chapter.actor = commit.actor;
    chapter.decided_at = commit.decided_at;
    chapter.trace = commit.trace;
    chapter.reads = commit.reads;
    if (commit.origin) chapter.origin = commit.origin;
    for (std::size_t index = 0; index < commit.events.size(); ++index) {
        const auto& event = commit.events[index];
        chapter.changes.push_back({journal::event_id(commit.command, index), event.aggregate,
                                   event.version, event.type, std::string(event.data->raw())});
    }
}

void take_bytes(Chapter& chapter, const std::string& value) {
    const auto decoded = journal::decode(value, "");
    if (const auto* commit = std::get_if<journal::Commit>(&decoded)) {
        // Without a document only its outer members could be read.
        if (commit->document) return take_commit(chapter, *commit);
        chapter.kind = "commit";
    } else if (const auto* close = std::get_if<journal::Close>(&decoded)) {
        chapter.kind = "close";
        chapter.workspace = close->workspace;
        chapter.command = close->command;
        chapter.problem = close->problem;
        if (close->origin) chapter.origin = close->origin;
    } else if (std::holds_alternative<journal::Genesis>(decoded)) {
        chapter.kind = "genesis";
    } else if (const auto* seal = std::get_if<journal::Seal>(&decoded)) {
        chapter.kind = "seal";
        chapter.workspace = seal->workspace;
    } else if (const auto* skip = std::get_if<journal::Skip>(&decoded)) {
        chapter.kind = "skip";
        chapter.detail = "of record " + std::to_string(skip->offset) + ": " + skip->reason;
    } else if (std::holds_alternative<journal::ImportEnd>(decoded)) {
        chapter.kind = "import_end";
    }
}

sql::Result<bool> take_settled(sql::Session& session, Chapter& chapter) {
    const auto rows = session.query(
        "SELECT kind, appended_at, record FROM read.commits"
        " WHERE log_partition = $1 AND log_offset = $2",
        cells_of(chapter.position));
    if (!rows.ok()) return Fail{rows.error()};
    if (rows->empty()) return false;
    take_bytes(chapter, rows->text(0, 2));
    chapter.verdict = rows->text(0, 0) == "close" ? "closed_now" : "admitted";
    chapter.appended_at = domain::Instant::parse(rows->text(0, 1));
    return true;
}

sql::Status take_rejection(sql::Session& session, Chapter& chapter) {
    const auto rows = session.query(
        "SELECT verdict, detail, appended_at, workspace, command FROM read.rejections"
        " WHERE log_partition = $1 AND log_offset = $2",
        cells_of(chapter.position));
    if (!rows.ok()) return Fail{rows.error()};
    if (rows->empty()) return domain::Done{};
    chapter.verdict = rows->text(0, 0);
    chapter.detail = rows->text(0, 1);
    chapter.appended_at = domain::Instant::parse(rows->text(0, 2));
    if (const auto workspace = rows->optional_uuid(0, 3))
        chapter.workspace = domain::WorkspaceId{*workspace};
    if (const auto command = rows->optional_uuid(0, 4))
        chapter.command = domain::CommandId{*command};
    return domain::Done{};
}

// False if there is no such record. A journal that is away leaves the bytes untold.
bool take_from_journal(journal::Journal& log, Chapter& chapter) {
    const auto& position = chapter.position;
    if (position.partition >= log.partition_count()) return false;
    const auto end = log.end(position.partition);
    if (!end.ok()) return !chapter.verdict.empty();
    if (position.offset >= *end) return false;
    const auto records = log.read(position.partition, position.offset,
                                  {.records_max = 1, .wait = std::chrono::milliseconds{2'000}});
    if (!records.ok() || records->empty()) return true;
    const auto& record = records->front();
    if (record.position != position) return true;
    chapter.appended_at = record.appended_at;
    take_bytes(chapter, record.value);
    return true;
}

// Whoever made the version that the loser says it would make, or does not know of.
sql::Result<std::optional<Rival>> maker_of(sql::Session& session, const Chapter& loser,
                                           const std::string& aggregate, std::uint64_t version) {
    const std::array<sql::Value, 3> parameters{cell(*loser.workspace), aggregate, cell(version)};
    const auto rows = session.query(
        "SELECT log_partition, log_offset, type FROM read.events"
        " WHERE workspace = $1 AND aggregate = $2 AND version = $3",
        parameters);
    if (!rows.ok()) return Fail{rows.error()};
    if (rows->empty() || position_in(*rows, 0, 0) >= loser.position) return std::optional<Rival>{};
    Rival rival;
    rival.position = position_in(*rows, 0, 0);
    rival.aggregate = aggregate;
    rival.version = version;
    rival.event_type = rows->text(0, 2);
    return std::optional(std::move(rival));
}

sql::Result<std::optional<Rival>> rival_of(sql::Session& session, const Chapter& loser) {
    std::optional<Rival> rival;
    if (!loser.workspace || !loser.command) return rival;
    if (loser.verdict == "duplicate" || loser.verdict == "closed") {
        const auto settled = journal::settled(session, *loser.workspace, *loser.command);
        if (!settled.ok()) return Fail{settled.error()};
        if (*settled) rival.emplace().position = (*settled)->position;
        return rival;
    }
    if (loser.verdict == "precondition") {
        for (const auto& read : loser.reads) {
            auto found = maker_of(session, loser, read.aggregate, read.version + 1);
            if (!found.ok() || *found) return found;
        }
    }
    if (loser.verdict == "stale") {
        for (const auto& change : loser.changes) {
            auto found = maker_of(session, loser, change.aggregate, change.version);
            if (!found.ok() || *found) return found;
        }
    }
    return rival;
}

sql::Status take_rival(sql::Session& session, Chapter& chapter) {
    auto rival = rival_of(session, chapter);
    if (!rival.ok()) return Fail{rival.error()};
    if (!*rival) return domain::Done{};
    Chapter winner;
    winner.position = (*rival)->position;
    const auto found = take_settled(session, winner);
    if (!found.ok()) return Fail{found.error()};
    if (winner.command) (*rival)->command = *winner.command;
    (*rival)->actor = winner.actor;
    chapter.rival = std::move(*rival);
    return domain::Done{};
}

std::string alerts_statement(std::string_view condition) {
    std::string columns;
    for (const auto column : views::alert_columns)
        columns.append(columns.empty() ? "a." : ", a.").append(column);
    return "SELECT " + columns + " FROM read.alerts a WHERE a.workspace = $1 AND " +
           std::string(condition) + " ORDER BY a.id";
}

sql::Result<std::vector<views::AlertView>> alerts_where(sql::Session& session,
                                                        const Chapter& chapter,
                                                        const std::string& statement) {
    const std::array<sql::Value, 3> here{cell(*chapter.workspace), cell(chapter.position.partition),
                                         cell(chapter.position.offset)};
    const auto rows = session.query(statement, here);
    if (!rows.ok()) return Fail{rows.error()};
    std::vector<views::AlertView> alerts;
    for (std::size_t row = 0; row < rows->size(); ++row)
        alerts.push_back(views::alert_row(*rows, row));
    return alerts;
}

sql::Status take_alerts(sql::Session& session, Chapter& chapter) {
    static const auto begun = alerts_statement("a.log_partition = $2 AND a.log_offset = $3");
    static const auto ended =
        alerts_statement("a.resolved_partition = $2 AND a.resolved_offset = $3");
    auto raised = alerts_where(session, chapter, begun);
    if (!raised.ok()) return Fail{raised.error()};
    chapter.raised = std::move(raised).value();
    auto resolved = alerts_where(session, chapter, ended);
    if (!resolved.ok()) return Fail{resolved.error()};
    chapter.resolved = std::move(resolved).value();
    return domain::Done{};
}

sql::Status take_messages(sql::Session& session, Chapter& chapter) {
    const std::array<sql::Value, 3> here{cell(*chapter.workspace), cell(chapter.position.partition),
                                         cell(chapter.position.offset)};
    const auto rows = session.query(
        "SELECT m.id, m.kind FROM outlay.outbox m WHERE m.workspace = $1 AND m.log_partition = $2"
        " AND m.log_offset = $3 AND m.channel IS NULL ORDER BY m.id",
        here);
    if (!rows.ok()) return Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        ToldMessage message{{rows->uuid(row, 0)}, rows->text(row, 1), {}};
        auto deliveries = deliveries_of(session, message.id);
        if (!deliveries.ok()) return Fail{deliveries.error()};
        message.deliveries = std::move(deliveries).value();
        chapter.messages.push_back(std::move(message));
    }
    return domain::Done{};
}

sql::Status take_consequences(sql::Session& session, Chapter& chapter) {
    if (!chapter.is_fact() || !chapter.workspace) return domain::Done{};
    const auto done = take_alerts(session, chapter);
    return done.ok() ? take_messages(session, chapter) : done;
}

// A record below the checkpoint that left nothing but itself, or one that stops its partition.
sql::Status take_standing(sql::Session& session, Chapter& chapter) {
    if (!chapter.verdict.empty()) return domain::Done{};
    const auto checkpoints = journal::checkpoints(session);
    if (!checkpoints.ok()) return Fail{checkpoints.error()};
    for (const auto& checkpoint : *checkpoints) {
        if (checkpoint.partition != chapter.position.partition) continue;
        if (chapter.position.offset < checkpoint.next) chapter.verdict = "control";
        if (chapter.position.offset == checkpoint.next && checkpoint.halt) {
            chapter.verdict = "halt";
            chapter.detail = checkpoint.halt_detail;
        }
    }
    return domain::Done{};
}

}  // namespace

std::string_view rule_of(std::string_view verdict) {
    const auto* const found = std::ranges::find(rules, verdict, &Rule::verdict);
    return found == rules.end() ? std::string_view{} : found->sentence;
}

sql::Result<std::optional<Chapter>> chapter_at(sql::Session& session, journal::Journal& log,
                                               const Position& position) {
    Chapter chapter;
    chapter.position = position;
    const auto settled = take_settled(session, chapter);
    if (!settled.ok()) return Fail{settled.error()};
    sql::Status done = domain::Done{};
    if (!*settled) {
        done = take_rejection(session, chapter);
        if (done.ok() && !take_from_journal(log, chapter)) return std::optional<Chapter>{};
        if (done.ok()) done = take_standing(session, chapter);
        if (done.ok()) done = take_rival(session, chapter);
    }
    if (done.ok()) done = take_consequences(session, chapter);
    if (!done.ok()) return Fail{done.error()};
    return std::optional(std::move(chapter));
}

sql::Result<std::vector<ToldDelivery>> deliveries_of(sql::Session& session,
                                                     const domain::MessageId& message) {
    const std::array<sql::Value, 1> parameters{cell(message)};
    const auto rows = session.query(
        "SELECT d.id, d.channel, d.state, d.attempts, d.last_error FROM outlay.deliveries d"
        " WHERE d.message = $1 ORDER BY d.id",
        parameters);
    if (!rows.ok()) return Fail{rows.error()};
    std::vector<ToldDelivery> deliveries;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        deliveries.push_back({{rows->uuid(row, 0)},
                              {rows->uuid(row, 1)},
                              rows->text(row, 2),
                              rows->integer(row, 3),
                              rows->optional_text(row, 4)});
    }
    return deliveries;
}

}  // namespace outlay::workers
