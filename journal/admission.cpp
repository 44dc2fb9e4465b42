// The admission rule; the order of its verdicts is part of the journal's format (docs/journal.md,
// section 4).
#include "journal/admission.hpp"

#include <array>

#include "platform/hash.hpp"

namespace outlay::journal {

namespace {

struct CauseText {
    HaltCause cause;
    std::string_view name;
    std::string_view remedy;
};
constexpr std::array causes{
    CauseText{HaltCause::version, "version",
              "Upgrade this program, or name the record in `outlay journal skip`."},
    CauseText{
        HaltCause::head, "head",
        "The journal's history diverged: restore it, or name the record in `outlay journal skip`."},
    CauseText{HaltCause::event_type, "event_type",
              "Upgrade this program; such a record is never skipped."},
    CauseText{HaltCause::lost_tail, "lost_tail",
              "The journal lost records that were projected: restore it, or make it anew from what "
              "the store kept: `outlay journal export --from-store`, `import`, `adopt`."},
    CauseText{HaltCause::unreadable, "unreadable",
              "A record cannot be read: restore the journal from a replica or backup, or make it "
              "anew from what the store kept: `outlay journal export --from-store`, `import`, "
              "`adopt`."},
    CauseText{HaltCause::genesis, "genesis",
              "This store belongs to another journal: check the topic or file that is configured."},
    CauseText{
        HaltCause::projection, "projection",
        "A record could not be projected: see the log for the cause, then upgrade or repair."},
};

constexpr std::array<std::string_view, 14> verdict_names{
    "admitted",     "closed_now", "control",   "duplicate", "closed",    "sealed",  "out_of_turn",
    "precondition", "stale",      "malformed", "foreign",   "misrouted", "skipped", "halt"};

const CauseText& text_of(HaltCause cause) {
    for (const auto& entry : causes) {
        if (entry.cause == cause) return entry;
    }
    domain::check_failed("cause", "a halt cause without text", __FILE__, __LINE__);
}

std::string versions(std::string_view what, const std::string& aggregate, std::uint64_t claimed,
                     std::uint64_t current) {
    return std::string(what) + " " + aggregate + " at version " + std::to_string(claimed) +
           ", current is " + std::to_string(current);
}

Judgement halt(HaltCause cause, std::string detail) {
    return {Verdict::halt, std::move(detail), cause, {}};
}

// What two records of one workspace need to share a partition.
const domain::WorkspaceId* workspace_of(const Decoded& decoded) {
    if (const auto* commit = std::get_if<Commit>(&decoded)) return &commit->workspace;
    if (const auto* close = std::get_if<Close>(&decoded)) return &close->workspace;
    return nullptr;
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
    return verdict_names[static_cast<std::size_t>(verdict)];
}
std::string_view halt_cause_name(HaltCause cause) {
    return text_of(cause).name;
}
std::string_view halt_remedy(HaltCause cause) {
    return text_of(cause).remedy;
}

std::optional<HaltCause> halt_cause(std::string_view name) {
    for (const auto& entry : causes) {
        if (entry.name == name) return entry.cause;
    }
    return std::nullopt;
}

Admission::Admission(std::string journal, std::int32_t partition, std::int32_t partition_count)
    : journal_(std::move(journal)), partition_(partition), partition_count_(partition_count) {}

Decoded Admission::prepare(const Record& record, Wanted& wanted) const {
    auto decoded = decode(record.value, journal_);
    if (const auto* commit = std::get_if<Commit>(&decoded)) {
        wanted.commands.push_back({commit->workspace, commit->command});
        for (const auto& read : commit->reads) {
            wanted.aggregates.push_back({commit->workspace, read.aggregate});
        }
        for (const auto& event : commit->events) {
            wanted.aggregates.push_back({commit->workspace, event.aggregate});
        }
    } else if (const auto* close = std::get_if<Close>(&decoded)) {
        wanted.commands.push_back({close->workspace, close->command});
    }
    return decoded;
}

void Admission::learn_head(AggregateKey key, Head head) {
    heads_.insert_or_assign(std::move(key), head);
}
void Admission::learn_fate(CommandKey key, CommandFate fate) {
    fates_.insert_or_assign(key, fate);
}
void Admission::learn_skip(std::int64_t offset, std::string hash) {
    skips_.insert_or_assign(offset, std::move(hash));
}

Head Admission::head(const AggregateKey& key) const {
    const auto found = heads_.find(key);
    CHECK(found != heads_.end(), "a head was not loaded");
    return found->second;
}

void Admission::forget() {
    heads_.clear();
    fates_.clear();
}

Judgement Admission::judge(const Record& record, Decoded decoded) {
    if (const auto* malformed = std::get_if<Malformed>(&decoded)) {
        return {Verdict::malformed, malformed->detail, {}, {}};
    }
    if (const auto* foreign = std::get_if<Foreign>(&decoded)) {
        return {Verdict::foreign, "journal " + foreign->journal, {}, {}};
    }
    Judgement judgement;
    const auto* workspace = workspace_of(decoded);
    if (const auto* newer = std::get_if<TooNew>(&decoded)) {
        judgement = halt(HaltCause::version, newer->detail);
    } else if (!workspace) {
        if (const auto change = gate_change(decoded, record.position.offset)) gates_.apply(*change);
        return {Verdict::control, {}, {}, std::move(decoded)};
    } else if (partition_of(*workspace, partition_count_) != partition_) {
        return {
            Verdict::misrouted, "workspace belongs to another partition", {}, std::move(decoded)};
    } else if (auto* close = std::get_if<Close>(&decoded)) {
        return judge_close(std::move(*close));
    } else {
        judgement = judge_commit(std::move(std::get<Commit>(decoded)));
    }
    if (judgement.verdict == Verdict::halt) {
        const auto skip = skips_.find(record.position.offset);
        if (skip != skips_.end() && skip->second == record_hash(record.value)) {
            return {Verdict::skipped, judgement.detail, {}, {}};
        }
    }
    return judgement;
}

Judgement Admission::judge_close(Close close) {
    const auto fate = fates_.find({close.workspace, close.command});
    CHECK(fate != fates_.end(), "a command's fate was not loaded");
    if (fate->second == CommandFate::admitted)
        return {Verdict::duplicate, {}, {}, std::move(close)};
    if (fate->second == CommandFate::closed) return {Verdict::closed, {}, {}, std::move(close)};
    if (const auto stopped = stopped_at_gates(close.workspace, close.origin.has_value()))
        return {*stopped, {}, {}, std::move(close)};
    fate->second = CommandFate::closed;
    return {Verdict::closed_now, {}, {}, std::move(close)};
}

Judgement Admission::judge_commit(Commit commit) {
    const auto fate = fates_.find({commit.workspace, commit.command});
    CHECK(fate != fates_.end(), "a command's fate was not loaded");
    if (fate->second == CommandFate::admitted)
        return {Verdict::duplicate, {}, {}, std::move(commit)};
    if (fate->second == CommandFate::closed) return {Verdict::closed, {}, {}, std::move(commit)};
    if (const auto stopped = stopped_at_gates(commit.workspace, commit.origin.has_value()))
        return {*stopped, {}, {}, std::move(commit)};
    if (auto rejection = compare(commit)) {
        if (rejection->verdict != Verdict::halt) rejection->decoded = std::move(commit);
        return std::move(*rejection);
    }
    fate->second = CommandFate::admitted;
    for (const auto& event : commit.events) {
        heads_[{commit.workspace, event.aggregate}] = {event.version, event.hash};
    }
    return {Verdict::admitted, {}, {}, std::move(commit)};
}

std::optional<Verdict> Admission::stopped_at_gates(const domain::WorkspaceId& workspace,
                                                   bool is_imported) const {
    if (gates_.is_sealed_for(workspace)) return Verdict::sealed;
    if (gates_.is_importing != is_imported) return Verdict::out_of_turn;
    return std::nullopt;
}

// Compares all reads and all first events. A future that this log does not have halts, whatever
// else is wrong; but an import that lost a record on the way appends it, and what follows it,
// again.
std::optional<Judgement> Admission::compare(const Commit& commit) const {
    std::optional<Judgement> first;
    const auto reject = [&first](Verdict verdict, std::string detail) {
        if (!first) first = Judgement{verdict, std::move(detail), {}, {}};
    };
    for (const auto& read : commit.reads) {
        const auto current = head({commit.workspace, read.aggregate});
        if (read.version == current.version) continue;
        auto text = versions("read", read.aggregate, read.version, current.version);
        if (read.version > current.version && !commit.origin)
            return halt(HaltCause::head, std::move(text));
        reject(Verdict::precondition, std::move(text));
    }
    std::map<std::string_view, bool> seen;
    for (const auto& event : commit.events) {
        if (!seen.try_emplace(event.aggregate, true).second) continue;
        const auto current = head({commit.workspace, event.aggregate});
        if (event.version == current.version + 1 && event.prev == current.hash) continue;
        auto text = versions("event of", event.aggregate, event.version, current.version);
        if (event.version > current.version && !commit.origin)
            return halt(HaltCause::head, text + ", other history");
        reject(Verdict::stale, std::move(text));
    }
    return first;
}

std::string chain(std::string_view previous, const Record& record) {
    std::string head(previous);
    head += "\n" + std::to_string(record.position.offset) + "\n" + record.appended_at.text() +
            "\n" + std::to_string(record.key.size()) + ":" + record.key + "\n";
    return platform::hex(platform::bytes_of(platform::sha256(head, record.value)));
}

}  // namespace outlay::journal
