// The pauses between the attempts to deliver one message. A value; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/values/ids.hpp"
#include "domain/values/result.hpp"
#include "workers/notifier/schedule.hpp"

namespace outlay::workers::notifier {

inline constexpr std::string_view retries_usual = "5s,5m,30m,2h,5h,10h,14h,20h,24h";

class RetrySchedule {
public:
    RetrySchedule();  // the usual one

    // Pauses by comma, each a whole number of seconds, minutes or hours: "5s,5m,2h". From 1 to 30
    // of them, each from 1s to 168h, all together at most 30 days, as long as messages are kept.
    // The error goes on from the name of what was parsed: "is ...".
    static domain::Result<RetrySchedule, std::string> parse(std::string_view text);

    // The pause after the attempt with this number (from 1), with a jitter that derives from
    // delivery and number. Empty: there is no further attempt, the delivery is dead. An endpoint
    // that asks for a longer pause gets it, up to a day; `least`: what its kind needs.
    std::optional<Pause> pause_after(std::int64_t number, const domain::DeliveryId& delivery,
                                     std::optional<std::chrono::seconds> retry_after,
                                     Pause least = {}) const;

    const std::vector<std::chrono::seconds>& pauses() const { return pauses_; }

private:
    explicit RetrySchedule(std::vector<std::chrono::seconds> pauses) : pauses_(std::move(pauses)) {}

    std::vector<std::chrono::seconds> pauses_;
};

}  // namespace outlay::workers::notifier
