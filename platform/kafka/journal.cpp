// Puts producer, reader and subscriptions together.
#include "platform/kafka/journal.hpp"

#include <atomic>
#include <optional>
#include <thread>

#include "platform/kafka/producer.hpp"
#include "platform/kafka/reader.hpp"
#include "platform/kafka/subscription.hpp"

namespace outlay::kafka {

using domain::Fail;
using journal::AppendResult;
using journal::JournalError;
using journal::JournalErrorKind;

struct KafkaJournal::Parts {
    Parts(const JournalOptions& chosen, std::unique_ptr<Reader> reads)
        : options(chosen), reader(std::move(reads)), producer(chosen) {}
    bool has(std::int32_t partition) const { return partition >= 0 && partition < partitions; }
    // While no broker answers, at once instead of at the end of a time-out: a projector that waits
    // here does not poll and misses the end of its session, and the heartbeats that its consumer
    // goes on with fence it.
    std::optional<JournalError> cannot_ask(std::int32_t partition) const {
        if (!has(partition)) return JournalError{{}, "no such partition"};
        if (!producer.connected()) return JournalError{{}, "no broker answers"};
        return std::nullopt;
    }

    const JournalOptions options;
    std::atomic<std::int32_t> partitions{0};
    std::atomic<bool> held{false};
    std::unique_ptr<Reader> reader;
    Producer producer;
};

namespace {

constexpr std::chrono::milliseconds topic_retry_wait{100};

}  // namespace

domain::Result<std::unique_ptr<KafkaJournal>, JournalError> KafkaJournal::make(
    const JournalOptions& options) {
    auto reader = Reader::make(options);
    if (!reader) return Fail{reader.error()};
    return std::unique_ptr<KafkaJournal>(
        new KafkaJournal(std::make_unique<Parts>(options, std::move(reader).value())));
}

KafkaJournal::KafkaJournal(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
KafkaJournal::~KafkaJournal() = default;

domain::Status<JournalError> KafkaJournal::warm_up(platform::Deadline deadline) {
    auto count = parts_->reader->partition_count(deadline);
    // A topic that was just created is not known to every broker at once.
    while (!count.ok() && std::chrono::steady_clock::now() + topic_retry_wait < deadline) {
        std::this_thread::sleep_for(topic_retry_wait);
        count = parts_->reader->partition_count(deadline);
    }
    if (!count) return Fail{count.error()};
    const auto before = parts_->partitions.load();
    if (before != 0 && before != *count) {
        return Fail{JournalError{JournalErrorKind::unavailable,
                                 "the topic had " + std::to_string(before) + " partitions, now " +
                                     std::to_string(*count)}};
    }
    auto warm = parts_->producer.warm_up(deadline);
    if (warm.ok()) parts_->partitions = *count;
    return warm;
}

bool KafkaJournal::healthy() const {
    return parts_->producer.healthy();
}

void KafkaJournal::hold_appends(bool held) {
    parts_->held = held;
}

std::size_t KafkaJournal::outstanding_records() const {
    return parts_->producer.outstanding().records();
}

std::size_t KafkaJournal::outstanding_bytes() const {
    return parts_->producer.outstanding().bytes();
}

std::int32_t KafkaJournal::partition_count() const {
    return parts_->partitions;
}

void KafkaJournal::append(std::int32_t partition, std::string key, std::string value,
                          journal::AppendDone done) {
    if (parts_->partitions == 0 || parts_->held) return done({AppendResult::not_written, {}});
    if (!parts_->has(partition) || journal::too_large(key, value)) {
        return done({AppendResult::refused, {}});
    }
    parts_->producer.append(partition, key, value, std::move(done));
}

domain::Result<std::vector<journal::Record>, JournalError> KafkaJournal::read(
    std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) {
    CHECK(from >= 0, "an offset is never negative");
    if (auto failure = parts_->cannot_ask(partition)) return Fail{std::move(*failure)};
    return parts_->reader->read(partition, from, limits);
}

domain::Result<std::int64_t, JournalError> KafkaJournal::end(std::int32_t partition) {
    if (auto failure = parts_->cannot_ask(partition)) return Fail{std::move(*failure)};
    auto end = parts_->reader->end(partition);
    if (!end.ok()) parts_->producer.doubt();
    return end;
}

std::unique_ptr<journal::Subscription> KafkaJournal::subscribe(journal::StartOffset start) {
    return std::make_unique<GroupSubscription>(parts_->options, std::move(start));
}

}  // namespace outlay::kafka
