// `outlay status`: looks at an installation, and changes nothing.
#include <cstdio>
#include <iostream>

#include "app/difference.hpp"
#include "app/place.hpp"
#include "app/roles.hpp"
#include "platform/json/writer.hpp"
#include "workers/status.hpp"

namespace outlay::app {

namespace {

std::string text_of(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : "?";
}

void print_table(const workers::ProjectionStatus& status, const std::string& where) {
    std::printf("%s, generation %lld\n", where.c_str(), static_cast<long long>(status.generation));
    std::printf("%9s %12s %12s %8s  %s\n", "partition", "projected", "end", "lag", "state");
    for (const auto& partition : status.partitions) {
        const auto& checkpoint = partition.checkpoint;
        const std::string state =
            checkpoint.halt ? "halted: " + std::string(journal::halt_cause_name(*checkpoint.halt))
                            : checkpoint.mode;
        std::printf("%9d %12lld %12s %8s  %s\n", checkpoint.partition,
                    static_cast<long long>(checkpoint.next), text_of(partition.end).c_str(),
                    text_of(partition.lag).c_str(), state.c_str());
        if (checkpoint.halt) {
            std::printf("          %s\n          %s\n", checkpoint.halt_detail.c_str(),
                        partition.remedy.c_str());
        }
    }
    for (const auto& generation : status.generations) {
        if (generation.number == status.generation) continue;
        std::printf("generation %lld is %s, at %lld records\n",
                    static_cast<long long>(generation.number), generation.state.c_str(),
                    static_cast<long long>(generation.projected));
    }
    std::printf("lag %lld records, %lld partitions halted\n", static_cast<long long>(status.lag),
                static_cast<long long>(status.halted));
    std::fputs(reconciliation_text(status.reconciliation).c_str(), stdout);
}

void write_number(json::Writer& out, std::string_view name,
                  const std::optional<std::int64_t>& number) {
    out.key(name);
    if (number)
        out.integer(*number);
    else
        out.null();
}

void print_json(const workers::ProjectionStatus& status) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("generation", status.generation)
        .field("lag", status.lag)
        .field("halted", status.halted)
        .key("generations")
        .begin_array();
    for (const auto& generation : status.generations) {
        out.begin_object()
            .field("generation", generation.number)
            .field("state", generation.state)
            .field("projected", generation.projected)
            .end_object();
    }
    out.end_array().key("partitions").begin_array();
    for (const auto& partition : status.partitions) {
        const auto& checkpoint = partition.checkpoint;
        out.begin_object()
            .field("partition", std::int64_t{checkpoint.partition})
            .field("next", checkpoint.next)
            .field("mode", checkpoint.mode);
        write_number(out, "end", partition.end);
        write_number(out, "lag", partition.lag);
        out.key("halt");
        if (checkpoint.halt)
            out.string(journal::halt_cause_name(*checkpoint.halt));
        else
            out.null();
        out.field("halt_detail", checkpoint.halt_detail)
            .field("remedy", partition.remedy)
            .end_object();
    }
    out.end_array();
    write_reconciliation(out, status.reconciliation);
    out.end_object();
    std::cout << text << "\n";
}

}  // namespace

int status(const Settings& settings) {
    const platform::SystemClock clock;
    auto place = tool_place(settings, clock);
    if (!place.ok()) return fail(place.error());
    const auto found = workers::projection_status(*place->store, place->log.get());
    if (!found.ok()) return fail("the store: " + found.error().detail);
    if (settings.json)
        print_json(*found);
    else
        print_table(*found, place->description);
    return found->halted > 0 || !found->reconciliation.mismatches.empty() ? 1 : 0;
}

}  // namespace outlay::app
