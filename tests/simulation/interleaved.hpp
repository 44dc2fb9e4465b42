// A blocking piece of work, run in a thread of its own, but only while its owner waits: it goes on
// from one pause to the next when it is told to. So everything happens in one order, which the
// owner decides. Used by the owner's thread, except for pause.
#pragma once

#include <functional>
#include <semaphore>
#include <thread>

namespace outlay::simulation {

class Interleaved {
public:
    explicit Interleaved(std::function<void()> work);
    // The work has come to its end.
    ~Interleaved();
    Interleaved(const Interleaved&) = delete;
    Interleaved& operator=(const Interleaved&) = delete;

    // Up to the next pause, or to the end.
    void go_on();
    bool is_over() const { return is_over_; }
    // Called by the work.
    void pause();

private:
    std::binary_semaphore turn_{0};  // of the work
    std::binary_semaphore back_{0};  // of the owner
    bool is_over_ = false;
    std::thread thread_;
};

}  // namespace outlay::simulation
