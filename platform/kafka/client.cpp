// Owners of librdkafka objects, client settings, error kinds.
#include "platform/kafka/client.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>

#include "platform/log.hpp"

namespace outlay::kafka {

using domain::Fail;
using journal::JournalError;
using journal::JournalErrorKind;

void Destroy::operator()(rd_kafka_s* client) const {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}
void Destroy::operator()(rd_kafka_conf_s* settings) const {
    rd_kafka_conf_destroy(settings);
}
void Destroy::operator()(rd_kafka_topic_s* topic) const {
    rd_kafka_topic_destroy(topic);
}
void Destroy::operator()(rd_kafka_queue_s* queue) const {
    rd_kafka_queue_destroy(queue);
}
void Destroy::operator()(rd_kafka_op_s* event) const {
    rd_kafka_event_destroy(event);
}
void Destroy::operator()(rd_kafka_message_s* message) const {
    rd_kafka_message_destroy(message);
}
void Destroy::operator()(rd_kafka_topic_partition_list_s* list) const {
    rd_kafka_topic_partition_list_destroy(list);
}
void Destroy::operator()(const struct rd_kafka_metadata* metadata) const {
    rd_kafka_metadata_destroy(metadata);
}

namespace {

// Severities as in syslog: a lost connection is "error" there, but ordinary life here.
void write_log(const rd_kafka_t*, int severity, const char* facility, const char* text) {
    const auto level = severity <= 2   ? platform::LogLevel::error
                       : severity <= 4 ? platform::LogLevel::warning
                                       : platform::LogLevel::debug;
    platform::log(level, "kafka client", {{"facility", facility}, {"text", text}});
}

Settings house_settings(const ClientOptions& options) {
    return {{"bootstrap.servers", options.brokers}, {"client.id", options.client_id},
            {"socket.nagle.disable", "true"},  // off only since librdkafka 2.10
            {"socket.keepalive.enable", "true"},    {"reconnect.backoff.ms", "50"},
            {"reconnect.backoff.max.ms", "1000"},   {"log.connection.close", "false"}};
}

// How the client and the brokers come to trust each other.
Settings security_settings(const ClientOptions& options) {
    const bool logs_in = !options.login.mechanism.empty();
    const std::string protocol = options.tls.is_on ? "SSL" : "PLAINTEXT";
    Settings settings{{"security.protocol", (logs_in ? "SASL_" : "") + protocol}};
    const auto add = [&settings](const char* name, const std::string& value) {
        if (!value.empty()) settings.emplace_back(name, value);
    };
    if (options.tls.is_on) add("ssl.endpoint.identification.algorithm", "https");
    add("ssl.ca.location", options.tls.ca_file);
    add("ssl.certificate.location", options.tls.certificate_file);
    add("ssl.key.location", options.tls.key_file);
    add("sasl.mechanisms", options.login.mechanism);
    add("sasl.username", options.login.user);
    add("sasl.password", options.login.password);
    return settings;
}

// Empty if the setting was taken.
std::string apply(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
    std::array<char, 512> reason{};
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size()) ==
        RD_KAFKA_CONF_OK) {
        return {};
    }
    return reason.data();
}

}  // namespace

domain::Result<Client, JournalError> make_client(ClientKind kind, const ClientOptions& options,
                                                 const Settings& settings, const Prepare& prepare) {
    Owned<rd_kafka_conf_s> conf(rd_kafka_conf_new());
    Settings all = house_settings(options);
    for (const auto& more : {security_settings(options), settings})
        all.insert(all.end(), more.begin(), more.end());
    all.insert(all.end(), options.properties.begin(), options.properties.end());
    for (const auto& [name, value] : all) {
        const auto reason = apply(conf.get(), name, value);
        if (!reason.empty()) return Fail{JournalError{JournalErrorKind::unavailable, reason}};
    }
    rd_kafka_conf_set_log_cb(conf.get(), write_log);
    if (prepare) prepare(conf.get());
    std::array<char, 512> reason{};
    const auto type = kind == ClientKind::producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER;
    Client client(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
    if (client == nullptr) {
        return Fail{JournalError{JournalErrorKind::unavailable, reason.data()}};
    }
    static_cast<void>(conf.release());  // the client owns it now
    if (kind == ClientKind::consumer) rd_kafka_poll_set_consumer(client.get());
    return client;
}

Settings exact_reading() {
    return {{"enable.auto.commit", "false"},  {"enable.auto.offset.store", "false"},
            {"auto.offset.reset", "error"},   {"check.crcs", "true"},
            {"fetch.error.backoff.ms", "50"}, {"allow.auto.create.topics", "false"}};
}

JournalError unavailable(std::string_view action, int code) {
    std::string detail(action);
    detail += ": ";
    detail += rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code));
    return {JournalErrorKind::unavailable, std::move(detail)};
}

JournalErrorKind reading_error_kind(int code) {
    struct Kind {
        int code;
        JournalErrorKind kind;
    };
    // -141 is RD_KAFKA_RESP_ERR__LOG_TRUNCATION, which librdkafka knows since 2.1.
    static constexpr Kind kinds[] = {
        {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, JournalErrorKind::lost_tail},
        {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, JournalErrorKind::lost_tail},
        {-141, JournalErrorKind::lost_tail},
        {RD_KAFKA_RESP_ERR__BAD_MSG, JournalErrorKind::corrupt},
        {RD_KAFKA_RESP_ERR__BAD_COMPRESSION, JournalErrorKind::corrupt},
        {RD_KAFKA_RESP_ERR_INVALID_MSG, JournalErrorKind::corrupt},
        {RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, JournalErrorKind::corrupt},
    };
    for (const auto& [known, kind] : kinds) {
        if (known == code) return kind;
    }
    return JournalErrorKind::unavailable;
}

domain::Result<Metadata, JournalError> topic_metadata(rd_kafka_s* client, rd_kafka_topic_s* topic,
                                                      std::chrono::milliseconds timeout) {
    const struct rd_kafka_metadata* raw = nullptr;
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    auto left = timeout;
    auto error = RD_KAFKA_RESP_ERR_NO_ERROR;
    // A connection that breaks under the question is made again while there is time.
    do {
        error =
            rd_kafka_metadata(client, 0, topic, &raw, std::max(1, static_cast<int>(left.count())));
        left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
    } while (error == RD_KAFKA_RESP_ERR__TRANSPORT && left.count() > 0);
    Metadata metadata(raw);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Fail{unavailable("asking for metadata", error)};
    if (metadata->topic_cnt != 1) {
        return Fail{JournalError{JournalErrorKind::unavailable, "metadata without the topic"}};
    }
    const auto of_topic = metadata->topics[0].err;
    if (of_topic == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return Metadata{};
    if (of_topic != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return Fail{unavailable(std::string("topic ") + rd_kafka_topic_name(topic), of_topic)};
    }
    return metadata;
}

// librdkafka stops partitions after rd_kafka_assign has returned, and aborts the process if another
// call takes the same ones away before they are (confluentinc/librdkafka#5573). Its main thread
// works in order, so a question that it answers is behind the stops, and a second one behind what
// they report.
int replace_assignment(rd_kafka_s* consumer, const rd_kafka_topic_partition_list_s* partitions) {
    const auto error = rd_kafka_assign(consumer, partitions);
    for (int question = 0; question < 2; ++question) {
        rd_kafka_mem_free(consumer, rd_kafka_memberid(consumer));
    }
    return error;
}

journal::Record record_of(const rd_kafka_message_s& message) {
    const auto text = [](const void* bytes, std::size_t size) {
        return bytes == nullptr ? std::string()
                                : std::string(static_cast<const char*>(bytes), size);
    };
    rd_kafka_timestamp_type_t type{};
    const auto millis = rd_kafka_message_timestamp(&message, &type);
    return {{message.partition, message.offset},
            {millis * 1000},
            text(message.key, message.key_len),
            text(message.payload, message.len)};
}

int milliseconds_left(std::chrono::steady_clock::time_point deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

}  // namespace outlay::kafka
