// One question, one pause.
#include "app/watch.hpp"

#include "platform/log.hpp"

namespace outlay::app {

Watch::Watch(Question question, std::chrono::seconds pause, std::chrono::seconds silence_max)
    : question_(std::move(question)),
      pause_(pause),
      silence_max_(silence_max),
      answered_(std::chrono::steady_clock::now()),
      thread_([this] { run(); }) {}

Watch::~Watch() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ends_.notify_all();
    thread_.join();
}

void Watch::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        auto failure = question_();
        lock.lock();
        failure_ = std::move(failure);
        answered_ = std::chrono::steady_clock::now();
        ends_.wait_for(lock, pause_, [this] { return stopping_; });
    }
}

std::string Watch::failure() const {
    const std::lock_guard lock(mutex_);
    if (std::chrono::steady_clock::now() - answered_ > pause_ + silence_max_)
        return "does not answer";
    return failure_;
}

Watch::Question budget_days_question(workers::BudgetDays& days) {
    return [&days]() -> std::string {
        const auto ran = days.run();
        if (ran.ok()) return "";
        platform::log(platform::LogLevel::warning, "the days of budgets do not move on",
                      {{"error", ran.error().detail}});
        return ran.error().detail;
    };
}

Watch::Question pause_question(sql::Store& store, journal::PauseBoard& board) {
    return [&store, &board]() -> std::string {
        return board.refresh(store).ok() ? "" : "does not answer";
    };
}

std::function<std::string()> pause_remark(const journal::PauseBoard& board,
                                          journal::Pausable what) {
    return [&board, what] { return board.remark(what); };
}

Watch::Question store_question(sql::Store& store) {
    return [&store]() -> std::string {
        const auto answered = store.transact({sql::Access::lookup, std::nullopt},
                                             [](sql::Session& session) -> sql::Status {
                                                 const auto rows = session.query("SELECT 1");
                                                 if (!rows.ok()) return domain::Fail{rows.error()};
                                                 return domain::Done{};
                                             });
        return answered.ok() ? "" : "does not answer";
    };
}

}  // namespace outlay::app
