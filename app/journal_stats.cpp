// `outlay journal stats`: counts of records, verdicts and events. Changes nothing.
#include <cstdio>
#include <iostream>
#include <map>
#include <set>

#include "app/place.hpp"
#include "app/progress.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "journal/walk.hpp"
#include "platform/json/writer.hpp"

namespace outlay::app {

namespace {

using Counts = std::map<std::string, std::int64_t, std::less<>>;

struct Statistics {
    std::string journal;
    std::int64_t records = 0;
    std::int64_t bytes = 0;
    std::optional<domain::Instant> first_at;
    std::optional<domain::Instant> last_at;
    std::set<domain::WorkspaceId> workspaces;  // with facts
    std::set<domain::WorkspaceId> sealed;
    std::int32_t sealed_partitions = 0;
    Counts verdicts;
    Counts events;  // of admitted commits, by type
};

const domain::WorkspaceId* workspace_of(const journal::Decoded& decoded) {
    if (const auto* commit = std::get_if<journal::Commit>(&decoded)) return &commit->workspace;
    if (const auto* close = std::get_if<journal::Close>(&decoded)) return &close->workspace;
    return nullptr;
}

void count(const journal::Walk::Step& step, Statistics& all) {
    const auto& record = step.record;
    ++all.records;
    all.bytes += static_cast<std::int64_t>(record.key.size() + record.value.size());
    if (!all.first_at || record.appended_at < *all.first_at) all.first_at = record.appended_at;
    if (!all.last_at || *all.last_at < record.appended_at) all.last_at = record.appended_at;
    ++all.verdicts[std::string(journal::verdict_name(step.judgement.verdict))];
    if (step.judgement.verdict != journal::Verdict::admitted) return;
    const auto& commit = std::get<journal::Commit>(step.judgement.decoded);
    all.workspaces.insert(commit.workspace);
    for (const auto& event : commit.events) ++all.events[event.type];
}

void write_counts(json::Writer& out, std::string_view name, const Counts& counts) {
    out.key(name).begin_object();
    for (const auto& [what, number] : counts) out.field(what, number);
    out.end_object();
}

std::optional<std::string> text_of(const std::optional<domain::Instant>& at) {
    return at ? std::optional(at->text()) : std::nullopt;
}

void print_json(const Statistics& all) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("journal", all.journal)
        .field("records", all.records)
        .field("bytes", all.bytes)
        .field("first_at", text_of(all.first_at))
        .field("last_at", text_of(all.last_at))
        .field("workspaces", static_cast<std::int64_t>(all.workspaces.size()))
        .field("sealed_workspaces", static_cast<std::int64_t>(all.sealed.size()))
        .field("sealed_partitions", std::int64_t{all.sealed_partitions});
    write_counts(out, "verdicts", all.verdicts);
    write_counts(out, "events", all.events);
    out.end_object();
    std::cout << text << "\n";
}

void print_counts(const char* title, const Counts& counts) {
    std::printf("%s\n", title);
    for (const auto& [what, number] : counts)
        std::printf("  %-28s %12lld\n", what.c_str(), static_cast<long long>(number));
}

void print_table(const Statistics& all) {
    std::printf("journal %s\n", all.journal.c_str());
    std::printf("%lld records, %lld bytes, %zu workspaces\n", static_cast<long long>(all.records),
                static_cast<long long>(all.bytes), all.workspaces.size());
    if (all.first_at)
        std::printf("from %s to %s\n", all.first_at->text().c_str(), all.last_at->text().c_str());
    if (all.sealed_partitions > 0) std::printf("%d partitions are sealed\n", all.sealed_partitions);
    if (!all.sealed.empty()) std::printf("%zu workspaces are sealed\n", all.sealed.size());
    print_counts("verdicts", all.verdicts);
    print_counts("events of facts", all.events);
}

// One partition, to its end.
domain::Status<std::string> count_partition(journal::Journal& log, std::int32_t partition,
                                            const std::optional<domain::WorkspaceId>& only,
                                            Statistics& all, Progress& progress) {
    const auto end = log.end(partition);
    if (!end.ok()) return domain::Fail{"the journal: " + end.error().detail};
    journal::Walk walk(log, partition);
    for (;;) {
        const auto step = walk.next(*end);
        if (!step.ok())
            return domain::Fail{step.error().position.text() + ": " + step.error().detail};
        if (!*step) break;
        progress.add(1);
        const auto* workspace = workspace_of((*step)->judgement.decoded);
        if (!only || (workspace && *workspace == *only)) count(**step, all);
        if (wait_for_end(std::chrono::seconds{0}))
            return domain::Fail{std::string("ended on request")};
    }
    all.journal = walk.journal();
    const auto& gates = walk.gates();
    all.sealed.insert(gates.sealed.begin(), gates.sealed.end());
    all.sealed_partitions += gates.is_sealed ? 1 : 0;
    return domain::Done{};
}

}  // namespace

int journal_stats(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    const auto only = domain::WorkspaceId::parse(settings.workspace);
    if (!settings.workspace.empty() && !only)
        return fail("--workspace: \"" + settings.workspace + "\" is no ws_...");
    const auto log = tool_journal(settings, LogUse::read, clock);
    if (!log.ok()) return fail(log.error());
    Statistics all;
    Progress progress("counted", "records", 0);
    for (std::int32_t partition = 0; partition < (*log)->partition_count(); ++partition) {
        if (only && journal::partition_of(*only, (*log)->partition_count()) != partition) continue;
        const auto counted = count_partition(**log, partition, only, all, progress);
        if (!counted.ok()) return fail(counted.error());
    }
    progress.end();
    if (settings.json)
        print_json(all);
    else
        print_table(all);
    return 0;
}

}  // namespace outlay::app
