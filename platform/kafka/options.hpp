// How to reach Kafka and how to use it. Plain values, filled by the configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace outlay::kafka {

// Files are PEM. The brokers' certificates and host names are always verified.
struct TlsOptions {
    bool is_on = false;
    std::string ca_file{};           // "" : the system's authorities
    std::string certificate_file{};  // shown to the brokers; "" : none
    std::string key_file{};
};

struct LoginOptions {
    std::string mechanism{};  // "" : none; SCRAM-SHA-256, SCRAM-SHA-512, PLAIN
    std::string user{};
    std::string password{};
};

struct ClientOptions {
    std::string brokers{};  // host:port,host:port
    std::string client_id = "outlay";
    TlsOptions tls{};
    LoginOptions login{};
    // Further librdkafka settings by name (tuning); they win over everything else.
    std::map<std::string, std::string> properties{};
};

struct ProducerOptions {
    // 0 batches by itself: records that arrive while a request is being written form the next one.
    std::chrono::milliseconds linger{0};
    // Long on purpose: waiting for an answer ends earlier, at the request's own deadline. When
    // librdkafka before 2.3 gives up a record that may be written, the whole producer may become
    // unusable.
    std::chrono::milliseconds message_timeout{90'000};
    // Records without outcome; above either limit an append is not written.
    std::size_t outstanding_records_max = 50'000;
    std::size_t outstanding_bytes_max = 64 << 20;
    std::chrono::milliseconds shutdown{
        5'000};  // for records still on their way when the journal closes
};

struct GroupOptions {
    std::string group_id = "outlay-projector";
    // Static membership: the same id after a restart takes the same partitions without a rebalance.
    // Empty: dynamic. Two running processes must not share one.
    std::string instance_id{};
    std::chrono::milliseconds session_timeout{10'000};
    std::chrono::milliseconds commit_interval{3'000};  // of the advisory progress
    // Prefetched per process. When it is full, librdkafka before 2.2 pauses fetching for a second,
    // so it holds more than a second's work.
    std::int32_t queued_kilobytes_max = 32'768;
    std::int32_t queued_records_min = 20'000;  // per partition, prefetch aims at this many
};

struct JournalOptions {
    ClientOptions client{};
    std::string topic = "outlay-journal";
    ProducerOptions producer{};
    GroupOptions group{};
    std::chrono::milliseconds query_timeout{5'000};  // of end() and metadata
};

}  // namespace outlay::kafka
