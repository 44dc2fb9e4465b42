// Complaints: troubles with the store, each logged at once and, while it goes on, no more than
// every ten seconds. Any thread.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string_view>

#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

class Complaints {
public:
    explicit Complaints(const platform::Clock& clock) : clock_(clock) {}
    // `what` is a sentence in static storage.
    void about(std::string_view what, const sql::Error& error);

private:
    const platform::Clock& clock_;
    std::mutex mutex_;
    std::map<std::string_view, std::chrono::steady_clock::time_point> silent_until_;
};

}  // namespace outlay::workers::notifier
