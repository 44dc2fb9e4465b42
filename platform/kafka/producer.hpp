// The appending half of the Kafka journal: an idempotent producer whose delivery thread connects,
// drains delivery reports, calls outcomes run by run, looks for the brokers when all were lost, and
// builds a new producer after a fatal error. Private to this folder.
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
    // False before warm_up, and while no broker answers. Any thread.
    bool connected() const { return connected_.load(); }
    // False also while a failed producer is replaced. Any thread.
    bool healthy() const { return alive_.load() && connected(); }
    // Any thread; never blocks. The outcome is not_written while the producer is not healthy.
    void append(std::int32_t partition, const std::string& key, const std::string& value,
                journal::AppendDone done);
    // Somebody waited for the brokers in vain: have them looked for. Any thread.
    void doubt() { brokers_missed_ = true; }
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
    void take_error(rd_kafka_op_s* event);
    void look_for_brokers();
    void note_connected(bool connected);
    void bury();  // ends the current life after a fatal error
    void fail_start(journal::JournalError error);
    int produce(std::int32_t partition, const std::string& key, const std::string& value,
                OutstandingAppends::Waiting* waiting);

    const JournalOptions options_;
    OutstandingAppends outstanding_;
    std::atomic<bool> alive_{false};
    std::atomic<bool> connected_{false};
    std::atomic<bool> brokers_missed_{false};  // all were lost, and none answered since
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
