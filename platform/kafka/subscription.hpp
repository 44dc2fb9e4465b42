// Reads the partitions that the consumer group gives this process. Nothing of librdkafka's seek or
// pause is used: what shall be fetched is always said as one whole assignment with offsets, which
// also drops what was fetched before. Private to this folder. Confined to the thread that polls.
#pragma once

#include <atomic>
#include <deque>
#include <map>

#include "platform/clock.hpp"
#include "platform/kafka/client.hpp"
#include "platform/kafka/reopen_pause.hpp"

namespace outlay::kafka {

class GroupSubscription final : public journal::Subscription {
public:
    GroupSubscription(const JournalOptions& options, journal::StartOffset start);
    ~GroupSubscription() override;  // leaves the group; bounded
    GroupSubscription(const GroupSubscription&) = delete;
    GroupSubscription& operator=(const GroupSubscription&) = delete;

    journal::Delivery poll(const journal::ReadLimits& limits) override;
    void seek(std::int32_t partition, std::int64_t from) override;
    void pause(std::int32_t partition) override;
    void resume(std::int32_t partition) override;
    void processed(std::int32_t partition, std::int64_t next) override;

private:
    struct Partition {
        std::optional<std::int64_t> next;    // offset of the next record to be fetched; empty: ask
        std::vector<journal::Record> stash;  // fetched, not yet delivered
        std::size_t stash_bytes = 0;
        std::optional<journal::JournalError> failure;
        bool failure_told = false;
        bool paused = false;
        bool interrupted = false;  // to be told before what comes next
        std::int32_t broker = -1;  // that the last record came from
        bool fetching() const { return next && !paused && !failure; }
        bool has_news() const { return !paused && (!stash.empty() || (failure && !failure_told)); }
    };
    // What librdkafka calls back into.
    struct Connection {
        explicit Connection(GroupSubscription* owner) : subscription(owner) {}
        GroupSubscription* subscription;     // of the polling thread
        std::atomic<std::uint64_t> lost{0};  // counted by librdkafka's threads
    };
    using Partitions = std::map<std::int32_t, Partition>;

    // The consumer's life.
    void open();
    bool leave();
    void close();
    void give_up(const std::string& reason);
    void on_rebalance(int code, rd_kafka_topic_partition_list_s* partitions);
    void lose_all();
    void assign();  // fetching partitions at their offsets
    void ask_starts();
    void hold_commits();
    void commit_progress();

    // Fetching and delivering.
    void fetch(const journal::ReadLimits& limits, std::chrono::milliseconds wait);
    void take(const rd_kafka_message_s& message);
    void take_error(const rd_kafka_message_s& message);
    void notice_lost_connections();
    bool full(const journal::ReadLimits& limits) const;
    bool ready() const;
    std::optional<journal::Delivery> next_delivery(const journal::ReadLimits& limits);
    static journal::Batch cut(Partitions::iterator at, const journal::ReadLimits& limits);
    Partition* find(std::int32_t partition);

    const JournalOptions options_;
    const journal::StartOffset start_;
    // Before the client, so that it lives longer than the client's threads.
    std::unique_ptr<Connection> connection_ = std::make_unique<Connection>(this);
    Client client_;
    Partitions owned_;
    std::deque<journal::Delivery> notices_;
    bool assignment_changed_ = false;
    std::optional<std::string> fatal_;
    platform::Deadline reopen_at_{};
    ReopenPause reopen_pause_;
    std::optional<platform::Deadline> holds_partitions_since_;  // this consumer, at first
    std::int32_t last_served_ = -1;
    std::map<std::int32_t, std::int64_t> progress_;  // not committed yet
    platform::Deadline next_commit_;
    platform::Deadline commits_held_until_{};
    std::uint64_t connections_lost_told_ = 0;
};

}  // namespace outlay::kafka
