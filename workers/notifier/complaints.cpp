// One time per sentence.
#include "workers/notifier/complaints.hpp"

#include "platform/log.hpp"

namespace outlay::workers::notifier {

void Complaints::about(std::string_view what, const sql::Error& error) {
    constexpr std::chrono::seconds pause{10};
    const auto now = clock_.monotonic();
    {
        const std::lock_guard lock(mutex_);
        const auto [known, is_new] = silent_until_.try_emplace(what, now);
        if (!is_new && now < known->second) return;
        known->second = now + pause;
    }
    platform::log(platform::LogLevel::warning, what, {{"error", error.detail}});
}

}  // namespace outlay::workers::notifier
