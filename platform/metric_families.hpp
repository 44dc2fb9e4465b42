// The table of all that is measured: /metrics exposes it, docs/metrics.md explains it, and a test
// holds rules and dashboards against it. Units stand in the names.
#pragma once

#include <array>

#include "platform/metrics.hpp"

namespace outlay::metrics {

// Seconds.
inline constexpr std::array request_bounds{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,
                                           0.5,   0.75, 1.0,   2.5,  5.0,   7.5, 10.0};
inline constexpr std::array work_bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                        0.1,    0.25,  0.5,    1.0,   2.5,  5.0,   10.0};
inline constexpr std::array wait_bounds{0.001, 0.005, 0.01, 0.025, 0.05, 0.1,  0.25,
                                        0.5,   1.0,   2.5,  5.0,   15.0, 60.0, 300.0};
inline constexpr std::array record_bounds{1.0,  2.0,   5.0,   10.0,  20.0,
                                          50.0, 100.0, 200.0, 500.0, 1000.0};

// Requests. Names and labels of the first two are those of OpenTelemetry's conventions.
inline constexpr Family request_duration{
    "http_server_request_duration_seconds",
    Kind::histogram,
    "From a request's head to the last byte of its answer handed to the socket.",
    {"http_request_method", "http_route", "http_response_status_code"},
    request_bounds};
inline constexpr Family active_requests{"http_server_active_requests", Kind::gauge,
                                        "Requests that are being answered."};
inline constexpr Family connections{"outlay_http_connections", Kind::gauge,
                                    "Open connections of clients."};
inline constexpr Family connections_limit{"outlay_http_connections_limit", Kind::gauge,
                                          "Connections above which clients are turned away."};
inline constexpr Family event_loop_delay{
    "outlay_event_loop_delay_seconds",
    Kind::histogram,
    "How late a timer of an I/O thread came: what every connection of the thread waits.",
    {},
    wait_bounds};
inline constexpr Family commands{
    "outlay_commands",
    Kind::counter,
    "Commands by their operation and by what became of them while the client waited.",
    {"operation", "outcome"}};

// Journal.
inline constexpr Family append_duration{
    "outlay_journal_append_duration_seconds",
    Kind::histogram,
    "From handing a record to the journal to its acknowledgement or error.",
    {},
    work_bounds};
inline constexpr Family appends{
    "outlay_journal_appends", Kind::counter, "Records handed to the journal.", {"result"}};
inline constexpr Family outstanding_records{"outlay_journal_outstanding_records", Kind::gauge,
                                            "Records whose acknowledgement is waited for."};
inline constexpr Family outstanding_bytes{"outlay_journal_outstanding_bytes", Kind::gauge,
                                          "Their keys and values."};
inline constexpr Family rebalances{"outlay_kafka_rebalances",
                                   Kind::counter,
                                   "Changes of the partitions that a worker was given.",
                                   {"kind"}};

// Projector.
inline constexpr Family apply_duration{
    "outlay_projector_apply_duration_seconds",
    Kind::histogram,
    "One transaction that projects a batch, from its beginning to its commit or end.",
    {},
    work_bounds};
inline constexpr Family batch_records{"outlay_projector_batch_records",
                                      Kind::histogram,
                                      "Records that one transaction projected.",
                                      {},
                                      record_bounds};
inline constexpr Family visible_delay{
    "outlay_projector_visible_delay_seconds",
    Kind::histogram,
    "From the append of a batch's oldest record to the commit that made it visible.",
    {},
    wait_bounds};
inline constexpr Family judged_records{"outlay_projector_records",
                                       Kind::counter,
                                       "Projected records by the verdict of admission.",
                                       {"verdict"}};
inline constexpr Family failed_batches{
    "outlay_projector_failures",
    Kind::counter,
    "Transactions of the projector that did not commit; they are tried again.",
    {"reason"}};
inline constexpr Family last_commit{"outlay_projector_last_commit_timestamp_seconds", Kind::gauge,
                                    "When this process projected something last; 0: not yet."};
inline constexpr Family owned_partitions{"outlay_projector_partitions", Kind::gauge,
                                         "Partitions that this process projects."};
inline constexpr Family halts{
    "outlay_projector_halts", Kind::counter, "Partitions that this process halted.", {"cause"}};
inline constexpr Family alerts{
    "outlay_alerts", Kind::counter, "Alerts of budgets that were raised or resolved.", {"state"}};

// Looked at every few seconds by every process that serves.
inline constexpr Family projected_offset{"outlay_partition_projected_offset",
                                         Kind::gauge,
                                         "The next record to be projected.",
                                         {"partition"}};
inline constexpr Family end_offset{"outlay_partition_end_offset",
                                   Kind::gauge,
                                   "The offset that the next record will take.",
                                   {"partition"}};
inline constexpr Family lag_records{"outlay_partition_lag_records",
                                    Kind::gauge,
                                    "Records that are not projected yet.",
                                    {"partition"}};
inline constexpr Family lag_seconds{"outlay_partition_lag_seconds",
                                    Kind::gauge,
                                    "Age of the oldest record that is not projected yet.",
                                    {"partition"}};
inline constexpr Family halted{"outlay_partition_halted",
                               Kind::gauge,
                               "1 while the partition stands still; then with the cause.",
                               {"partition", "cause"}};
inline constexpr Family generation_records{
    "outlay_generation_projected_records",
    Kind::gauge,
    "Records that a generation of read models has projected: the progress of a rebuild.",
    {"generation", "state"}};
inline constexpr Family outbox_waiting{"outlay_outbox_waiting", Kind::gauge,
                                       "Deliveries that were neither made nor given up."};
inline constexpr Family outbox_oldest{"outlay_outbox_oldest_undelivered_seconds", Kind::gauge,
                                      "Age of the oldest message that is not delivered."};
inline constexpr Family outbox_due{
    "outlay_outbox_oldest_due_seconds", Kind::gauge,
    "For how long something could have been sent and was not; 0: nothing is due."};
inline constexpr Family outbox_dead{"outlay_outbox_dead", Kind::gauge,
                                    "Deliveries that were given up, of the last 30 days."};
inline constexpr Family disabled_channels{
    "outlay_channels_disabled", Kind::gauge,
    "Channels to which nothing is sent any more because their endpoint failed too long."};
inline constexpr Family failing_checks{
    "outlay_check_failing", Kind::gauge, "1 while a check of /readyz fails.", {"check"}};
inline constexpr Family sampled_at{"outlay_sampled_timestamp_seconds",
                                   Kind::gauge,
                                   "When these gauges were looked at last with success.",
                                   {"what"}};

// Deliveries.
inline constexpr Family deliveries{"outlay_deliveries",
                                   Kind::counter,
                                   "Attempts to deliver, by kind of channel and by their end.",
                                   {"kind", "outcome"}};
inline constexpr Family delivery_duration{"outlay_delivery_attempt_duration_seconds",
                                          Kind::histogram,
                                          "One attempt to deliver.",
                                          {"kind"},
                                          request_bounds};
inline constexpr Family senders{"outlay_notifier_senders", Kind::gauge,
                                "Endpoints that this process can send to at the same time."};
inline constexpr Family busy_senders{"outlay_notifier_senders_busy", Kind::gauge,
                                     "Senders that are at work."};

// Store and pool.
inline constexpr Family transaction_duration{"outlay_store_transaction_duration_seconds",
                                             Kind::histogram,
                                             "Transactions of the store, with their waiting.",
                                             {"access"},
                                             work_bounds};
inline constexpr Family transactions{"outlay_store_transactions",
                                     Kind::counter,
                                     "Transactions of the store by their end.",
                                     {"access", "result"}};
inline constexpr Family active_transactions{"outlay_store_transactions_active",
                                            Kind::gauge,
                                            "Transactions under way, with those that wait.",
                                            {"access"}};
inline constexpr Family connection_wait{"outlay_store_connection_wait_seconds",
                                        Kind::histogram,
                                        "Waiting for a free connection to PostgreSQL.",
                                        {"access"},
                                        work_bounds};
inline constexpr Family connection_limit{"outlay_store_connections_limit",
                                         Kind::gauge,
                                         "Connections to PostgreSQL that may be in use.",
                                         {"access"}};
inline constexpr Family pool_threads{"outlay_pool_threads", Kind::gauge,
                                     "Threads for work that blocks."};
inline constexpr Family pool_busy{"outlay_pool_threads_busy", Kind::gauge,
                                  "Those that are at work."};
inline constexpr Family pool_queue{"outlay_pool_queue", Kind::gauge,
                                   "Pieces of work that wait for a thread."};
inline constexpr Family pool_queue_limit{"outlay_pool_queue_limit", Kind::gauge,
                                         "Above it requests are answered with 503."};
inline constexpr Family pool_wait{"outlay_pool_wait_seconds",
                                  Kind::histogram,
                                  "How long work waited for a thread.",
                                  {},
                                  work_bounds};
inline constexpr Family pool_refused{"outlay_pool_refused", Kind::counter,
                                     "Pieces of work for which there was no room."};

// Traces.
inline constexpr Family spans{
    "outlay_trace_spans", Kind::counter, "Spans by what became of them.", {"result"}};

// Process. Names that begin with process_ are those of Prometheus' own clients.
inline constexpr Family build_info{
    "outlay_build_info", Kind::gauge, "Always 1; which build runs as what.", {"version", "role"}};
inline constexpr Family log_lines{
    "outlay_log_lines", Kind::counter, "Lines of the log.", {"level"}};
inline constexpr Family process_cpu{"process_cpu_seconds", Kind::counter,
                                    "Processor time in user and system mode."};
inline constexpr Family process_resident{"process_resident_memory_bytes", Kind::gauge,
                                         "Memory that is in use."};
inline constexpr Family process_virtual{"process_virtual_memory_bytes", Kind::gauge,
                                        "Address space."};
inline constexpr Family process_fds{"process_open_fds", Kind::gauge, "Open file descriptors."};
inline constexpr Family process_fds_limit{"process_max_fds", Kind::gauge,
                                          "Descriptors that may be open."};
inline constexpr Family process_started{"process_start_time_seconds", Kind::gauge,
                                        "When the process began."};
inline constexpr Family process_threads{"process_threads", Kind::gauge, "Threads."};

// Every one of them.
std::span<const Family* const> families();

}  // namespace outlay::metrics
