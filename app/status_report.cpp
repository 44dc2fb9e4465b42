// Tables for people, one object for programs.
#include "app/status_report.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "app/difference.hpp"
#include "platform/json/writer.hpp"

namespace outlay::app {

namespace {

using workers::PartitionStatus;

constexpr std::int64_t micros_per_milli = 1000;
constexpr std::int64_t millis_per_second = 1000;

std::optional<std::int64_t> millis_since(const StatusReport& report,
                                         const std::optional<domain::Instant>& since) {
    if (!since) return std::nullopt;
    return std::max<std::int64_t>(0, report.at.micros - since->micros) / micros_per_milli;
}

// What waits for nothing has waited for no time; empty: nobody knows.
std::optional<std::int64_t> lag_millis(const StatusReport& report, const PartitionStatus& one) {
    if (one.lag == 0) return 0;
    return millis_since(report, one.waiting_since);
}

std::string seconds_text(const std::optional<std::int64_t>& millis) {
    if (!millis) return "?";
    constexpr std::int64_t per_tenth = millis_per_second / 10;
    const auto tenths = *millis / per_tenth;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string text_of(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : "?";
}

template <typename... Cells>
std::string line(const char* format, Cells... cells) {
    constexpr std::size_t bytes_max = 400;
    std::string text(bytes_max, '\0');
    const auto size = std::snprintf(text.data(), text.size(), format, cells...);
    text.resize(std::min(text.size() - 1, static_cast<std::size_t>(std::max(0, size))));
    return text;
}

std::string state_of(const PartitionStatus& one) {
    const auto& checkpoint = one.checkpoint;
    return checkpoint.halt ? "halted: " + std::string(journal::halt_cause_name(*checkpoint.halt))
                           : checkpoint.mode;
}

// The command that names the record at which the partition stands still.
std::string skip_command(const workers::HaltingRecord& halting) {
    return "outlay journal skip " + halting.record.position.text() + " --hash " + halting.hash +
           " --reason '...'";
}

std::string halt_text(const PartitionStatus& one) {
    const std::string indent(10, ' ');
    auto text = indent + one.checkpoint.halt_detail + "\n" + indent + one.remedy + "\n";
    if (!one.halting) return text;
    const auto& halting = *one.halting;
    text += indent + "the record is a " + halting.kind + " of " + halting.workspace + ", command " +
            halting.command + ", by " + halting.actor + "\n";
    return text + indent + skip_command(halting) + "\n";
}

std::string journal_text(const StatusReport& report) {
    const auto& partitions = report.projection.partitions;
    std::int64_t records = 0;
    std::string identity = "not begun";
    for (const auto& one : partitions) {
        records += one.end.value_or(0);
        if (!one.checkpoint.journal.empty()) identity = one.checkpoint.journal;
    }
    return "journal " + identity + ", " + std::to_string(partitions.size()) + " partitions, " +
           std::to_string(records) + " records\n";
}

std::string gates_text(const StatusReport& report) {
    std::string text;
    for (const auto& [partition, gates] : report.overview.gates) {
        const auto name = "partition " + std::to_string(partition);
        if (gates.is_importing)
            text += name + " is being imported: finish `outlay journal import`\n";
        if (gates.is_sealed) text += name + " is sealed: it was moved to another journal\n";
        for (const auto& workspace : gates.sealed)
            text += workspace.text() + " is sealed: it was moved to another journal\n";
    }
    return text;
}

std::string since_text(const StatusReport& report, const std::optional<domain::Instant>& since) {
    return since ? " (for " + seconds_text(millis_since(report, since)) + " s)" : "";
}

std::string messages_text(const StatusReport& report) {
    const auto& backlog = report.overview.backlog;
    const auto& channels = report.overview.channels;
    std::string text = "outbox: " + std::to_string(backlog.unlaid) + " messages to lay out" +
                       since_text(report, backlog.unlaid_since) + ", " +
                       std::to_string(backlog.pending) + " deliveries to come, " +
                       std::to_string(backlog.due) + " of them due" +
                       since_text(report, backlog.due_since) + ", " + std::to_string(backlog.dead) +
                       " dead\nchannels: ";
    for (const auto& [state, count] : channels.by_state)
        text += std::to_string(count) + " " + state + ", ";
    return text + std::to_string(channels.failing) + " failing, " +
           std::to_string(channels.given_up) + " given up\n";
}

std::string pauses_text(const StatusReport& report) {
    std::string text;
    for (const auto& pause : report.overview.pauses) {
        text += "paused: " + pause.scope.text() + ", since " + pause.since.text() + " by " +
                pause.by + ": " + pause.reason + "\n";
    }
    return text;
}

void write_number(json::Writer& out, std::string_view name,
                  const std::optional<std::int64_t>& number) {
    out.key(name);
    if (number)
        out.integer(*number);
    else
        out.null();
}

void write_partition(json::Writer& out, const StatusReport& report, const PartitionStatus& one) {
    const auto& checkpoint = one.checkpoint;
    out.begin_object()
        .field("partition", std::int64_t{checkpoint.partition})
        .field("next", checkpoint.next)
        .field("mode", checkpoint.mode);
    write_number(out, "end", one.end);
    write_number(out, "lag", one.lag);
    write_number(out, "lag_millis", lag_millis(report, one));
    out.key("halt");
    if (checkpoint.halt)
        out.string(journal::halt_cause_name(*checkpoint.halt));
    else
        out.null();
    out.field("halt_detail", checkpoint.halt_detail)
        .field("remedy", one.remedy)
        .key("halting_record");
    if (one.halting) {
        const auto& halting = *one.halting;
        out.begin_object()
            .field("position", halting.record.position.text())
            .field("hash", halting.hash)
            .field("kind", halting.kind)
            .field("workspace", halting.workspace)
            .field("command", halting.command)
            .field("actor", halting.actor)
            .field("events", halting.events)
            .field("skip", skip_command(halting))
            .end_object();
    } else {
        out.null();
    }
    out.end_object();
}

void write_partitions(json::Writer& out, const StatusReport& report) {
    out.key("partitions").begin_array();
    for (const auto& one : report.projection.partitions) write_partition(out, report, one);
    out.end_array();
}

void write_gates(json::Writer& out, const StatusReport& report) {
    out.key("importing").begin_array();
    for (const auto& [partition, gates] : report.overview.gates)
        if (gates.is_importing) out.integer(partition);
    out.end_array().key("sealed_partitions").begin_array();
    for (const auto& [partition, gates] : report.overview.gates)
        if (gates.is_sealed) out.integer(partition);
    out.end_array().key("sealed_workspaces").begin_array();
    for (const auto& [partition, gates] : report.overview.gates)
        for (const auto& workspace : gates.sealed) out.string(workspace.text());
    out.end_array();
}

void write_messages(json::Writer& out, const StatusReport& report) {
    const auto& backlog = report.overview.backlog;
    out.key("outbox").begin_object().field("to_lay_out", backlog.unlaid);
    write_number(out, "to_lay_out_millis", millis_since(report, backlog.unlaid_since));
    out.field("pending", backlog.pending).field("due", backlog.due);
    write_number(out, "due_millis", millis_since(report, backlog.due_since));
    out.field("dead", backlog.dead).end_object().key("channels").begin_object();
    for (const auto& [state, count] : report.overview.channels.by_state) out.field(state, count);
    out.field("failing", report.overview.channels.failing)
        .field("given_up", report.overview.channels.given_up)
        .end_object();
}

void write_pauses(json::Writer& out, const StatusReport& report) {
    out.key("pauses").begin_array();
    for (const auto& pause : report.overview.pauses) {
        out.begin_object()
            .field("scope", pause.scope.text())
            .field("since", pause.since.text())
            .field("by", pause.by)
            .field("reason", pause.reason)
            .end_object();
    }
    out.end_array();
}

}  // namespace

std::optional<domain::Instant> StatusReport::waiting_since() const {
    std::optional<domain::Instant> oldest;
    for (const auto& one : projection.partitions) {
        const auto& since = one.waiting_since;
        if (since && (!oldest || *since < *oldest)) oldest = since;
    }
    return oldest;
}

std::string partitions_text(const StatusReport& report) {
    auto text = line("%9s %12s %12s %8s %9s  %s\n", "partition", "projected", "end", "lag",
                     "seconds", "state");
    for (const auto& one : report.projection.partitions) {
        const auto& checkpoint = one.checkpoint;
        text += line("%9d %12lld %12s %8s %9s  %s\n", checkpoint.partition,
                     static_cast<long long>(checkpoint.next), text_of(one.end).c_str(),
                     text_of(one.lag).c_str(), seconds_text(lag_millis(report, one)).c_str(),
                     state_of(one).c_str());
        if (checkpoint.halt) text += halt_text(one);
    }
    return text;
}

std::string lag_sentence(const StatusReport& report) {
    const auto& projection = report.projection;
    const auto millis = projection.lag == 0 ? std::optional<std::int64_t>{0}
                                            : millis_since(report, report.waiting_since());
    return "lag " + std::to_string(projection.lag) + " records, " + seconds_text(millis) + " s, " +
           std::to_string(projection.halted) + " partitions halted";
}

std::string status_text(const StatusReport& report) {
    const auto& projection = report.projection;
    auto text = report.place + ", generation " + std::to_string(projection.generation) + "\n" +
                journal_text(report) + gates_text(report) + partitions_text(report);
    for (const auto& generation : projection.generations) {
        if (generation.number == projection.generation) continue;
        text += "generation " + std::to_string(generation.number) + " is " + generation.state +
                ", at " + std::to_string(generation.projected) + " records\n";
    }
    return text + lag_sentence(report) + "\n" + messages_text(report) + pauses_text(report) +
           reconciliation_text(projection.reconciliation);
}

std::string lag_json(const StatusReport& report) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("at", report.at.text())
        .field("lag", report.projection.lag)
        .field("halted", report.projection.halted);
    write_number(out, "lag_millis",
                 report.projection.lag == 0 ? std::optional<std::int64_t>{0}
                                            : millis_since(report, report.waiting_since()));
    write_partitions(out, report);
    out.end_object();
    return text;
}

std::string status_json(const StatusReport& report) {
    const auto& projection = report.projection;
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("place", report.place)
        .field("generation", projection.generation)
        .field("lag", projection.lag)
        .field("halted", projection.halted)
        .key("generations")
        .begin_array();
    for (const auto& generation : projection.generations) {
        out.begin_object()
            .field("generation", generation.number)
            .field("state", generation.state)
            .field("projected", generation.projected)
            .end_object();
    }
    out.end_array();
    write_partitions(out, report);
    write_gates(out, report);
    write_messages(out, report);
    write_pauses(out, report);
    write_reconciliation(out, report.projection.reconciliation);
    out.end_object();
    return text;
}

}  // namespace outlay::app
