// The delivery thread and the mapping of delivery reports to outcomes.
#include "platform/kafka/producer.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>

#include "platform/log.hpp"

namespace outlay::kafka {

using domain::Fail;
using journal::AppendOutcome;
using journal::AppendResult;
using journal::JournalError;

namespace {

constexpr std::chrono::milliseconds connect_slice{1'000};
constexpr std::chrono::milliseconds retry_wait{200};
constexpr std::chrono::milliseconds flush_slice{250};
constexpr std::chrono::milliseconds purge_wait{2'000};
constexpr int report_wait_ms = 500;
constexpr std::chrono::milliseconds look_slice{500};
constexpr std::size_t run_max = 4'096;  // outcomes called in one go

bool never_acceptable(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
           error == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE ||
           error == RD_KAFKA_RESP_ERR_INVALID_RECORD;
}

AppendOutcome outcome_of(const rd_kafka_message_t& message) {
    const auto status = rd_kafka_message_status(&message);
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR || status == RD_KAFKA_MSG_STATUS_PERSISTED) {
        // A retry that the broker had already taken may come without its offset.
        if (message.offset < 0) return {AppendResult::appended_somewhere, {}};
        return {AppendResult::appended, {message.partition, message.offset}};
    }
    if (status != RD_KAFKA_MSG_STATUS_NOT_PERSISTED) return {AppendResult::unknown, {}};
    if (never_acceptable(message.err)) return {AppendResult::refused, {}};
    return {AppendResult::not_written, {}};
}

std::string number(std::int64_t value) {
    return std::to_string(value);
}

// librdkafka's own queue is larger than ours, so that it never is the one that is full.
Settings producer_settings(const ProducerOptions& options) {
    const auto records = static_cast<std::int64_t>(options.outstanding_records_max);
    const auto kilobytes = static_cast<std::int64_t>(options.outstanding_bytes_max / 1024);
    return {{"enable.idempotence", "true"},
            {"acks", "all"},
            {"linger.ms", number(options.linger.count())},
            {"message.timeout.ms", number(options.message_timeout.count())},
            {"message.max.bytes", "1000000"},
            {"queue.buffering.max.messages", number(records * 2)},
            {"queue.buffering.max.kbytes", number(std::max<std::int64_t>(kilobytes * 2, 4'096))},
            {"retry.backoff.ms", "100"}};
}

bool every_partition_has_a_leader(const Metadata& metadata) {
    if (metadata == nullptr) return false;
    const auto& topic = metadata->topics[0];
    return topic.partition_cnt > 0 &&
           std::all_of(topic.partitions, topic.partitions + topic.partition_cnt,
                       [](const auto& partition) { return partition.leader >= 0; });
}

}  // namespace

Producer::Producer(const JournalOptions& options)
    : options_(options),
      outstanding_(options.producer.outstanding_records_max,
                   options.producer.outstanding_bytes_max),
      thread_([this] { run(); }) {}

Producer::~Producer() {
    alive_ = false;
    const auto deadline = std::chrono::steady_clock::now() + options_.producer.shutdown;
    {
        // The delivery thread goes on draining reports; it needs the lock only to change lives.
        const std::shared_lock lock(life_mutex_);
        while (life_.client != nullptr && outstanding_.records() > 0 &&
               std::chrono::steady_clock::now() < deadline) {
            rd_kafka_flush(life_.client.get(), static_cast<int>(flush_slice.count()));
        }
        if (life_.client != nullptr && outstanding_.records() > 0) {
            rd_kafka_purge(life_.client.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        }
    }
    outstanding_.wait_until_empty(std::chrono::steady_clock::now() + purge_wait);
    {
        const std::lock_guard lock(start_mutex_);
        stopping_ = true;
    }
    start_changed_.notify_all();
    {
        const std::shared_lock lock(life_mutex_);
        if (life_.reports != nullptr) rd_kafka_queue_yield(life_.reports.get());
    }
    thread_.join();
    life_ = {};
    outstanding_.abandon();
}

domain::Status<JournalError> Producer::warm_up(platform::Deadline deadline) {
    std::unique_lock lock(start_mutex_);
    wanted_ = true;
    start_changed_.notify_all();
    start_changed_.wait_until(lock, deadline, [this] { return healthy(); });
    if (healthy()) return domain::Done{};
    return Fail{last_error_};
}

void Producer::append(std::int32_t partition, const std::string& key, const std::string& value,
                      journal::AppendDone done) {
    auto* waiting = outstanding_.add(done, key.size() + value.size());
    if (waiting == nullptr) return done({AppendResult::not_written, {}});
    const int code = produce(partition, key, value, waiting);
    const auto error = static_cast<rd_kafka_resp_err_t>(code);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const auto result = never_acceptable(error) ? AppendResult::refused : AppendResult::not_written;
    outstanding_.finish({{waiting, {result, {}}}});
}

int Producer::produce(std::int32_t partition, const std::string& key, const std::string& value,
                      OutstandingAppends::Waiting* waiting) {
    const std::shared_lock lock(life_mutex_);
    if (!healthy()) return RD_KAFKA_RESP_ERR__STATE;
    // Copied by librdkafka before it returns: it does not write through the pointer.
    auto* payload = const_cast<char*>(value.data());
    const int failed = rd_kafka_produce(life_.topic.get(), partition, RD_KAFKA_MSG_F_COPY, payload,
                                        value.size(), key.data(), key.size(), waiting);
    if (failed == 0) return RD_KAFKA_RESP_ERR_NO_ERROR;
    const auto error = rd_kafka_last_error();
    // Still under the lock, so that it is this life that ends, not the next one.
    if (error == RD_KAFKA_RESP_ERR__FATAL) fatal_ = true;
    return error;
}

void Producer::run() {
    while (!stopping_) {
        if (!connect()) continue;
        serve();
        if (fatal_) bury();
    }
}

bool Producer::connect() {
    {
        std::unique_lock lock(start_mutex_);
        start_changed_.wait(lock, [this] { return wanted_ || stopping_; });
        if (stopping_) return false;
    }
    auto life = new_life();
    if (!life) {
        fail_start(life.error());
        return false;
    }
    while (!stopping_) {
        auto metadata = topic_metadata(life->client.get(), life->topic.get(), connect_slice);
        if (metadata.ok() && every_partition_has_a_leader(*metadata)) break;
        fail_start(metadata.ok() ? JournalError{{}, "a partition has no leader"}
                                 : metadata.error());
    }
    {
        const std::unique_lock lock(life_mutex_);
        life_ = std::move(life).value();
    }
    {
        const std::lock_guard lock(start_mutex_);
        fatal_ = false;
        alive_ = !stopping_;
    }
    brokers_missed_ = false;
    note_connected(true);
    return true;
}

domain::Result<Producer::Life, JournalError> Producer::new_life() const {
    auto client =
        make_client(ClientKind::producer, options_.client, producer_settings(options_.producer),
                    [](rd_kafka_conf_t* conf) {
                        rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
                    });
    if (!client) return Fail{client.error()};
    Life life;
    life.client = std::move(client).value();
    life.reports.reset(rd_kafka_queue_get_main(life.client.get()));
    life.topic.reset(rd_kafka_topic_new(life.client.get(), options_.topic.c_str(), nullptr));
    if (life.topic == nullptr) return Fail{unavailable("topic handle", rd_kafka_last_error())};
    return life;
}

void Producer::fail_start(JournalError error) {
    std::unique_lock lock(start_mutex_);
    last_error_ = std::move(error);
    start_changed_.wait_for(lock, retry_wait, [this] { return stopping_.load(); });
}

void Producer::serve() {
    Finished finished;
    while (!stopping_ && !fatal_) {
        int wait_ms = report_wait_ms;
        while (finished.size() < run_max) {
            const Event event(rd_kafka_queue_poll(life_.reports.get(), wait_ms));
            if (event == nullptr) break;
            take(event.get(), finished);
            wait_ms = 0;
        }
        outstanding_.finish(finished);
        finished.clear();
        if (brokers_missed_ && !fatal_) look_for_brokers();
    }
}

void Producer::take(rd_kafka_op_s* event, Finished& finished) {
    const auto type = rd_kafka_event_type(event);
    if (type == RD_KAFKA_EVENT_ERROR) take_error(event);
    if (type != RD_KAFKA_EVENT_DR) return;
    while (const auto* message = rd_kafka_event_message_next(event)) {
        finished.push_back(
            {static_cast<OutstandingAppends::Waiting*>(message->_private), outcome_of(*message)});
    }
}

// Everything else heals by itself and is in the log already.
void Producer::take_error(rd_kafka_op_s* event) {
    if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) brokers_missed_ = true;
    if (rd_kafka_event_error_is_fatal(event) == 0) return;
    platform::log(platform::LogLevel::error, "kafka producer failed, building a new one",
                  {{"detail", rd_kafka_event_error_string(event)}});
    fatal_ = true;
}

// The loss alone says little: connections that were idle for long are closed by the brokers too,
// and are back at once. While they are away nothing is appended, so that only a question finds
// them.
void Producer::look_for_brokers() {
    const auto metadata = topic_metadata(life_.client.get(), life_.topic.get(), look_slice);
    brokers_missed_ = !metadata.ok() || *metadata == nullptr;
    note_connected(!brokers_missed_);
}

void Producer::note_connected(bool connected) {
    if (connected != connected_) {
        platform::log(connected ? platform::LogLevel::info : platform::LogLevel::warning,
                      connected ? "kafka brokers answer" : "no kafka broker answers");
    }
    {
        const std::lock_guard lock(start_mutex_);
        connected_ = connected;
        if (!connected) last_error_ = {{}, "no broker answers"};
    }
    start_changed_.notify_all();
}

// A fatal producer has given up its records already or does so when purged: every one of them still
// gets its report.
void Producer::bury() {
    alive_ = false;
    const auto deadline = std::chrono::steady_clock::now() + purge_wait;
    Life dead;
    {
        const std::unique_lock lock(life_mutex_);
        dead = std::move(life_);
        life_ = {};
    }
    rd_kafka_purge(dead.client.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    Finished finished;
    while (outstanding_.records() > 0 && std::chrono::steady_clock::now() < deadline) {
        const Event event(rd_kafka_queue_poll(dead.reports.get(), 50));
        if (event == nullptr) continue;
        take(event.get(), finished);
        outstanding_.finish(finished);
        finished.clear();
    }
    dead = {};  // no report can come after this
    outstanding_.abandon();
}

}  // namespace outlay::kafka
