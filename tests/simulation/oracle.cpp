// docs/journal.md, section 4, line by line.
#include "tests/simulation/oracle.hpp"

#include <algorithm>

#include "platform/hash.hpp"

namespace outlay::simulation {

namespace {

using json::Kind;
using json::Value;

std::string member(const Value& object, std::string_view name) {
    const auto* value = object.find(name);
    return value == nullptr ? std::string{} : value->text();
}
std::uint64_t count(const Value& object, std::string_view name) {
    return static_cast<std::uint64_t>(object.find(name)->integer().value_or(0));
}
std::string sha256_hex(std::string_view bytes) {
    return platform::hex(platform::bytes_of(platform::sha256(bytes)));
}

std::int32_t home_of(const std::string& workspace, std::size_t partitions) {
    const auto id = *domain::uuid_of_base32(workspace.substr(workspace.find('_') + 1));
    const auto digest =
        platform::sha256({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
    std::uint64_t leading = 0;
    for (std::size_t i = 0; i < 4; ++i) leading = leading * 256 + digest[i];
    return static_cast<std::int32_t>(leading % partitions);
}

}  // namespace

struct Oracle::Commit {
    std::string workspace;
    domain::Instant decided_at;
    std::vector<SeenEvent> events;
    std::vector<std::string> hashes;
};

Oracle::Oracle(std::string journal, std::int32_t partitions)
    : journal_(std::move(journal)), partitions_(static_cast<std::size_t>(partitions)) {}

void Oracle::follow(const journal::Record& record) {
    auto& partition = partitions_[static_cast<std::size_t>(record.position.partition)];
    CHECK(record.position.offset == static_cast<std::int64_t>(partition.judged.size()),
          "records are judged in order");
    Judged judged;
    judged.position = record.position;
    const auto document = json::parse(record.value);
    judged.verdict = document.ok() ? judge(*document, judged) : "malformed";
    partition.chain =
        sha256_hex(partition.chain + "\n" + std::to_string(record.position.offset) + "\n" +
                   record.appended_at.text() + "\n" + std::to_string(record.key.size()) + ":" +
                   record.key + "\n" + record.value);
    partition.judged.push_back(judged);
    if (judged.verdict == "admitted" || judged.verdict == "closed_now")
        fates_[{judged.workspace, judged.command}] = judged;
}

std::string Oracle::judge(const Value& document, Judged& judged) {
    if (document.kind() != Kind::object) return "malformed";
    if (member(document, "journal") != journal_) return "foreign";
    const auto kind = member(document, "kind");
    if (kind == "genesis") return "control";
    judged.workspace = member(document, "workspace");
    judged.command = member(document, "command");
    judged.trace = member(document, "trace");
    if (home_of(judged.workspace, partitions_.size()) != judged.position.partition)
        return "misrouted";
    const auto* fate = fate_of(judged.workspace, judged.command);
    if (fate != nullptr) return fate->verdict == "admitted" ? "duplicate" : "closed";
    if (kind == "close") return "closed_now";
    judged.fingerprint = member(document, "fingerprint");
    return judge_commit(document, judged);
}

std::string Oracle::judge_commit(const Value& document, Judged& judged) {
    Commit commit{
        judged.workspace, *domain::Instant::parse(member(document, "decided_at")), {}, {}};
    bool is_behind = false;
    bool is_ahead = false;
    bool is_stale = false;
    for (const auto& read : document.find("reads")->items()) {
        judged.subject = member(read, "aggregate");
        judged.subject_version = count(read, "version");
        const auto current = head(judged.workspace, judged.subject).version;
        is_behind = is_behind || judged.subject_version < current;
        is_ahead = is_ahead || judged.subject_version > current;
    }
    std::map<std::string, Head> own;
    for (const auto& event : document.find("events")->items()) {
        const SeenEvent seen{member(event, "aggregate"), count(event, "version"),
                             member(event, "type"), event.find("data")};
        const auto [follows, is_first] =
            own.try_emplace(seen.aggregate, head(judged.workspace, seen.aggregate));
        const bool has_prev = member(event, "prev") == follows->second.hash;
        const bool is_next = seen.version == follows->second.version + 1;
        if (!is_first && !(is_next && has_prev)) return "malformed";
        is_stale = is_stale || seen.version <= follows->second.version;
        is_ahead = is_ahead || seen.version > follows->second.version + 1 || (is_next && !has_prev);
        commit.hashes.push_back(sha256_hex(event.raw()).substr(0, 32));
        follows->second = {seen.version, commit.hashes.back()};
        judged.subject = seen.aggregate;
        judged.subject_version = seen.version;
        commit.events.push_back(seen);
    }
    if (is_ahead) return "halt";
    if (is_behind) return "precondition";
    if (is_stale) return "stale";
    admit(commit, judged);
    return "admitted";
}

void Oracle::admit(const Commit& commit, Judged& judged) {
    const auto at = judged.position;
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
        const auto& event = commit.events[i];
        heads_[{commit.workspace, event.aggregate}] = {event.version, commit.hashes[i]};
        versions_[{commit.workspace, event.aggregate}].set(at.offset, event.version);
        events_.push_back(uuid_text(commit.workspace) + "|" + event.aggregate + "|" +
                          std::to_string(event.version) + "|" + std::to_string(at.partition) + "|" +
                          std::to_string(at.offset) + "|" + std::to_string(i) + "|" +
                          commit.hashes[i]);
    }
    if (!commit.events.empty())
        ledgers_[commit.workspace].follow({at.partition, at.offset, commit.decided_at},
                                          commit.events);
}

Oracle::Head Oracle::head(const std::string& workspace, const std::string& aggregate) const {
    const auto found = heads_.find({workspace, aggregate});
    return found == heads_.end() ? Head{} : found->second;
}

std::int64_t Oracle::next(std::int32_t partition) const {
    return static_cast<std::int64_t>(judged(partition).size());
}

const Judged* Oracle::fate_of(const std::string& workspace, const std::string& command) const {
    const auto found = fates_.find({workspace, command});
    return found == fates_.end() ? nullptr : &found->second;
}

const Ledger& Oracle::ledger(const std::string& workspace) const {
    static const Ledger nothing;
    const auto found = ledgers_.find(workspace);
    return found == ledgers_.end() ? nothing : found->second;
}

std::uint64_t Oracle::version(const std::string& workspace, const std::string& aggregate,
                              std::int64_t next) const {
    const auto found = versions_.find({workspace, aggregate});
    const auto* version = found == versions_.end() ? nullptr : found->second.at(next);
    return version == nullptr ? 0 : *version;
}

const std::string& Oracle::chain(std::int32_t partition) const {
    return partitions_[static_cast<std::size_t>(partition)].chain;
}

Oracle::Lines Oracle::commits() const {
    Lines lines;
    for (const auto& [key, fate] : fates_) {
        const bool is_close = fate.verdict == "closed_now";
        lines.push_back(uuid_text(fate.command) + "|" + std::to_string(fate.position.partition) +
                        "|" + std::to_string(fate.position.offset) +
                        (is_close ? "|close|~" : "|commit|" + fate.fingerprint));
    }
    std::ranges::sort(lines);
    return lines;
}

Oracle::Lines Oracle::rejections() const {
    static const std::vector<std::string> final_verdicts{"admitted", "closed_now", "control"};
    Lines lines;
    for (const auto& partition : partitions_) {
        for (const auto& one : partition.judged) {
            if (std::ranges::count(final_verdicts, one.verdict) > 0) continue;
            lines.push_back(std::to_string(one.position.partition) + "|" +
                            std::to_string(one.position.offset) + "|" + one.verdict);
        }
    }
    std::ranges::sort(lines);
    return lines;
}

Oracle::Lines Oracle::events() const {
    auto lines = events_;
    std::ranges::sort(lines);
    return lines;
}

Oracle::Lines Oracle::collect(void (Ledger::*add)(Lines&) const) const {
    Lines lines;
    for (const auto& [workspace, ledger] : ledgers_) (ledger.*add)(lines);
    std::ranges::sort(lines);
    return lines;
}

}  // namespace outlay::simulation
