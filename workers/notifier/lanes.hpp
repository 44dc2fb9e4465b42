// Lanes: what waits for each endpoint, claimed as a whole, so that endpoints do not wait for one
// another and none has two senders. A claim is a lease; whoever lost it writes nothing. Blocks; any
// thread, any number of processes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "domain/channel/events.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"
#include "workers/notifier/message.hpp"
#include "workers/notifier/retry_schedule.hpp"
#include "workers/notifier/timing.hpp"

namespace outlay::workers::notifier {

struct Delivery {
    domain::DeliveryId id;
    std::int64_t attempts = 0;       // that were made
    std::int64_t schedule_from = 0;  // those that were made before somebody asked once more
    domain::Instant updated_at;      // when anything about it changed last
    Message message;
};

struct Claim {
    domain::ChannelId channel;
    domain::WorkspaceId workspace;
    std::int64_t number = 0;
    Health health{};
    domain::channel::Kind kind = domain::channel::Kind::webhook;
    std::optional<domain::channel::Format> format{};
    bool is_unconfirmed = false;  // its deliveries are test messages only
    domain::channel::Signature signature = domain::channel::Signature::v1;
    std::optional<Allowance> allowance{};  // none: there is no limit
    // Until then nothing is sent, or nothing but what somebody asked for.
    std::optional<domain::Instant> held_until{};
    bool takes_tests = true;
    domain::Uuid target{};     // the id of its address
    std::int64_t version = 0;  // of the channel
    std::string sealed_target{};
    std::vector<std::string> sealed_secrets{};  // the newest first; of other kinds: the code
    std::vector<Delivery> deliveries{};  // those that are due, in the order of what they tell
};

inline constexpr std::int64_t senders_usual = 16;

// How a process sends.
struct Sending {
    std::int64_t senders = senders_usual;  // that deliver at the same time
    RetrySchedule retries{};
};

class Lanes {
public:
    // `holder` names this process among all that send; one that starts under the name of another
    // one that ended takes over what that one held.
    Lanes(sql::Store& store, const platform::Clock& clock, const platform::Zones& zones,
          std::string holder, Sending sending = {})
        : store_(store),
          clock_(clock),
          zones_(zones),
          holder_(std::move(holder)),
          sending_(std::move(sending)) {}

    // Everything that this name holds.
    sql::Status release_all();
    // Whether there is something to lay out or to send; only reads.
    sql::Result<bool> has_work();
    // The lane that waits longest, if one is due. Its deliveries may be none.
    sql::Result<std::optional<Claim>> claim();
    // Keeps what an attempt to send these came to; answers the lane's health from now on, or
    // nothing if the claim was lost.
    sql::Result<std::optional<Health>> record(const Claim& claim, std::span<const Delivery> sent,
                                              const Health& before, const Attempt& attempt);
    // Whether the channel is what it was when its lane was claimed: neither removed nor paused, by
    // its owner or by an operator, nor moved to another address.
    sql::Result<bool> is_unchanged(const Claim& claim);
    sql::Status release(const Claim& claim);
    // The traceparent of the command that a message comes from; "" if it comes from none, or if
    // that cannot be told now.
    std::string trace_of(const Message& message);

private:
    sql::Store& store_;
    const platform::Clock& clock_;
    const platform::Zones& zones_;
    std::string holder_;
    Sending sending_;
};

}  // namespace outlay::workers::notifier
