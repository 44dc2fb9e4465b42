// One thread looks for work and claims it; the others send. A lane goes out only when a sender is
// free, so that no lease runs while its lane waits here.
#include "workers/notifier/notifier.hpp"

#include <array>
#include <functional>

#include "workers/notifier/closing.hpp"
#include "workers/notifier/delivery_meter.hpp"
#include "workers/notifier/digest.hpp"
#include "workers/notifier/fan_out.hpp"

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;

constexpr auto forget_pause = 1h;
constexpr std::chrono::seconds digest_pause{20};
constexpr auto closing_pause = 10min;
constexpr auto store_pause = 100ms;

// Work of its own that comes round; true: there is more of it at once.
struct Round {
    std::chrono::seconds pause;
    std::function<bool()> work;
    std::chrono::steady_clock::time_point at{};
};

}  // namespace

Notifier::Notifier(NotifierParts parts, NotifierOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      complaints_(parts_.clock),
      lanes_(parts_.store, parts_.clock, parts_.zones, parts_.holder, options_.sending),
      courier_(lanes_, parts_.clock, complaints_, parts_.means,
               [this] { return wait_for_store(); }) {}

Notifier::~Notifier() {
    stop();
}

void Notifier::start() {
    expose_deliveries();
    const auto senders = options_.sending.senders;
    metrics::gauge(metrics::senders).set(static_cast<double>(senders));
    for (std::int64_t i = 0; i < senders; ++i) threads_.emplace_back([this] { serve(); });
    threads_.emplace_back([this] { dispatch(); });
}

void Notifier::signal() {
    {
        const std::lock_guard lock(mutex_);
        signalled_ = true;
    }
    wakes_dispatcher_.notify_one();
}

void Notifier::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    courier_.stop();
    wakes_dispatcher_.notify_all();
    wakes_senders_.notify_all();
    ends_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

void Notifier::dispatch() {
    if (const auto released = lanes_.release_all(); !released.ok())
        complaints_.about("old claims could not be given back", released.error());
    RetentionRound retention;
    std::array rounds{Round{forget_pause, [&] { return forget(retention); }},
                      Round{digest_pause, [this] { return compose(); }},
                      Round{closing_pause, [this] { return close(); }}};
    for (;;) {
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
        }
        for (auto& round : rounds) {
            if (parts_.clock.monotonic() < round.at) continue;
            const bool has_more = round.work();
            round.at = parts_.clock.monotonic() + (has_more ? 0s : round.pause);
        }
        release_strays();
        const auto work = lanes_.has_work();
        if (!work.ok()) complaints_.about("the outbox cannot be read", work.error());
        const bool did_something = work.ok() && *work && (lay_out() | hand_out());
        if (!did_something) wait_for_work();
    }
}

bool Notifier::forget(RetentionRound& round) {
    const auto more = forget_some(parts_.store, parts_.clock, round);
    if (!more.ok()) complaints_.about("old messages could not be forgotten", more.error());
    return more.ok() && *more;
}

bool Notifier::compose() {
    const auto composed = compose_digests(parts_.store, parts_.clock, parts_.zones);
    if (!composed.ok()) complaints_.about("digests cannot be looked for", composed.error());
    return composed.ok() && composed->has_more;
}

bool Notifier::close() {
    const auto closed = close_incidents(parts_.store, parts_.clock, parts_.zones);
    if (!closed.ok()) complaints_.about("incidents could not be closed", closed.error());
    return false;
}

bool Notifier::lay_out() {
    const auto count = fan_out(parts_.store, parts_.clock);
    if (!count.ok()) complaints_.about("messages could not be laid out", count.error());
    return count.ok() && *count > 0;
}

bool Notifier::hand_out() {
    bool any = false;
    while (has_free_sender()) {
        auto claim = lanes_.claim();
        if (!claim.ok()) complaints_.about("no lane could be claimed", claim.error());
        has_strays_ = has_strays_ || !claim.ok();
        if (!claim.ok() || !*claim) break;
        any = true;
        {
            const std::lock_guard lock(mutex_);
            handed_.push_back(std::move(**claim));
        }
        wakes_senders_.notify_one();
    }
    return any;
}

// A claim whose commit nobody confirmed would rest until its lease runs out.
void Notifier::release_strays() {
    if (!has_strays_) return;
    {
        const std::lock_guard lock(mutex_);
        if (busy_ > 0 || !handed_.empty()) return;
    }
    has_strays_ = !lanes_.release_all().ok();
}

// False: there is no time to wait.
bool Notifier::wait_for_store() {
    std::unique_lock lock(mutex_);
    return !ends_.wait_for(lock, store_pause, [this] { return stopping_; });
}

bool Notifier::has_free_sender() {
    const std::lock_guard lock(mutex_);
    return !stopping_ && busy_ + std::ssize(handed_) < options_.sending.senders;
}

void Notifier::wait_for_work() {
    std::unique_lock lock(mutex_);
    wakes_dispatcher_.wait_for(lock, options_.look, [this] { return signalled_ || stopping_; });
    signalled_ = false;
}

void Notifier::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wakes_senders_.wait(lock, [this] { return stopping_ || !handed_.empty(); });
        if (handed_.empty()) return;
        const auto claim = std::move(handed_.back());
        handed_.pop_back();
        busy_gauge_.set(static_cast<double>(++busy_));
        lock.unlock();
        courier_.deliver(claim);
        lock.lock();
        busy_gauge_.set(static_cast<double>(--busy_));
        signalled_ = true;
        wakes_dispatcher_.notify_one();
    }
}

}  // namespace outlay::workers::notifier
