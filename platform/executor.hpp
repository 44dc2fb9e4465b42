// Where work runs. An Executor is one logical thread: what is posted to it runs in order, one at a
// time. A WorkerPool runs blocking work elsewhere. The HTTP server, the all-in-one process and the
// simulator bring their own. Posting is allowed from any thread.
#pragma once

#include <chrono>
#include <functional>

namespace outlay::platform {

using Work = std::function<void()>;

class Executor {
public:
    virtual ~Executor() = default;
    virtual void post(Work work) = 0;
    virtual void post_after(std::chrono::milliseconds delay, Work work) = 0;
};

}  // namespace outlay::platform
