// One round of looks.
#include "app/sampling.hpp"

#include <algorithm>

#include "app/version.hpp"
#include "platform/metric_families.hpp"
#include "workers/notifier/backlog.hpp"

namespace outlay::app {

namespace {

constexpr std::chrono::seconds pause{5};
constexpr std::chrono::seconds silence_max{60};
constexpr double micros_per_second = 1e6;

double seconds_of(domain::Instant at) {
    return static_cast<double>(at.micros) / micros_per_second;
}

// How long ago; 0 for what is not there or, by another clock, lies ahead.
double age(const std::optional<domain::Instant>& since, double now) {
    return since ? std::max(0.0, now - seconds_of(*since)) : 0;
}

std::vector<metrics::Sample> samples_of(
    const std::vector<workers::PartitionStatus>& partitions,
    const std::function<std::optional<double>(const workers::PartitionStatus&)>& value) {
    std::vector<metrics::Sample> samples;
    for (const auto& partition : partitions) {
        if (const auto found = value(partition))
            samples.push_back({{std::to_string(partition.checkpoint.partition)}, *found});
    }
    return samples;
}

std::optional<double> optional_number(const std::optional<std::int64_t>& number) {
    if (!number) return std::nullopt;
    return static_cast<double>(*number);
}

void show_generations(const workers::ProjectionStatus& status) {
    std::vector<metrics::Sample> samples;
    for (const auto& generation : status.generations) {
        samples.push_back({{std::to_string(generation.number), generation.state},
                           static_cast<double>(generation.projected)});
    }
    metrics::replace(metrics::generation_records, std::move(samples));
}

void show_halts(const workers::ProjectionStatus& status) {
    std::vector<metrics::Sample> samples;
    for (const auto& partition : status.partitions) {
        const auto& checkpoint = partition.checkpoint;
        const auto cause = checkpoint.halt ? journal::halt_cause_name(*checkpoint.halt) : "";
        samples.push_back({{std::to_string(checkpoint.partition), std::string(cause)},
                           checkpoint.halt ? 1.0 : 0.0});
    }
    metrics::replace(metrics::halted, std::move(samples));
}

}  // namespace

Sampling::Sampling(SampledRole role, std::vector<Check> checks)
    : role_(std::move(role)),
      checks_(std::move(checks)),
      watch_(
          [this]() -> std::string {
              look();
              return "";
          },
          pause, silence_max) {
    metrics::gauge(metrics::build_info, {version, role_.name}).set(1);
}

void Sampling::look() {
    metrics::measure_process();
    if (role_.more) role_.more();
    look_at_checks();
    const auto note = [this](bool is_well, std::string_view what) {
        if (is_well) metrics::gauge(metrics::sampled_at, {what}).set(seconds_of(role_.clock.now()));
    };
    note(look_at_partitions(), "partitions");
    note(look_at_outbox(), "outbox");
}

void Sampling::look_at_checks() const {
    for (const auto& check : checks_)
        metrics::gauge(metrics::failing_checks, {check.name}).set(check.failure().empty() ? 0 : 1);
}

bool Sampling::look_at_partitions() {
    const auto status = workers::projection_status(role_.store, &role_.log);
    if (!status.ok()) return false;
    const auto& partitions = status->partitions;
    const auto show = [&](const metrics::Family& family, const auto& value) {
        metrics::replace(family, samples_of(partitions, value));
    };
    using workers::PartitionStatus;
    show(metrics::projected_offset, [](const PartitionStatus& partition) {
        return optional_number(partition.checkpoint.next);
    });
    show(metrics::end_offset,
         [](const PartitionStatus& partition) { return optional_number(partition.end); });
    show(metrics::lag_records,
         [](const PartitionStatus& partition) { return optional_number(partition.lag); });
    show(metrics::lag_seconds, [this](const PartitionStatus& partition) -> std::optional<double> {
        if (!partition.lag) return std::nullopt;
        return age_of_lag(partition);
    });
    show_halts(*status);
    show_generations(*status);
    return true;
}

// A record is read only if it was there at the last look already: under load there is always one
// on its way, and it is younger than a look.
double Sampling::age_of_lag(const workers::PartitionStatus& partition) {
    const auto next = partition.checkpoint.next;
    const auto number = partition.checkpoint.partition;
    const auto [place, is_new] = places_.try_emplace(number);
    auto& last = place->second;
    const bool is_old = *partition.lag > 0 && (is_new || next < last.end);
    last.end = *partition.end;
    if (!is_old) return 0;
    if (last.next != next) {
        const auto found = role_.log.read(
            number, next, {.records_max = 1, .wait = std::chrono::milliseconds{500}});
        last.next = found.ok() && !found->empty() ? next : -1;
        // What cannot be read is at least as old as the last look.
        last.appended_at =
            last.next == next ? seconds_of(found->front().appended_at)
                              : seconds_of(role_.clock.now()) - std::chrono::seconds{pause}.count();
    }
    return std::max(0.0, seconds_of(role_.clock.now()) - last.appended_at);
}

bool Sampling::look_at_outbox() {
    const auto found = workers::notifier::backlog(role_.store);
    if (!found.ok()) return false;
    const auto now = seconds_of(role_.clock.now());
    metrics::gauge(metrics::outbox_waiting).set(static_cast<double>(found->waiting));
    metrics::gauge(metrics::outbox_dead).set(static_cast<double>(found->dead));
    metrics::gauge(metrics::disabled_channels).set(static_cast<double>(found->disabled));
    metrics::gauge(metrics::outbox_oldest).set(age(found->oldest, now));
    metrics::gauge(metrics::outbox_due).set(age(found->due, now));
    return true;
}

}  // namespace outlay::app
