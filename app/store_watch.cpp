// One question, one pause.
#include "app/store_watch.hpp"

namespace outlay::app {

namespace {

constexpr std::chrono::seconds pause{1};
// A database that hangs does not even refuse; above this it counts as one that does.
constexpr std::chrono::seconds answer_wait{5};

sql::Status ask(sql::Store& store) {
    return store.transact({sql::Access::lookup, std::nullopt},
                          [](sql::Session& session) -> sql::Status {
                              const auto rows = session.query("SELECT 1");
                              if (!rows.ok()) return domain::Fail{rows.error()};
                              return domain::Done{};
                          });
}

}  // namespace

StoreWatch::StoreWatch(sql::Store& store)
    : store_(store), answered_(std::chrono::steady_clock::now()), thread_([this] { run(); }) {}

StoreWatch::~StoreWatch() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ends_.notify_all();
    thread_.join();
}

void StoreWatch::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        const bool answers = ask(store_).ok();
        refused_ = !answers;
        if (answers) answered_ = std::chrono::steady_clock::now();
        lock.lock();
        ends_.wait_for(lock, pause, [this] { return stopping_; });
    }
}

std::string StoreWatch::failure() const {
    const auto silent = std::chrono::steady_clock::now() - answered_.load();
    return refused_ || silent > answer_wait ? "does not answer" : "";
}

}  // namespace outlay::app
