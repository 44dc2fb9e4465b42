// One look, one rest.
#include "app/reconciler.hpp"

#include <algorithm>
#include <ctime>

#include "app/scratch.hpp"
#include "platform/log.hpp"

namespace outlay::app {

namespace {

using platform::LogLevel;

// Of the calling thread.
std::chrono::nanoseconds processor_time() {
    timespec spent{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return std::chrono::seconds{spent.tv_sec} + std::chrono::nanoseconds{spent.tv_nsec};
}

void tell(const workers::Mismatch& mismatch) {
    platform::log(LogLevel::error, "rows differ from their events",
                  {{"workspace", mismatch.workspace.text()},
                   {"position", mismatch.position.text()},
                   {"rows", mismatch.differing},
                   {"table", mismatch.first.table},
                   {"remedy", "outlay repair --workspace " + mismatch.workspace.text()}});
}

}  // namespace

Reconciler::Reconciler(sql::Store& store, const platform::Clock& clock,
                       std::int32_t partition_count, const Settings& settings)
    : clock_(clock),
      pause_(std::chrono::seconds{settings.reconcile_s}),
      scratch_dir_(settings.scratch_dir),
      partition_count_(partition_count),
      work_(store, clock, partition_count,
            settings.instance.empty() ? "embedded" : settings.instance,
            [this](std::int64_t) { return !rest(std::chrono::milliseconds{0}); }) {
    if (settings.reconcile_s > 0) thread_ = std::thread([this] { run(); });
}

Reconciler::~Reconciler() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ends_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool Reconciler::rest(std::chrono::milliseconds at_least) {
    constexpr int whole = 100;
    const auto worked = processor_time() - resumed_;
    const auto wanted = std::max<std::chrono::nanoseconds>(
        at_least, worked * (whole - share_percent) / share_percent);
    std::unique_lock lock(mutex_);
    const bool ends = ends_.wait_for(lock, wanted, [this] { return stopping_; });
    resumed_ = processor_time();
    return ends;
}

void Reconciler::run() {
    while (!rest(pause_)) look();
}

// Partitions without a workspace are passed by.
void Reconciler::look() {
    for (std::int32_t tries = 0; tries <= partition_count_; ++tries) {
        const auto target = work_.next();
        if (!target.ok()) {
            platform::log(LogLevel::warning, "no workspace could be chosen to be looked at",
                          {{"detail", target.error()}});
            return;
        }
        if (*target) return look_at(**target);
    }
}

void Reconciler::look_at(const workers::Reconciliation::Target& target) {
    std::string problem;
    if (target.is_too_large) {
        problem = "it is too large: `outlay verify --workspace` looks at it";
    } else {
        const auto scratch = Scratch::make(scratch_dir_, clock_);
        if (!scratch.ok()) {
            problem = scratch.error();
        } else {
            const auto found = work_.look(target, scratch->store());
            if (!found.ok()) problem = found.error();
            if (found.ok() && found->mismatch) tell(*found->mismatch);
        }
    }
    if (problem.empty()) return;
    platform::log(LogLevel::warning, "a workspace was not compared with its events",
                  {{"workspace", target.workspace.text()}, {"detail", problem}});
    const auto passed = work_.pass_over(target);
    if (!passed.ok())
        platform::log(LogLevel::warning, "a claim was not given back",
                      {{"detail", passed.error()}});
}

}  // namespace outlay::app
