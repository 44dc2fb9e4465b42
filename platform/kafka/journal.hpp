// The Journal port over one Kafka topic. Any thread.
#pragma once

#include <memory>

#include "journal/journal.hpp"
#include "platform/clock.hpp"
#include "platform/kafka/options.hpp"

namespace outlay::kafka {

// Appends go through one idempotent producer. All outcomes are called by its delivery thread, run
// after run: they must be cheap (post and return), because the next outcomes wait behind them.
// Subscriptions are independent of the journal object and may outlive it.
class KafkaJournal final : public journal::Journal, public journal::Subscriptions {
public:
    // Connects to nothing yet. Fails on a setting that librdkafka does not know or accept.
    static domain::Result<std::unique_ptr<KafkaJournal>, journal::JournalError> make(
        const JournalOptions& options);
    ~KafkaJournal() override;  // bounded; every outcome has been called afterwards
    KafkaJournal(const KafkaJournal&) = delete;
    KafkaJournal& operator=(const KafkaJournal&) = delete;

    // To be called until it succeeds, before the process says that it is ready: finds the topic
    // (never creates it) and its leaders, and tries until the deadline. Until then partition_count
    // is 0 and appends are not written. Blocks. The first append may still wait half a second:
    // librdkafka asks for its producer id that late.
    domain::Status<journal::JournalError> warm_up(platform::Deadline deadline);
    // False before warm_up, while no broker answers (noticed within a second of a lost connection,
    // but only by time-outs if the brokers hang), and while a failed producer is being replaced:
    // appends are not written then, and read and end fail at once while no broker answers. True
    // again by itself. Never blocks.
    bool healthy() const;
    // From now on appends are not written (true), or written again: for a topic whose settings do
    // not keep what is acknowledged.
    void hold_appends(bool held);
    // Appends without outcome, for readiness and metrics.
    std::size_t outstanding_records() const;
    std::size_t outstanding_bytes() const;

    std::int32_t partition_count() const override;
    void append(std::int32_t partition, std::string key, std::string value,
                journal::AppendDone done) override;
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) override;
    domain::Result<std::int64_t, journal::JournalError> end(std::int32_t partition) override;
    std::unique_ptr<journal::Subscription> subscribe(journal::StartOffset start) override;

private:
    struct Parts;
    explicit KafkaJournal(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace outlay::kafka
