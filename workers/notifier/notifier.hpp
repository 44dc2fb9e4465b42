// The notifier: lays messages out and sends them, by threads of its own. Any number of processes
// may run one over the same store. start and stop from the owner thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "platform/mailer.hpp"
#include "platform/seal.hpp"
#include "workers/notifier/lanes.hpp"
#include "workers/notifier/notice.hpp"

namespace outlay::workers::notifier {

// What sends: the way out for requests and for mail, and what opens addresses.
struct Means {
    const platform::HttpClient& client;
    const platform::Mailer* mailer = nullptr;  // none: the installation sends no mail
    platform::SealKeys keys;
    std::string public_url{};  // of the API, for links in mails; "" : there are none
};

// Sends what a claim holds, one by one, and gives the lane back. Any thread.
class Courier {
public:
    Courier(Lanes& lanes, const platform::Clock& clock, Means means)
        : lanes_(lanes), clock_(clock), means_(std::move(means)) {}

    // Those that go together: about one budget, where the kind of channel gathers; about several
    // where a rate limit is used up.
    using Parcel = std::vector<Delivery>;

    void deliver(const Claim& claim);

private:
    std::vector<Parcel> parcels_of(const Claim& claim) const;
    Attempt send(const Claim& claim, const Parcel& parcel) const;
    Attempt send_opened(const Claim& claim, const Parcel& parcel, const std::string& target,
                        std::span<const std::string> secrets) const;
    Attempt send_mail(const Claim& claim, const Parcel& parcel, const Notice& notice,
                      const std::string& to) const;

    Lanes& lanes_;
    const platform::Clock& clock_;
    Means means_;
};

struct NotifierParts {
    sql::Store& store;
    const platform::Clock& clock;
    const platform::Zones& zones;
    Means means;
    std::string holder;  // unique among the processes of the installation
};
struct NotifierOptions {
    std::size_t senders = 16;  // endpoints that may be slow at the same time
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
    bool lay_out();
    bool hand_out();
    void serve();
    bool has_free_sender();
    void wait_for_work();

    NotifierParts parts_;
    NotifierOptions options_;
    Lanes lanes_;
    Courier courier_;
    std::mutex mutex_;
    std::condition_variable wakes_dispatcher_;
    std::condition_variable wakes_senders_;
    std::vector<Claim> handed_{};  // claims that no sender has taken yet
    std::size_t busy_ = 0;         // senders at work
    bool signalled_ = false;
    bool stopping_ = false;
    std::vector<std::thread> threads_{};
};

}  // namespace outlay::workers::notifier
