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

// A partition and what it has to know. A found row is told to all of them: those that did not ask
// for it have no use for it.
struct Question {
    Docket& docket;
    journal::Wanted wanted;
    std::vector<journal::Decoded> decoded;
};

sql::Status learn_fates(sql::Session& session, std::span<Question> questions) {
    std::vector<sql::Value> keys;
    for (auto& question : questions) {
        for (const auto& key : question.wanted.commands) {
            question.docket.admission.learn_fate(key, CommandFate::open);
            keys.push_back(cell(key.workspace));
            keys.push_back(cell(key.command));
        }
    }
    if (keys.empty()) return domain::Done{};
    constexpr std::array<std::string_view, 3> columns{"workspace", "command", "kind"};
    const auto rows = session.find(tables::commits, columns, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto fate =
            rows->text(row, 2) == "close" ? CommandFate::closed : CommandFate::admitted;
        const CommandKey key{{rows->uuid(row, 0)}, {rows->uuid(row, 1)}};
        for (auto& question : questions) question.docket.admission.learn_fate(key, fate);
    }
    return domain::Done{};
}

sql::Status learn_heads(sql::Session& session, std::span<Question> questions) {
    std::vector<sql::Value> keys;
    for (auto& question : questions) {
        const auto& wanted = question.wanted.aggregates;
        std::unordered_set<AggregateKey, journal::KeyHash> distinct(wanted.begin(), wanted.end());
        for (const auto& key : distinct) {
            question.docket.admission.learn_head(key, {});
            keys.push_back(cell(key.workspace));
            keys.push_back(cell(key.aggregate));
        }
    }
    if (keys.empty()) return domain::Done{};
    constexpr std::array<std::string_view, 4> columns{"workspace", "aggregate", "version", "hash"};
    const auto rows = session.find(heads, columns, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto hash = journal::EventHash::parse(rows->text(row, 3));
        CHECK(hash.has_value(), "a stored event hash has another form");
        const journal::Head head{static_cast<std::uint64_t>(rows->integer(row, 2)), *hash};
        const AggregateKey key{{rows->uuid(row, 0)}, rows->text(row, 1)};
        for (auto& question : questions) question.docket.admission.learn_head(key, head);
    }
    return domain::Done{};
}

void judge(Question& question) {
    auto& [docket, wanted, decoded] = question;
    docket.judged.reserve(docket.records.size());
    for (std::size_t at = 0; at < docket.records.size(); ++at) {
        const auto& record = docket.records[at];
        docket.judged.push_back({&record, docket.admission.judge(record, std::move(decoded[at]))});
        if (docket.judged.back().judgement.verdict == Verdict::halt) return;
    }
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

// What was imported keeps the bytes and the time that it had in the journal where it was decided.
template <typename Final>
void add_final(const journal::Record& record, const Final& made,
               const std::optional<std::string>& fingerprint, RowChanges& changes) {
    const auto appended_at = made.origin ? made.origin->appended_at : record.appended_at;
    changes.append(
        tables::commits,
        {cell(made.workspace), cell(made.command), cell(record.position.partition),
         cell(record.position.offset), cell(fingerprint ? "commit" : "close"), cell(fingerprint),
         cell(appended_at), made.origin ? std::string(made.imported_value) : record.value});
}

void add_gate(const Judged& judged, RowChanges& changes) {
    const auto& position = judged.record->position;
    const auto change = journal::gate_change(judged.judgement.decoded, position.offset);
    if (!change) return;
    changes.append(tables::gates, {cell(position.partition), cell(position.offset),
                                   cell(change->kind), cell(change->workspace)});
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
            add_final(*judged.record, commit, commit.fingerprint, changes);
            return add_events(*judged.record, commit, changes);
        }
        case Verdict::closed_now: {
            const auto& close = std::get<journal::Close>(judged.judgement.decoded);
            return add_final(*judged.record, close, std::nullopt, changes);
        }
        case Verdict::control:
            return add_gate(judged, changes);
        case Verdict::duplicate:
        case Verdict::closed:
        case Verdict::sealed:
        case Verdict::out_of_turn:
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

sql::Status judge_all(sql::Session& session, std::span<Docket> dockets) {
    std::vector<Question> questions;
    questions.reserve(dockets.size());
    for (auto& docket : dockets) {
        auto& question = questions.emplace_back(Question{docket, {}, {}});
        question.decoded.reserve(docket.records.size());
        for (const auto& record : docket.records)
            question.decoded.push_back(docket.admission.prepare(record, question.wanted));
    }
    auto learned = learn_fates(session, questions);
    if (learned.ok()) learned = learn_heads(session, questions);
    if (!learned.ok()) return learned;
    for (auto& question : questions) judge(question);
    return domain::Done{};
}

void add_admission_rows(std::span<const Judged> judged, RowChanges& changes) {
    for (const auto& one : judged) add_rows(one, changes);
}

}  // namespace outlay::workers
