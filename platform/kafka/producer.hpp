// The appending half of the Kafka journal: an idempotent producer whose delivery thread connects,
// drains delivery reports, calls outcomes run by run, and builds a new producer after a fatal
// error. Private to this folder.
#pragma once

#include <atomic>
#include <shared_mutex>
#include <thread>

#include "platform/clock.hpp"
#include "platform/kafka/client.hpp"
#include "platform/kafka/outstanding.hpp"

namespace outlay::kafka {

class Producer {
public:
    explicit Producer(const JournalOptions& options);
    // Bounded: waits options.producer.shutdown for records on their way; the rest is answered
    // unknown.
    ~Producer();
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;

    // Connects; the first call begins it. The topic must exist.
    domain::Status<journal::JournalError> warm_up(platform::Deadline deadline);
    bool healthy() const { return healthy_.load(); }
    // Any thread; never blocks. The outcome is not_written while there is no healthy producer.
    void append(std::int32_t partition, const std::string& key, const std::string& value,
                journal::AppendDone done);
    const OutstandingAppends& outstanding() const { return outstanding_; }

private:
    // One life of a producer. Order matters: topic and queue end before the client.
    struct Life {
        Client client;
        Queue reports;
        Topic topic;
    };
    using Finished = std::vector<OutstandingAppends::Finished>;

    void run();
    bool connect();  // makes a life that is ready to append
    domain::Result<Life, journal::JournalError> new_life() const;
    void serve();  // reports of the current life, until it dies or the journal closes
    void take(rd_kafka_op_s* event, Finished& finished);
    void bury();  // ends the current life after a fatal error
    void fail_start(journal::JournalError error);
    int produce(std::int32_t partition, const std::string& key, const std::string& value,
                OutstandingAppends::Waiting* waiting);

    const JournalOptions options_;
    OutstandingAppends outstanding_;
    std::atomic<bool> healthy_{false};
    std::atomic<bool> fatal_{false};
    std::atomic<bool> stopping_{false};

    // Shared by appends, exclusive while the delivery thread changes lives.
    std::shared_mutex life_mutex_;
    Life life_;

    std::mutex start_mutex_;  // guards what follows
    std::condition_variable start_changed_;
    bool wanted_ = false;
    journal::JournalError last_error_;

    std::thread thread_;  // last
};

}  // namespace outlay::kafka
