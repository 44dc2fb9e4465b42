// Progress of long work for whoever watches: how much is done, how fast, and how long the rest will
// take. Lines on standard error, at most one a second. Confined to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace outlay::app {

class Progress {
public:
    // `what` as in "replayed 1200 of 5000 records"; `total` may be an estimate.
    Progress(std::string verb, std::string unit, std::int64_t total);
    void add(std::int64_t count);
    // The last line, with the overall rate.
    void end();

private:
    void print() const;
    using TimePoint = std::chrono::steady_clock::time_point;
    std::string verb_;
    std::string unit_;
    std::int64_t total_;
    std::int64_t done_ = 0;
    TimePoint began_;
    TimePoint printed_;
};

}  // namespace outlay::app
