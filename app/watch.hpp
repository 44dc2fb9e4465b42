// Watch: asks a question again and again on a thread of its own, so that readiness knows the answer
// without waiting for it, also when nobody else asks. Made by the owner thread, which outlives it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "journal/pauses.hpp"
#include "platform/sql.hpp"
#include "workers/budget_days.hpp"

namespace outlay::app {

class Watch {
public:
    // "" when all is well, else what is wrong. May block; runs on the watch's thread.
    using Question = std::function<std::string()>;

    // A question that hangs does not even fail: without an answer for `silence_max` beyond the
    // pause it counts as one that did. The first answer is taken to be a good one until it is
    // there.
    Watch(Question question, std::chrono::seconds pause, std::chrono::seconds silence_max);
    ~Watch();  // waits for the question under way
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // The last answer. Any thread; does not block.
    std::string failure() const;

private:
    using TimePoint = std::chrono::steady_clock::time_point;
    void run();

    const Question question_;
    const std::chrono::seconds pause_;
    const std::chrono::seconds silence_max_;
    mutable std::mutex mutex_;  // guards what follows
    std::string failure_;
    TimePoint answered_;
    std::condition_variable ends_;
    bool stopping_ = false;
    std::thread thread_;  // last
};

// Moves the days of forecasts on. What goes wrong is logged and tried again; a role is ready
// without it.
Watch::Question budget_days_question(workers::BudgetDays& days);
inline constexpr std::chrono::seconds budget_days_pause{10};
inline constexpr std::chrono::seconds budget_days_silence_max{300};

// Keeps what is known of pauses no older than a second, while the store answers.
Watch::Question pause_question(sql::Store& store, journal::PauseBoard& board);
// For the readiness of what can be paused. The board outlives it.
std::function<std::string()> pause_remark(const journal::PauseBoard& board, journal::Pausable what);
inline constexpr std::chrono::seconds pause_look{1};
inline constexpr std::chrono::seconds pause_silence_max{5};

// Whether the database answers, once a second.
Watch::Question store_question(sql::Store& store);
inline constexpr std::chrono::seconds store_pause{1};
inline constexpr std::chrono::seconds store_silence_max{5};

}  // namespace outlay::app
