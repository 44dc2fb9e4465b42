// Creating and describing the topic over librdkafka's admin interface.
#include "platform/kafka/topic.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <thread>

#include "platform/kafka/client.hpp"

namespace outlay::kafka {

using domain::Fail;
using journal::JournalError;
using journal::JournalErrorKind;

namespace {

struct DestroyAdmin {
    void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
    void operator()(rd_kafka_ConfigResource_t* resource) const {
        rd_kafka_ConfigResource_destroy(resource);
    }
    void operator()(rd_kafka_AdminOptions_t* options) const {
        rd_kafka_AdminOptions_destroy(options);
    }
};
template <typename T>
using Admin = std::unique_ptr<T, DestroyAdmin>;
using Configuration = std::map<std::string, std::string>;

// What one record may need on the broker: librdkafka's own limit for a request with one record.
constexpr std::int64_t message_bytes_needed = 1'000'000;
// Between two looks at a topic that was just made.
constexpr std::chrono::milliseconds look_wait{20};

// A consumer, because its questions never create a topic.
domain::Result<Client, JournalError> admin_client(const ClientOptions& options) {
    return make_client(ClientKind::consumer, options, {{"group.id", "outlay-admin"}});
}

Admin<rd_kafka_AdminOptions_t> admin_options(rd_kafka_t* client, rd_kafka_admin_op_t operation,
                                             platform::Deadline deadline) {
    Admin<rd_kafka_AdminOptions_t> options(rd_kafka_AdminOptions_new(client, operation));
    std::array<char, 256> reason{};
    const int left = std::max(1, milliseconds_left(deadline));
    rd_kafka_AdminOptions_set_request_timeout(options.get(), left, reason.data(), reason.size());
    if (operation == RD_KAFKA_ADMIN_OP_CREATETOPICS) {
        // Wait until the controller has told all brokers.
        rd_kafka_AdminOptions_set_operation_timeout(options.get(), left, reason.data(),
                                                    reason.size());
    }
    return options;
}

// The answer to one admin request, or why there is none.
domain::Result<Event, JournalError> answer_of(const Queue& queue, std::string_view action,
                                              platform::Deadline deadline) {
    Event event(rd_kafka_queue_poll(queue.get(), milliseconds_left(deadline)));
    if (event == nullptr) return Fail{unavailable(action, RD_KAFKA_RESP_ERR__TIMED_OUT)};
    const auto error = rd_kafka_event_error(event.get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Fail{unavailable(action, error)};
    return event;
}

bool serves(const rd_kafka_metadata_topic& topic, std::int32_t partitions) {
    return topic.partition_cnt == partitions &&
           std::all_of(topic.partitions, topic.partitions + topic.partition_cnt,
                       [](const auto& partition) { return partition.leader >= 0; });
}

// The controller answers before the brokers have learned of the topic.
domain::Status<JournalError> wait_until_serves(rd_kafka_t* client, const TopicWish& wish,
                                               platform::Deadline deadline) {
    const Topic topic(rd_kafka_topic_new(client, wish.name.c_str(), nullptr));
    while (true) {
        const std::chrono::milliseconds left{milliseconds_left(deadline)};
        const auto metadata = topic_metadata(client, topic.get(), left);
        if (metadata.ok() && *metadata != nullptr &&
            serves((*metadata)->topics[0], wish.partitions)) {
            return domain::Done{};
        }
        if (std::chrono::steady_clock::now() + look_wait >= deadline) break;
        std::this_thread::sleep_for(look_wait);
    }
    return Fail{JournalError{JournalErrorKind::unavailable,
                             "the topic was made, but not all of its partitions have a leader"}};
}

Configuration configuration_of(const TopicWish& wish) {
    Configuration configuration = {
        {"cleanup.policy", "delete"},
        {"retention.ms", "-1"},
        {"retention.bytes", "-1"},
        {"message.timestamp.type", "LogAppendTime"},
        {"unclean.leader.election.enable", "false"},
        {"min.insync.replicas", std::to_string(wish.min_insync_replicas)}};
    if (wish.flush_every_record) configuration["flush.messages"] = "1";
    return configuration;
}

domain::Result<Configuration, JournalError> described(rd_kafka_t* client, const std::string& topic,
                                                      platform::Deadline deadline) {
    const Queue queue(rd_kafka_queue_new(client));
    const Admin<rd_kafka_ConfigResource_t> resource(
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    const auto options = admin_options(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, deadline);
    auto* request = resource.get();
    rd_kafka_DescribeConfigs(client, &request, 1, options.get(), queue.get());
    auto event = answer_of(queue, "describing the topic", deadline);
    if (!event) return Fail{event.error()};
    std::size_t count = 0;
    const auto* resources = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event->get()), &count);
    if (count != 1 || rd_kafka_ConfigResource_error(resources[0]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return Fail{JournalError{JournalErrorKind::unavailable, "the topic was not described"}};
    }
    Configuration configuration;
    const auto* entries = rd_kafka_ConfigResource_configs(resources[0], &count);
    for (std::size_t i = 0; i < count; ++i) {
        const char* value = rd_kafka_ConfigEntry_value(entries[i]);
        configuration[rd_kafka_ConfigEntry_name(entries[i])] = value != nullptr ? value : "";
    }
    return configuration;
}

std::int64_t number(const Configuration& configuration, const std::string& name) {
    const auto found = configuration.find(name);
    return found == configuration.end() ? 0 : std::strtoll(found->second.c_str(), nullptr, 10);
}

void check_configuration(const Configuration& configuration, const TopicWish& wish,
                         std::int32_t replication, std::vector<TopicFinding>& findings) {
    auto wanted = configuration_of(wish);
    wanted.erase("min.insync.replicas");  // more is fine
    for (const auto& [name, value] : wanted) {
        const auto found = configuration.find(name);
        const auto text = found == configuration.end() ? "unknown" : found->second;
        if (text != value) findings.push_back({name, text, value});
    }
    const auto least = std::max(wish.min_insync_replicas, replication >= 3 ? 2 : 1);
    const auto in_sync = number(configuration, "min.insync.replicas");
    if (in_sync < least) {
        findings.push_back(
            {"min.insync.replicas", std::to_string(in_sync), std::to_string(least) + " or more"});
    }
    const auto bytes = number(configuration, "max.message.bytes");
    if (bytes < message_bytes_needed) {
        findings.push_back({"max.message.bytes", std::to_string(bytes),
                            std::to_string(message_bytes_needed) + " or more"});
    }
}

}  // namespace

domain::Result<TopicState, JournalError> create_topic(const ClientOptions& client,
                                                      const TopicWish& wish,
                                                      platform::Deadline deadline) {
    auto made = admin_client(client);
    if (!made) return Fail{made.error()};
    std::array<char, 256> reason{};
    const Admin<rd_kafka_NewTopic_t> topic(rd_kafka_NewTopic_new(
        wish.name.c_str(), wish.partitions, wish.replication, reason.data(), reason.size()));
    if (topic == nullptr) return Fail{JournalError{JournalErrorKind::unavailable, reason.data()}};
    for (const auto& [name, value] : configuration_of(wish)) {
        rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
    }
    const Queue queue(rd_kafka_queue_new(made->get()));
    const auto options = admin_options(made->get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, deadline);
    auto* request = topic.get();
    rd_kafka_CreateTopics(made->get(), &request, 1, options.get(), queue.get());
    auto event = answer_of(queue, "creating the topic", deadline);
    if (!event) return Fail{event.error()};
    std::size_t count = 0;
    const auto* results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event->get()), &count);
    if (count != 1) return Fail{JournalError{JournalErrorKind::unavailable, "no result"}};
    const auto error = rd_kafka_topic_result_error(results[0]);
    if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return TopicState::existed;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        auto serving = wait_until_serves(made->get(), wish, deadline);
        if (!serving.ok()) return Fail{serving.error()};
        return TopicState::created;
    }
    const char* detail = rd_kafka_topic_result_error_string(results[0]);
    return Fail{unavailable(detail != nullptr ? detail : "creating the topic", error)};
}

domain::Result<std::vector<TopicFinding>, JournalError> check_topic(const ClientOptions& client,
                                                                    const TopicWish& wish,
                                                                    platform::Deadline deadline) {
    auto made = admin_client(client);
    if (!made) return Fail{made.error()};
    const Topic topic(rd_kafka_topic_new(made->get(), wish.name.c_str(), nullptr));
    const std::chrono::milliseconds left{milliseconds_left(deadline)};
    auto metadata = topic_metadata(made->get(), topic.get(), left);
    if (!metadata) return Fail{metadata.error()};
    if (*metadata == nullptr) return std::vector<TopicFinding>{{"topic", "missing", wish.name}};
    std::vector<TopicFinding> findings;
    const auto& found = (*metadata)->topics[0];
    if (found.partition_cnt != wish.partitions) {
        findings.push_back(
            {"partitions", std::to_string(found.partition_cnt), std::to_string(wish.partitions)});
    }
    const auto replication = found.partition_cnt > 0 ? found.partitions[0].replica_cnt : 0;
    if (replication < wish.replication) {
        findings.push_back({"replication", std::to_string(replication),
                            std::to_string(wish.replication) + " or more"});
    }
    auto configuration = described(made->get(), wish.name, deadline);
    if (!configuration) return Fail{configuration.error()};
    check_configuration(*configuration, wish, replication, findings);
    return findings;
}

}  // namespace outlay::kafka
