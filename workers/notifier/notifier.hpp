// The notifier: lays messages out and sends them, by threads of its own. Any number of processes
// may run one over the same store. start and stop from the owner thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "platform/metric_families.hpp"
#include "workers/notifier/complaints.hpp"
#include "workers/notifier/courier.hpp"
#include "workers/notifier/lanes.hpp"
#include "workers/notifier/retention.hpp"

namespace outlay::workers::notifier {

struct NotifierParts {
    sql::Store& store;
    const platform::Clock& clock;
    const platform::Zones& zones;
    Means means;
    std::string holder;  // unique among the processes of the installation
};
struct NotifierOptions {
    Sending sending{};  // its senders: endpoints that may be slow at the same time
    std::chrono::milliseconds look{100};
};

class Notifier {
public:
    Notifier(NotifierParts parts, NotifierOptions options);
    ~Notifier();
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    void start();
    // Something was projected in this process. Any thread.
    void signal();
    void stop();  // waits for the attempts under way

private:
    void dispatch();
    // Each answers whether there is more of it.
    bool forget(RetentionRound& round);
    bool compose();
    bool close();
    bool lay_out();
    bool hand_out();
    void release_strays();
    bool wait_for_store();
    void serve();
    bool has_free_sender();
    void wait_for_work();

    NotifierParts parts_;
    NotifierOptions options_;
    Complaints complaints_;
    Lanes lanes_;
    Courier courier_;
    std::mutex mutex_;
    std::condition_variable wakes_dispatcher_;
    std::condition_variable wakes_senders_;
    std::condition_variable ends_;
    std::vector<Claim> handed_{};  // claims that no sender has taken yet
    std::int64_t busy_ = 0;        // senders at work
    bool has_strays_ = false;      // lanes may be claimed that no sender knows of
    metrics::Gauge& busy_gauge_ = metrics::gauge(metrics::busy_senders);
    bool signalled_ = false;
    bool stopping_ = false;
    std::vector<std::thread> threads_{};
};

}  // namespace outlay::workers::notifier
