// Pace: slows work down to a wished rate, and leaves a server of the same files as much time as it
// took. Confined to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace outlay::app {

class Pace {
public:
    // 0 records a second: as fast as it goes. `served_folder` holds SQLite files that a server may
    // share; "" for none.
    Pace(std::int64_t records_per_s, std::string served_folder)
        : records_per_s_(records_per_s), folder_(std::move(served_folder)) {}

    // Waits as long as those records ask for; true if the process is to end.
    bool hold(std::int64_t records);

private:
    std::int64_t records_per_s_;
    std::string folder_;
    bool is_ended_ = false;
    std::chrono::steady_clock::time_point resumed_ = std::chrono::steady_clock::now();
};

}  // namespace outlay::app
