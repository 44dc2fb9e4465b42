// Facts that admission asks for, and the rows that its verdicts make.
#include "workers/judging.hpp"

#include <array>
#include <unordered_set>

#include "journal/tables.hpp"
#include "workers/cells.hpp"

namespace outlay::workers {

namespace {

namespace tables = journal::tables;
using journal::AggregateKey;
using journal::CommandFate;
using journal::CommandKey;
using journal::Verdict;

// A view over read.events: the last event of each aggregate.
constexpr std::array heads_columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"aggregate", sql::Type::text},
    sql::Column{"version", sql::Type::integer},
    sql::Column{"hash", sql::Type::text},
};
constexpr sql::Table heads{"read.heads", heads_columns, 2};

sql::Status learn_fates(sql::Session& session, journal::Admission& admission,
                        std::span<const CommandKey> wanted) {
    if (wanted.empty()) return domain::Done{};
    std::vector<sql::Value> keys;
    for (const auto& key : wanted) {
        admission.learn_fate(key, CommandFate::open);
        keys.push_back(cell(key.workspace));
        keys.push_back(cell(key.command));
    }
    constexpr std::array<std::string_view, 3> columns{"workspace", "command", "kind"};
    const auto rows = session.find(tables::commits, columns, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const bool closed = rows->text(row, 2) == "close";
        admission.learn_fate({{rows->uuid(row, 0)}, {rows->uuid(row, 1)}},
                             closed ? CommandFate::closed : CommandFate::admitted);
    }
    return domain::Done{};
}

sql::Status learn_heads(sql::Session& session, journal::Admission& admission,
                        std::span<const AggregateKey> wanted) {
    if (wanted.empty()) return domain::Done{};
    std::unordered_set<AggregateKey, journal::KeyHash> distinct(wanted.begin(), wanted.end());
    std::vector<sql::Value> keys;
    for (const auto& key : distinct) {
        admission.learn_head(key, {});
        keys.push_back(cell(key.workspace));
        keys.push_back(cell(key.aggregate));
    }
    constexpr std::array<std::string_view, 4> columns{"workspace", "aggregate", "version", "hash"};
    const auto rows = session.find(heads, columns, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto hash = journal::EventHash::parse(rows->text(row, 3));
        CHECK(hash.has_value(), "a stored event hash has another form");
        admission.learn_head({{rows->uuid(row, 0)}, rows->text(row, 1)},
                             {static_cast<std::uint64_t>(rows->integer(row, 2)), *hash});
    }
    return domain::Done{};
}

// The command that a record speaks of, as far as it could be read.
std::optional<CommandKey> command_of(const journal::Decoded& decoded) {
    if (const auto* commit = std::get_if<journal::Commit>(&decoded)) {
        if (commit->document) return CommandKey{commit->workspace, commit->command};
    } else if (const auto* close = std::get_if<journal::Close>(&decoded)) {
        return CommandKey{close->workspace, close->command};
    }
    return std::nullopt;
}

void add_final(const journal::Record& record, const CommandKey& command,
               const std::optional<std::string>& fingerprint, RowChanges& changes) {
    changes.append(tables::commits,
                   {cell(command.workspace), cell(command.command), cell(record.position.partition),
                    cell(record.position.offset), cell(fingerprint ? "commit" : "close"),
                    cell(fingerprint), cell(record.appended_at), record.value});
}

void add_events(const journal::Record& record, const journal::Commit& commit, RowChanges& changes) {
    for (std::size_t index = 0; index < commit.events.size(); ++index) {
        const auto& event = commit.events[index];
        changes.append(
            tables::events,
            {cell(commit.workspace), cell(event.aggregate), cell(event.version),
             cell(record.position.partition), cell(record.position.offset),
             cell(static_cast<std::int64_t>(index)), cell(event.type), cell(event.hash.hex())});
    }
}

void add_rejection(const Judged& judged, RowChanges& changes) {
    const auto& record = *judged.record;
    const auto command = command_of(judged.judgement.decoded);
    const std::optional<std::int64_t> none;
    changes.append(tables::rejections,
                   {cell(record.position.partition), cell(record.position.offset),
                    command ? cell(command->workspace) : cell(none),
                    command ? cell(command->command) : cell(none),
                    cell(journal::verdict_name(judged.judgement.verdict)),
                    cell(harmless(judged.judgement.detail)), cell(record.appended_at)});
}

void add_rows(const Judged& judged, RowChanges& changes) {
    switch (judged.judgement.verdict) {
        case Verdict::admitted: {
            const auto& commit = std::get<journal::Commit>(judged.judgement.decoded);
            add_final(*judged.record, {commit.workspace, commit.command}, commit.fingerprint,
                      changes);
            return add_events(*judged.record, commit, changes);
        }
        case Verdict::closed_now: {
            const auto& close = std::get<journal::Close>(judged.judgement.decoded);
            return add_final(*judged.record, {close.workspace, close.command}, std::nullopt,
                             changes);
        }
        case Verdict::control:
            return;
        case Verdict::duplicate:
        case Verdict::closed:
        case Verdict::precondition:
        case Verdict::stale:
        case Verdict::malformed:
        case Verdict::foreign:
        case Verdict::misrouted:
        case Verdict::skipped:
            return add_rejection(judged, changes);
        case Verdict::halt:
            CHECK(false, "a halting record has no rows");
    }
}

}  // namespace

sql::Result<std::vector<Judged>> judge_all(sql::Session& session, journal::Admission& admission,
                                           std::span<const journal::Record> records) {
    journal::Wanted wanted;
    std::vector<journal::Decoded> decoded;
    decoded.reserve(records.size());
    for (const auto& record : records) decoded.push_back(admission.prepare(record, wanted));
    auto learned = learn_fates(session, admission, wanted.commands);
    if (learned.ok()) learned = learn_heads(session, admission, wanted.aggregates);
    if (!learned.ok()) return domain::Fail{learned.error()};
    std::vector<Judged> judged;
    judged.reserve(records.size());
    for (std::size_t at = 0; at < records.size(); ++at) {
        judged.push_back({&records[at], admission.judge(records[at], std::move(decoded[at]))});
        if (judged.back().judgement.verdict == Verdict::halt) break;
    }
    return judged;
}

void add_admission_rows(std::span<const Judged> judged, RowChanges& changes) {
    for (const auto& one : judged) add_rows(one, changes);
}

}  // namespace outlay::workers
