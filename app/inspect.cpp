// Tools that look at an installation: `status`, `journal tail`. They change nothing.
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "app/place.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "journal/record.hpp"
#include "platform/json/writer.hpp"
#include "workers/status.hpp"

namespace outlay::app {

namespace {

constexpr std::int64_t tail_records = 20;

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
    out.end_array().end_object();
    std::cout << text << "\n";
}

// Where each partition is read from.
Outcome<std::vector<journal::Position>> starts(Place& place, const Settings& settings) {
    std::vector<journal::Position> positions;
    if (!settings.position.empty()) {
        const auto position = journal::Position::parse(settings.position);
        if (!position) return domain::Fail{"\"" + settings.position + "\" is no PARTITION:OFFSET"};
        positions.push_back(*position);
        return positions;
    }
    for (std::int32_t partition = 0; partition < place.log->partition_count(); ++partition) {
        const auto end = place.log->end(partition);
        if (!end.ok()) return domain::Fail{end.error().detail};
        positions.push_back({partition, std::max<std::int64_t>(0, *end - tail_records)});
    }
    return positions;
}

void print_record(const journal::Record& record) {
    std::cout << record.position.text() << "\t" << record.appended_at.text() << "\t" << record.key
              << "\t" << record.value << "\n";
}

// Prints what there is of a partition and moves the position on; false: the journal is away.
domain::Status<std::string> print_partition(journal::Journal& log, journal::Position& position,
                                            std::chrono::milliseconds wait) {
    journal::ReadLimits limits;
    limits.wait = wait;
    for (;;) {
        const auto records = log.read(position.partition, position.offset, limits);
        if (!records.ok()) return domain::Fail{position.text() + ": " + records.error().detail};
        if (records->empty()) return domain::Done{};
        for (const auto& record : *records) print_record(record);
        std::cout << std::flush;
        position.offset = records->back().position.offset + 1;
    }
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
    return found->halted > 0 ? 1 : 0;
}

int journal_tail(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    auto place = tool_place(settings, clock);
    if (!place.ok()) return fail(place.error());
    auto positions = starts(*place, settings);
    if (!positions.ok()) return fail(positions.error());
    // What is there is found without waiting; following waits at every partition in turn.
    constexpr std::chrono::milliseconds round{200};
    const auto wait = settings.follow ? round / std::ssize(*positions) : round * 0;
    do {
        for (auto& position : *positions) {
            const auto printed = print_partition(*place->log, position, wait);
            if (!printed.ok()) return fail(printed.error());
        }
    } while (settings.follow && !wait_for_end(std::chrono::seconds{0}));
    return 0;
}

}  // namespace outlay::app
