// How long a failed consumer rests before it is made anew. One that failed by itself goes on after
// a second. Two processes with one instance id throw each other out again and again; that they do
// it ever more rarely leaves them time to work in between. Private to this folder. Confined to one
// thread.
#pragma once

#include <algorithm>
#include <chrono>

namespace outlay::kafka {

class ReopenPause {
public:
    static constexpr std::chrono::milliseconds shortest{1'000};
    static constexpr std::chrono::milliseconds longest{60'000};
    // Longer than two rivals leave each other, so that only peace ends the growth.
    static constexpr std::chrono::milliseconds calm{180'000};

    // After a failure; `held` is how long the consumer had been a member with partitions.
    std::chrono::milliseconds next(std::chrono::milliseconds held) {
        const auto pause = held >= calm ? shortest : next_;
        next_ = std::min(pause * 2, longest);
        return pause;
    }

private:
    std::chrono::milliseconds next_ = shortest;
};

}  // namespace outlay::kafka
