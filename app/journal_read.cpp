// `outlay journal tail`, `cat` and `grep`: print records. They change nothing.
#include <algorithm>
#include <iostream>
#include <limits>

#include "app/place.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "journal/record_filter.hpp"
#include "platform/json/value.hpp"
#include "platform/json/writer.hpp"

namespace outlay::app {

namespace {

using journal::Position;
using journal::Record;

constexpr std::int64_t tail_records = 20;

// What is read of one partition.
struct Range {
    Position from;
    std::optional<std::int64_t> end{};  // empty: what comes is read too
};

// A value that is no JSON is told as a text.
void print_json(const Record& record) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("position", record.position.text())
        .field("appended_at", record.appended_at.text())
        .field("key", record.key);
    const auto parsed = json::parse(record.value);
    if (parsed.ok() && record.value.find('\n') == std::string::npos)
        out.key("record").raw(record.value);
    else
        out.field("value", record.value);
    out.end_object();
    std::cout << text << "\n";
}

class Printer {
public:
    Printer(journal::RecordFilter filter, bool as_json)
        : filter_(std::move(filter)), as_json_(as_json) {}
    void print(const Record& record) const {
        if (!filter_.passes(record)) return;
        if (as_json_) return print_json(record);
        std::cout << record.position.text() << "\t" << record.appended_at.text() << "\t"
                  << record.key << "\t" << record.value << "\n";
    }

private:
    journal::RecordFilter filter_;
    bool as_json_;
};

Outcome<Printer> printer_for(const Settings& settings) {
    auto filter =
        journal::RecordFilter::make({settings.workspace, settings.record_kind, settings.event_type,
                                     settings.actor, settings.command, settings.pattern});
    if (!filter.ok()) return domain::Fail{filter.error()};
    return Printer(std::move(filter).value(), settings.json);
}

Outcome<Position> position_of(const std::string& text) {
    const auto position = Position::parse(text);
    if (!position) return domain::Fail{"\"" + text + "\" is no PARTITION:OFFSET"};
    return *position;
}

// The partition that a workspace lives in, else all.
std::vector<std::int32_t> partitions_of(const journal::Journal& log, const Settings& settings) {
    const auto workspace = domain::WorkspaceId::parse(settings.workspace);
    if (workspace) return {journal::partition_of(*workspace, log.partition_count())};
    std::vector<std::int32_t> all;
    for (std::int32_t partition = 0; partition < log.partition_count(); ++partition)
        all.push_back(partition);
    return all;
}

using Ranges = Outcome<std::vector<Range>>;

Ranges named_ranges(const Settings& settings) {
    Range range;
    if (!settings.position.empty()) {
        const auto from = position_of(settings.position);
        if (!from.ok()) return domain::Fail{from.error()};
        range.from = *from;
    }
    if (!settings.position_end.empty()) {
        const auto to = position_of(settings.position_end);
        if (!to.ok()) return domain::Fail{to.error()};
        if (!settings.position.empty() && to->partition != range.from.partition)
            return domain::Fail{std::string("--from and --to name different partitions")};
        range.from.partition = to->partition;
        range.end = to->offset;
    }
    return std::vector{range};
}

Ranges ranges_of(journal::Journal& log, const Settings& settings, std::int64_t last) {
    if (!settings.position.empty() || !settings.position_end.empty()) return named_ranges(settings);
    std::vector<Range> ranges;
    for (const auto partition : partitions_of(log, settings)) {
        const auto end = log.end(partition);
        if (!end.ok()) return domain::Fail{end.error().detail};
        ranges.push_back({{partition, std::max<std::int64_t>(0, *end - last)}});
    }
    return ranges;
}

// Prints what there is and moves the range on. False: Ctrl-C.
Outcome<bool> print_range(journal::Journal& log, Range& range, const Printer& printer,
                          std::chrono::milliseconds wait) {
    journal::ReadLimits limits;
    limits.wait = wait;
    while (!range.end || range.from.offset < *range.end) {
        const auto records = log.read(range.from.partition, range.from.offset, limits);
        if (!records.ok()) return domain::Fail{range.from.text() + ": " + records.error().detail};
        if (records->empty()) break;
        for (const auto& record : *records) {
            if (!range.end || record.position.offset < *range.end) printer.print(record);
        }
        std::cout << std::flush;
        range.from.offset = records->back().position.offset + 1;
        if (!std::cout || wait_for_end(std::chrono::seconds{0})) return false;
    }
    return true;
}

// The last `last` records of each partition, unless a range is named.
int print_records(const Settings& settings, std::int64_t last) {
    block_signals();
    const platform::SystemClock clock;
    const auto printer = printer_for(settings);
    if (!printer.ok()) return fail(printer.error());
    const auto log = tool_journal(settings, LogUse::read, clock);
    if (!log.ok()) return fail(log.error());
    auto ranges = ranges_of(**log, settings, last);
    if (!ranges.ok()) return fail(ranges.error());
    // What is there is found without waiting; following waits at every partition in turn.
    constexpr std::chrono::milliseconds round{200};
    const auto wait = settings.follow ? round / std::ssize(*ranges) : round * 0;
    do {
        for (auto& range : *ranges) {
            const auto goes_on = print_range(**log, range, *printer, wait);
            if (!goes_on.ok()) return fail(goes_on.error());
            if (!*goes_on) return 0;
        }
    } while (settings.follow && !wait_for_end(std::chrono::seconds{0}));
    return 0;
}

}  // namespace

int journal_tail(const Settings& settings) {
    return print_records(settings, tail_records);
}

int journal_cat(const Settings& settings) {
    return print_records(settings, std::numeric_limits<std::int64_t>::max());
}

}  // namespace outlay::app
