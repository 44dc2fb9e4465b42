// Handover: one pool thread makes pieces, one coroutine takes them, with room for one piece in
// between: whoever is faster waits. The maker blocks; the taker suspends and resumes on its
// executor.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "platform/task.hpp"

namespace outlay::api {

class Handover {
public:
    // Blocks until the piece before was taken; false: the taker is gone, stop. From the maker's
    // thread.
    bool put(std::string piece) {
        Taker taker;
        {
            std::unique_lock lock(mutex_);
            freed_.wait(lock, [this] { return is_abandoned_ || !piece_; });
            if (is_abandoned_) return false;
            taker = std::exchange(taker_, nullptr);
            if (!taker) {
                piece_ = std::move(piece);
                return true;
            }
        }
        taker(std::move(piece));
        return true;
    }
    // No more pieces. Any thread, more than once.
    void end() {
        Taker taker;
        {
            const std::lock_guard lock(mutex_);
            is_ended_ = true;
            taker = std::exchange(taker_, nullptr);
        }
        if (taker) taker(std::nullopt);
    }
    // The next piece; empty at the end.
    platform::Completion<std::optional<std::string>> take(platform::Executor& executor) {
        return {executor, [this](auto resolve) {
                    std::optional<std::string> piece;
                    {
                        const std::lock_guard lock(mutex_);
                        if (!piece_ && !is_ended_) {
                            taker_ = std::move(resolve);
                            return;
                        }
                        piece = std::exchange(piece_, std::nullopt);
                    }
                    freed_.notify_one();
                    resolve(std::move(piece));
                }};
    }
    // The taker will not come again.
    void abandon() {
        {
            const std::lock_guard lock(mutex_);
            is_abandoned_ = true;
        }
        freed_.notify_one();
    }

private:
    using Taker = std::function<void(std::optional<std::string>)>;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::optional<std::string> piece_;
    Taker taker_;
    bool is_ended_ = false;
    bool is_abandoned_ = false;
};

}  // namespace outlay::api
