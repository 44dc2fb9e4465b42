// Pauses between batches.
#include "app/pace.hpp"

#include <algorithm>

#include "app/signals.hpp"
#include "platform/sqlite/directory_lock.hpp"

namespace outlay::app {

using std::chrono::milliseconds;

bool Pace::hold(std::int64_t records) {
    constexpr std::int64_t milli = 1'000;
    const auto now = std::chrono::steady_clock::now();
    const auto spent = std::chrono::duration_cast<milliseconds>(now - resumed_);
    const bool is_served = !folder_.empty() && sqlite::DirectoryLock::is_held(folder_);
    auto pause = is_served ? spent : milliseconds{0};
    if (records_per_s_ > 0) {
        const milliseconds wished{records * milli / records_per_s_};
        pause = std::max(pause, wished - spent);
    }
    is_ended_ = is_ended_ || wait_for_end(std::max(pause, milliseconds{0}));
    resumed_ = std::chrono::steady_clock::now();
    return is_ended_;
}

}  // namespace outlay::app
