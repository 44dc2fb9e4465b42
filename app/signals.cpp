// POSIX signals by sigwait, so that no code runs in a signal handler.
#include "app/signals.hpp"

#include <pthread.h>
#include <unistd.h>
#include <csignal>
#include <thread>

namespace outlay::app {

namespace {

sigset_t end_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

void exit_at_second_signal() {
    constexpr int interrupted = 130;
    std::thread([] {
        const auto set = end_signals();
        int signal = 0;
        sigwait(&set, &signal);
        _exit(interrupted);
    }).detach();
}

}  // namespace

void block_signals() {
    const auto set = end_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

bool wait_for_end(std::chrono::milliseconds patience) {
    const auto set = end_signals();
    const auto whole = std::chrono::floor<std::chrono::seconds>(patience);
    const timespec limit{whole.count(), std::chrono::nanoseconds(patience - whole).count()};
    if (sigtimedwait(&set, nullptr, &limit) < 0) return false;
    exit_at_second_signal();
    return true;
}

}  // namespace outlay::app
