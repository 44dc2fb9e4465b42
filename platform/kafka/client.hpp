// librdkafka objects with owners, and how a client is made. Private to this folder: the only header
// that names librdkafka's types, by forward declaration.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/values/result.hpp"
#include "journal/journal.hpp"
#include "platform/kafka/options.hpp"

struct rd_kafka_s;
struct rd_kafka_conf_s;
struct rd_kafka_topic_s;
struct rd_kafka_queue_s;
struct rd_kafka_op_s;  // an event
struct rd_kafka_message_s;
struct rd_kafka_topic_partition_list_s;
struct rd_kafka_metadata;

namespace outlay::kafka {

struct Destroy {
    // Never waits for a consumer group: whoever wants to leave one closes the consumer before.
    void operator()(rd_kafka_s* client) const;
    void operator()(rd_kafka_conf_s* settings) const;
    void operator()(rd_kafka_topic_s* topic) const;
    void operator()(rd_kafka_queue_s* queue) const;
    void operator()(rd_kafka_op_s* event) const;
    void operator()(rd_kafka_message_s* message) const;
    void operator()(rd_kafka_topic_partition_list_s* list) const;
    void operator()(const struct rd_kafka_metadata* metadata) const;
};
template <typename T>
using Owned = std::unique_ptr<T, Destroy>;
using Client = Owned<rd_kafka_s>;
using Topic = Owned<rd_kafka_topic_s>;
using Queue = Owned<rd_kafka_queue_s>;
using Event = Owned<rd_kafka_op_s>;
using Message = Owned<rd_kafka_message_s>;
using PartitionList = Owned<rd_kafka_topic_partition_list_s>;
using Metadata = Owned<const struct rd_kafka_metadata>;

enum class ClientKind { producer, consumer };
using Settings = std::vector<std::pair<std::string, std::string>>;
// Sets callbacks and the opaque pointer before the client starts its threads.
using Prepare = std::function<void(rd_kafka_conf_s*)>;

// A client with the house's settings, then `settings`, then the options' own properties. Its log
// lines go to platform::log. Fails on an unknown setting or a wrong value.
domain::Result<Client, journal::JournalError> make_client(ClientKind kind,
                                                          const ClientOptions& options,
                                                          const Settings& settings,
                                                          const Prepare& prepare = {});

// What a consumer needs to read a partition exactly: no committed offsets, no resets, checked
// checksums.
Settings exact_reading();

// `code` is an rd_kafka_resp_err_t.
journal::JournalError unavailable(std::string_view action, int code);
// Whether a consumer's error says that this partition cannot be read on, and why; `unavailable` if
// it may pass.
journal::JournalErrorKind reading_error_kind(int code);

// The topic as the cluster knows it now; empty if there is none. A consumer's question never
// creates it, a producer's may.
domain::Result<Metadata, journal::JournalError> topic_metadata(rd_kafka_s* client,
                                                               rd_kafka_topic_s* topic,
                                                               std::chrono::milliseconds timeout);

// Makes `partitions` (none if null) the whole assignment of a consumer, and returns when those it
// had before are stopped. Answers an rd_kafka_resp_err_t.
int replace_assignment(rd_kafka_s* consumer, const rd_kafka_topic_partition_list_s* partitions);

journal::Record record_of(const rd_kafka_message_s& message);
int milliseconds_left(std::chrono::steady_clock::time_point deadline);

}  // namespace outlay::kafka
