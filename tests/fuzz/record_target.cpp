// A journal record that is read can be written, and what was written is read as the same record:
// own, foreign and unasked identities, all kinds, and the events inside a commit.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "events/codec.hpp"
#include "journal/record.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/targets.hpp"

namespace outlay::fuzz {

namespace {

constexpr std::string_view own = "j";

// Every event, or none if one of them cannot be read.
std::optional<std::vector<domain::Event>> events_of(const journal::Commit& commit) {
    std::vector<domain::Event> events;
    for (const auto& stored : commit.events) {
        auto event = events::decode(stored.type, stored.schema, *stored.data);
        if (!event.ok()) {
            promise(!event.error().detail.empty(), "an unreadable event says why");
            return std::nullopt;
        }
        events.push_back(std::move(*event));
    }
    return events;
}

void check_event(const domain::Event& event) {
    const events::Encoded encoded = events::encode(event);
    const auto data = json::parse(encoded.data);
    promise(data.ok(), "the data of an event is JSON");
    const auto again = events::decode(encoded.type, encoded.schema, *data);
    promise(again.ok(), "a written event can be read");
    const events::Encoded twice = events::encode(again.value());
    promise(twice.type == encoded.type && twice.schema == encoded.schema, "its type stays");
    promise(twice.data == encoded.data, "its data stays");
}

journal::ProposedCommit proposed(const journal::Commit& commit,
                                 const std::vector<domain::Event>& events) {
    journal::ProposedCommit proposal{.journal = std::string(own),
                                     .workspace = commit.workspace,
                                     .command = commit.command,
                                     .fingerprint = commit.fingerprint,
                                     .actor = commit.actor,
                                     .decided_at = commit.decided_at,
                                     .reads = commit.reads,
                                     .events = {},
                                     .trace = commit.trace};
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto& stored = commit.events[i];
        proposal.events.push_back({stored.aggregate, stored.version, stored.prev, events[i]});
    }
    return proposal;
}

void promise_equal(const journal::Commit& left, const journal::Commit& right) {
    promise(left.workspace == right.workspace, "the workspace stays");
    promise(left.command == right.command, "the command stays");
    promise(left.fingerprint == right.fingerprint, "the fingerprint stays");
    promise(left.actor == right.actor, "the actor stays");
    promise(left.decided_at == right.decided_at, "the time stays");
    promise(left.reads == right.reads, "the reads stay");
    promise(left.trace == right.trace, "the trace stays");
    promise(left.events.size() == right.events.size(), "the events stay");
}

// What was moved can be moved again, byte by byte.
template <typename Final>
void check_imported(const Final& made) {
    if (!made.origin) return;
    const std::string value = journal::encode_imported(
        own, {made.workspace, made.command, *made.origin, made.imported_value});
    const journal::Decoded decoded = journal::decode(value, own);
    const auto* const again = std::get_if<Final>(&decoded);
    promise(again != nullptr && again->origin == made.origin &&
                again->imported_value == made.imported_value,
            "a written imported record is the same");
}

void check(const journal::Commit& commit) {
    check_imported(commit);
    const auto events = events_of(commit);
    if (!events) return;
    for (const auto& event : *events) check_event(event);
    const journal::EncodedCommit encoded = journal::encode(proposed(commit, *events));
    const journal::Decoded decoded = journal::decode(encoded.value, own);
    const auto* const again = std::get_if<journal::Commit>(&decoded);
    promise(again != nullptr, "a written commit is read as a commit");
    promise_equal(commit, *again);
    for (std::size_t i = 0; i < events->size(); ++i) {
        promise(again->events[i].hash == encoded.hashes[i], "the heads are the hashes of events");
        promise(again->events[i].version == commit.events[i].version, "versions stay");
        promise(journal::meta_of(*again, i).id == journal::meta_of(commit, i).id, "event ids stay");
    }
    const auto same_events = events_of(*again);
    promise(same_events.has_value(), "written events can be read");
    promise(journal::encode(proposed(*again, *same_events)).value == encoded.value,
            "a commit has one form");
}

void check(const journal::Close& close) {
    check_imported(close);
    const std::string value =
        journal::encode_close(own, close.workspace, close.command, close.problem);
    const journal::Decoded decoded = journal::decode(value, own);
    const auto* const again = std::get_if<journal::Close>(&decoded);
    promise(again != nullptr && again->workspace == close.workspace &&
                again->command == close.command && again->problem == close.problem,
            "a written close is the same");
}

void check(const journal::Genesis& genesis) {
    promise(genesis.partition_count > 0, "a journal has partitions");
    const std::string value =
        journal::encode_genesis(genesis.journal, genesis.partition_count, genesis.import_of);
    const journal::Decoded decoded = journal::decode(value, genesis.journal);
    const auto* const again = std::get_if<journal::Genesis>(&decoded);
    promise(again != nullptr && again->journal == genesis.journal &&
                again->partition_count == genesis.partition_count &&
                again->import_of == genesis.import_of,
            "a written genesis is the same");
}

void check(const journal::Seal& seal) {
    const std::string value = journal::encode_seal(own, seal.workspace);
    const journal::Decoded decoded = journal::decode(value, own);
    const auto* const again = std::get_if<journal::Seal>(&decoded);
    promise(again != nullptr && again->workspace == seal.workspace, "a written seal is the same");
}

void check(const journal::ImportEnd& end) {
    const std::string value = journal::encode_import_end(own, end.partition_count);
    const journal::Decoded decoded = journal::decode(value, own);
    const auto* const again = std::get_if<journal::ImportEnd>(&decoded);
    promise(again != nullptr && again->partition_count == end.partition_count,
            "a written end of an import is the same");
}

void check(const journal::Skip& skip) {
    promise(skip.offset >= 0, "an offset is a count");
    const std::string value = journal::encode_skip(own, skip.offset, skip.record_hash, skip.reason);
    const journal::Decoded decoded = journal::decode(value, own);
    const auto* const again = std::get_if<journal::Skip>(&decoded);
    promise(again != nullptr && again->offset == skip.offset &&
                again->record_hash == skip.record_hash && again->reason == skip.reason,
            "a written skip is the same");
}

void check(const journal::Malformed& malformed) {
    promise(!malformed.detail.empty(), "a malformed record says what is wrong");
}

void check(const journal::Foreign&) {
    promise(false, "no identity is foreign to who asks for none");
}

void check(const journal::TooNew& too_new) {
    promise(!too_new.detail.empty(), "a newer record says what is newer");
}

// The number of partitions decides where a workspace lives, so it is exactly the one that is
// written.
void check_partitions(const journal::Decoded& decoded, std::string_view input) {
    const auto* const genesis = std::get_if<journal::Genesis>(&decoded);
    if (genesis == nullptr) return;
    const auto document = json::parse(input);
    promise(document->find("partitions")->integer() == genesis->partition_count,
            "the partitions are those of the text");
}

// Who knows its own identity sees either what the others see, or that the record is foreign.
void check_identity(const journal::Decoded& unasked, std::string_view input) {
    const journal::Decoded decoded = journal::decode(input, own);
    const auto* const foreign = std::get_if<journal::Foreign>(&decoded);
    if (foreign == nullptr) {
        promise(decoded.index() == unasked.index(), "an own record is what it is to all");
        return;
    }
    promise(foreign->journal != own, "an own record is not foreign");
    promise(journal::decode(input, foreign->journal).index() == unasked.index() ||
                foreign->journal.empty(),
            "to its own journal a record is not foreign");
}

}  // namespace

void fuzz_record(std::string_view input) {
    const journal::Decoded decoded = journal::decode(input, "");
    std::visit([](const auto& record) { check(record); }, decoded);
    check_partitions(decoded, input);
    check_identity(decoded, input);
}

}  // namespace outlay::fuzz
