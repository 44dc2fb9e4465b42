// Reading with assign(): each read assigns its partition and gives it back, so that nothing is
// fetched between two reads.
#include "platform/kafka/reader.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <thread>

namespace outlay::kafka {

using domain::Fail;
using journal::JournalError;
using journal::JournalErrorKind;
using journal::Record;

namespace {

constexpr std::chrono::milliseconds retry_wait{50};
// Even a read that does not want to wait gives the broker this long to tell what is there.
constexpr std::chrono::milliseconds answer_wait{500};

Settings reader_settings(const JournalOptions& options) {
    auto settings = exact_reading();
    // assign() wants a group's name, though it joins none and commits nothing.
    settings.emplace_back("group.id", options.topic + "-reader");
    settings.emplace_back("enable.partition.eof", "true");
    settings.emplace_back("queued.max.messages.kbytes", "4096");
    // A broker answers a connection's requests in order: whatever is asked while a fetch waits at
    // the end of a partition (the next read's first fetch, an end) comes that much later.
    settings.emplace_back("fetch.wait.max.ms", "5");
    return settings;
}

}  // namespace

domain::Result<std::unique_ptr<Reader>, JournalError> Reader::make(const JournalOptions& options) {
    auto client = make_client(ClientKind::consumer, options.client, reader_settings(options));
    if (!client) return Fail{client.error()};
    Topic topic(rd_kafka_topic_new(client->get(), options.topic.c_str(), nullptr));
    if (topic == nullptr) return Fail{unavailable("topic handle", rd_kafka_last_error())};
    return std::unique_ptr<Reader>(
        new Reader(options, std::move(client).value(), std::move(topic)));
}

domain::Result<std::int32_t, JournalError> Reader::partition_count(platform::Deadline deadline) {
    const std::chrono::milliseconds left{milliseconds_left(deadline)};
    auto metadata = topic_metadata(client_.get(), topic_.get(), left);
    if (!metadata) return Fail{metadata.error()};
    if (*metadata == nullptr) {
        return Fail{
            JournalError{JournalErrorKind::unavailable, "there is no topic " + options_.topic}};
    }
    return static_cast<std::int32_t>((*metadata)->topics[0].partition_cnt);
}

// A leader that has just changed answers with an error for a moment.
domain::Result<std::int64_t, JournalError> Reader::end(std::int32_t partition) {
    const auto deadline = std::chrono::steady_clock::now() + options_.query_timeout;
    auto answer = ask_end(partition, milliseconds_left(deadline));
    while (!answer.ok() && std::chrono::steady_clock::now() + retry_wait < deadline) {
        std::this_thread::sleep_for(retry_wait);
        answer = ask_end(partition, milliseconds_left(deadline));
    }
    return answer;
}

// Asks for "the offset at time -1", which is the protocol's word for the end.
// rd_kafka_query_watermark_offsets would be the natural call, but in 2.0 it ignores its timeout
// while a broker is down.
domain::Result<std::int64_t, JournalError> Reader::ask_end(std::int32_t partition, int timeout_ms) {
    const PartitionList list(rd_kafka_topic_partition_list_new(1));
    auto* wanted = rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), partition);
    wanted->offset = RD_KAFKA_OFFSET_END;
    auto error = rd_kafka_offsets_for_times(client_.get(), list.get(), timeout_ms);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = wanted->err;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Fail{unavailable("asking for the end", error)};
    if (wanted->offset < 0) {
        return Fail{JournalError{JournalErrorKind::unavailable, "asking for the end: no answer"}};
    }
    return wanted->offset;
}

domain::Result<std::vector<Record>, JournalError> Reader::read(std::int32_t partition,
                                                               std::int64_t from,
                                                               const journal::ReadLimits& limits) {
    const std::lock_guard lock(mutex_);
    Reading reading{{partition, from}, {}, 0, false, std::nullopt};
    if (auto failed = assign(reading.next)) return Fail{std::move(*failed)};
    collect(limits, reading);
    replace_assignment(client_.get(), nullptr);
    // An error after good records is met again by the next read, which begins there.
    if (reading.records.empty() && reading.error) return Fail{std::move(*reading.error)};
    return std::move(reading.records);
}

void Reader::collect(const journal::ReadLimits& limits, Reading& reading) {
    const auto begun = std::chrono::steady_clock::now();
    const auto deadline = begun + limits.wait;
    const auto answer_deadline = std::max(deadline, begun + answer_wait);
    bool answered = false;
    while (reading.records.size() < limits.records_max && reading.bytes < limits.bytes_max) {
        const int left = milliseconds_left(answered ? deadline : answer_deadline);
        const Message message(
            rd_kafka_consumer_poll(client_.get(), reading.records.empty() ? left : 0));
        if (message != nullptr) take(*message, reading);
        const bool ended = message == nullptr || reading.at_end;
        if (!reading.records.empty() && (ended || reading.error)) break;
        if (reading.error && reading.error->kind != JournalErrorKind::unavailable) break;
        answered = answered || reading.at_end;
        if (milliseconds_left(answered ? deadline : answer_deadline) == 0) break;
        reading.at_end = false;  // wait for what comes next
    }
}

std::optional<JournalError> Reader::assign(const journal::Position& position) {
    const PartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), position.partition)
        ->offset = position.offset;
    const auto error = replace_assignment(client_.get(), list.get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return unavailable("reading", error);
    return std::nullopt;
}

void Reader::take(const rd_kafka_message_s& message, Reading& reading) {
    if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        reading.at_end = message.partition == reading.next.partition;
        // Nothing is wrong with a connection that can tell where the end is.
        reading.error.reset();
        return;
    }
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        reading.error = unavailable("reading", message.err);
        reading.error->kind = reading_error_kind(message.err);
        reading.error->detail = rd_kafka_message_errstr(&message);
        return;
    }
    if (message.partition != reading.next.partition || message.offset < reading.next.offset) return;
    if (message.offset > reading.next.offset) {
        reading.error = JournalError{JournalErrorKind::corrupt,
                                     "gap before offset " + std::to_string(message.offset)};
        return;
    }
    reading.error.reset();
    reading.records.push_back(record_of(message));
    reading.bytes += message.key_len + message.len;
    reading.next.offset += 1;
}

}  // namespace outlay::kafka
