// Courier: sends what a claim holds, one by one, and gives the lane back. Blocks; any thread.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "platform/mailer.hpp"
#include "platform/seal.hpp"
#include "workers/notifier/complaints.hpp"
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

class Courier {
public:
    // `waits` lets a moment pass while the store is away; false: there is no time for it.
    Courier(Lanes& lanes, const platform::Clock& clock, Complaints& complaints, Means means,
            std::function<bool()> waits)
        : lanes_(lanes),
          clock_(clock),
          complaints_(complaints),
          means_(std::move(means)),
          waits_(std::move(waits)) {}

    // Those that go together: about one budget, where the kind of channel gathers; about several
    // where a rate limit is used up.
    using Parcel = std::vector<Delivery>;

    void deliver(const Claim& claim);
    // The attempt under way is the last one; what is left of a claim is given back, so that another
    // process goes on at once.
    void stop() { is_stopping_ = true; }

private:
    std::vector<Parcel> parcels_of(const Claim& claim) const;
    Attempt send(const Claim& claim, const Parcel& parcel) const;
    Attempt send_opened(const Claim& claim, const Parcel& parcel, const std::string& target,
                        std::span<const std::string> secrets) const;
    Attempt send_mail(const Claim& claim, const Delivery& last, const Notice& notice,
                      const std::string& to) const;

    // Asks the store until it answers, as long as nobody else may have the lane.
    template <typename Ask>
    auto persist(std::string_view complaint, Ask ask) const;

    Lanes& lanes_;
    const platform::Clock& clock_;
    Complaints& complaints_;
    Means means_;
    std::function<bool()> waits_;
    std::atomic<bool> is_stopping_{false};
};

}  // namespace outlay::workers::notifier
