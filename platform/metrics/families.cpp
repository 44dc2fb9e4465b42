// The list behind the table.
#include "platform/metric_families.hpp"

namespace outlay::metrics {

namespace {

constexpr std::array all{
    &request_duration,
    &active_requests,
    &connections,
    &connections_limit,
    &event_loop_delay,
    &commands,
    &append_duration,
    &appends,
    &outstanding_records,
    &outstanding_bytes,
    &rebalances,
    &apply_duration,
    &batch_records,
    &visible_delay,
    &judged_records,
    &failed_batches,
    &last_commit,
    &owned_partitions,
    &halts,
    &alerts,
    &projected_offset,
    &end_offset,
    &lag_records,
    &lag_seconds,
    &halted,
    &generation_records,
    &outbox_waiting,
    &outbox_oldest,
    &outbox_due,
    &outbox_dead,
    &disabled_channels,
    &failing_checks,
    &sampled_at,
    &deliveries,
    &delivery_duration,
    &senders,
    &busy_senders,
    &transaction_duration,
    &transactions,
    &active_transactions,
    &connection_wait,
    &connection_limit,
    &pool_threads,
    &pool_busy,
    &pool_queue,
    &pool_queue_limit,
    &pool_wait,
    &pool_refused,
    &spans,
    &build_info,
    &log_lines,
    &process_cpu,
    &process_resident,
    &process_virtual,
    &process_fds,
    &process_fds_limit,
    &process_started,
    &process_threads,
};

}  // namespace

std::span<const Family* const> families() {
    return all;
}

}  // namespace outlay::metrics
