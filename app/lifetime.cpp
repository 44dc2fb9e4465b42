// One thread waits for signals during the whole life of the process; the main thread waits for it.
#include "app/lifetime.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "app/log_settings.hpp"
#include "app/supervisor.hpp"
#include "platform/log.hpp"

namespace outlay::app {

namespace {

using std::chrono::steady_clock;

// After connections have drained: what was appended is flushed, the consumer group is left,
// attempts to deliver end.
constexpr std::chrono::seconds end_grace{25};
constexpr std::chrono::seconds look_pause{5};
constexpr int gave_up = 1;
constexpr int interrupted = 130;

sigset_t role_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int one : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, one);
    return set;
}

// The next signal; none if it does not come before `until`.
std::optional<int> next_signal(std::optional<steady_clock::time_point> until) {
    const auto set = role_signals();
    for (;;) {
        int found = 0;
        if (until) {
            const auto left =
                std::max(steady_clock::duration::zero(), *until - steady_clock::now());
            const auto whole = std::chrono::floor<std::chrono::seconds>(left);
            const timespec limit{whole.count(), std::chrono::nanoseconds(left - whole).count()};
            found = sigtimedwait(&set, nullptr, &limit);
        } else if (sigwait(&set, &found) != 0) {
            continue;
        }
        if (found > 0) return found;
        if (until && steady_clock::now() >= *until) return std::nullopt;
    }
}

// Of the terminal that the process was started on, if it was: gone after a hangup.
bool has_terminal() {
    const int terminal = ::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0) return false;
    ::close(terminal);
    return true;
}

[[noreturn]] void end_now(int status) {
    platform::flush_log();
    ::_exit(status);
}

}  // namespace

struct Lifetime::State {
    enum class Phase { starting, running, ending };

    std::chrono::seconds end_max;
    bool had_terminal = false;
    std::atomic<bool> is_ending{false};  // what readiness asks, without the lock

    std::mutex mutex;  // guards what follows
    std::condition_variable changed;
    Phase phase = Phase::starting;
    bool wants_reload = false;

    void watch();
    void begin_end();
    void ask_for_reload();
};

void Lifetime::State::watch() {
    std::optional<steady_clock::time_point> until;
    for (;;) {
        const auto signal = next_signal(until);
        if (!signal) {
            platform::log(platform::LogLevel::error, "the end took too long and is given up");
            end_now(gave_up);
        }
        const bool has_lost_terminal = had_terminal && !has_terminal();
        if (*signal == SIGHUP && (until || !has_lost_terminal)) {
            ask_for_reload();
            continue;
        }
        if (until) end_now(interrupted);
        until = steady_clock::now() + end_max;
        begin_end();
    }
}

void Lifetime::State::begin_end() {
    is_ending = true;
    const std::lock_guard lock(mutex);
    if (phase == Phase::starting) end_now(0);
    platform::log(platform::LogLevel::info, "ending");
    phase = Phase::ending;
    changed.notify_all();
}

void Lifetime::State::ask_for_reload() {
    const std::lock_guard lock(mutex);
    wants_reload = true;
    changed.notify_all();
}

Lifetime::Lifetime(const Settings& settings, ReadAgain read_again)
    : read_again_(std::move(read_again)), state_(std::make_shared<State>()) {
    state_->end_max =
        std::chrono::seconds{settings.drain_delay_s + settings.drain_deadline_s} + end_grace;
    state_->had_terminal = has_terminal();
    const auto set = role_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    // It watches over the end of everything else, so nobody waits for it.
    std::thread([state = state_] { state->watch(); }).detach();
}

Check Lifetime::check() const {
    return {"lifetime", [state = state_] {
                return state->is_ending ? std::string("the process ends") : std::string();
            }};
}

void Lifetime::run(const Duties& duties) {
    using Phase = State::Phase;
    const auto interval = watchdog_interval();
    // Half of it, so that one that is late is not taken for one that is missing.
    const auto pause = interval ? std::min<std::chrono::microseconds>(look_pause, *interval / 2)
                                : std::chrono::microseconds(look_pause);
    tell_supervisor("READY=1");
    std::unique_lock lock(state_->mutex);
    state_->phase = Phase::running;
    while (state_->phase == Phase::running) {
        state_->changed.wait_for(
            lock, pause, [this] { return state_->phase == Phase::ending || state_->wants_reload; });
        if (state_->phase == Phase::ending) break;
        const bool reloads = std::exchange(state_->wants_reload, false);
        lock.unlock();
        if (reloads) reload(duties);
        if (duties.works()) tell_supervisor("WATCHDOG=1");
        lock.lock();
    }
    tell_supervisor("STOPPING=1");
}

void Lifetime::reload(const Duties& duties) const {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        steady_clock::now().time_since_epoch());
    tell_supervisor("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
    const auto settings = read_again_();
    if (settings.ok()) {
        configure_log(*settings);
    } else {
        platform::log(platform::LogLevel::error, "the new settings are refused; the old ones stay",
                      {{"error", settings.error()}});
    }
    duties.reload();
    platform::log(platform::LogLevel::info, "reloaded");
    tell_supervisor("READY=1");
}

}  // namespace outlay::app
