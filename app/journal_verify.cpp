// `outlay journal verify`: the journal's own proof, beside the store if there is one. Changes
// nothing.
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "app/place.hpp"
#include "app/progress.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "platform/json/writer.hpp"
#include "platform/postgres/store.hpp"
#include "platform/sqlite/store.hpp"
#include "workers/journal_proof.hpp"

namespace outlay::app {

namespace {

using workers::ProvenPartition;

constexpr int is_bad = 1;
constexpr int not_read = 3;

int cannot_read(const std::string& sentence) {
    fail(sentence);
    return not_read;
}

// Null if there is none.
// Every partition says on its own which journal it is part of.
void compare_identities(std::vector<ProvenPartition>& found) {
    for (auto& partition : found) {
        if (partition.bad || partition.journal.empty() ||
            partition.journal == found.front().journal)
            continue;
        partition.bad = workers::BadPosition{{partition.partition, 0},
                                             "it belongs to journal " + partition.journal +
                                                 ", partition 0 to " + found.front().journal};
    }
}

void print_json(const std::vector<ProvenPartition>& found, bool is_well) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("ok", is_well)
        .field("journal", found.front().journal)
        .key("partitions")
        .begin_array();
    for (const auto& partition : found) {
        out.begin_object()
            .field("partition", std::int64_t{partition.partition})
            .field("records", partition.records)
            .field("compared", partition.compared)
            .key("bad");
        if (partition.bad) {
            out.begin_object()
                .field("position", partition.bad->position.text())
                .field("detail", partition.bad->detail)
                .end_object();
        } else {
            out.null();
        }
        out.end_object();
    }
    out.end_array().end_object();
    std::cout << text << "\n";
}

void print_table(const std::vector<ProvenPartition>& found, bool is_well) {
    std::printf("journal %s\n%9s %12s %12s  %s\n", found.front().journal.c_str(), "partition",
                "records", "compared", "state");
    for (const auto& partition : found) {
        std::printf("%9d %12lld %12lld  %s\n", partition.partition,
                    static_cast<long long>(partition.records),
                    static_cast<long long>(partition.compared), partition.bad ? "bad" : "well");
    }
    for (const auto& partition : found) {
        if (partition.bad)
            std::printf("%s: %s\n", partition.bad->position.text().c_str(),
                        partition.bad->detail.c_str());
    }
    if (is_well) std::printf("every record is there, whole, and follows from those before it\n");
}

}  // namespace

int journal_verify(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    const auto log = tool_journal(settings, LogUse::read, clock);
    if (!log.ok()) return cannot_read(log.error());
    const auto store = tool_store(settings);
    if (!store.ok()) return cannot_read(store.error());
    Progress progress("verified", "records", records_of(**log));
    const auto told = [&progress](std::int64_t records) {
        progress.add(records);
        return !wait_for_end(std::chrono::seconds{0});
    };
    std::vector<ProvenPartition> found;
    for (std::int32_t partition = 0; partition < (*log)->partition_count(); ++partition) {
        auto proven = workers::prove_partition(**log, partition, store->get(), told);
        if (!proven.ok()) return cannot_read(proven.error().detail);
        found.push_back(std::move(proven).value());
    }
    progress.end();
    compare_identities(found);
    bool is_well = true;
    for (const auto& partition : found) is_well = is_well && !partition.bad;
    if (settings.json)
        print_json(found, is_well);
    else
        print_table(found, is_well);
    return is_well ? 0 : is_bad;
}

}  // namespace outlay::app
