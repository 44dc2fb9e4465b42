// What the tests of submit share: a journal in memory with faults, a real store, a real projector
// that may be held back, and one thread that stands for an I/O thread.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "domain/expense/decide.hpp"
#include "domain/workspace/authorise.hpp"
#include "domain/workspace/decide.hpp"
#include "journal/genesis.hpp"
#include "journal/submit.hpp"
#include "platform/memory/journal.hpp"
#include "platform/zones/system_zones.hpp"
#include "tests/unit/loop_executor.hpp"
#include "tests/unit/projector_world.hpp"
#include "workers/projector.hpp"

namespace outlay::tests {

using std::chrono::milliseconds;

// The loop on a thread of its own, until it is destroyed.
class LoopThread final : public platform::Executor {
public:
    ~LoopThread() override {
        loop_.post([this] { is_ending_ = true; });
        thread_.join();
    }
    void post(platform::Work work) override { loop_.post(std::move(work)); }
    void post_after(milliseconds delay, platform::Work work) override {
        loop_.post_after(delay, std::move(work));
    }

private:
    void run() {
        while (!is_ending_) loop_.run_until([this] { return is_ending_; });
    }
    LoopExecutor loop_;
    bool is_ending_ = false;  // on the thread only
    std::thread thread_{[this] { run(); }};
};

// Real time, because waits are real; only the wall clock can be moved on, to pass settle deadlines.
class MovableClock final : public platform::Clock {
public:
    domain::Instant now() const override {
        return {platform::SystemClock{}.now().micros + shift_micros_.load()};
    }
    std::chrono::steady_clock::time_point monotonic() const override {
        return std::chrono::steady_clock::now();
    }
    void advance(milliseconds by) { shift_micros_ += std::chrono::microseconds(by).count(); }

private:
    std::atomic<std::int64_t> shift_micros_{0};
};

// The submitter's view of the store, which may be away while the projector's is not.
class LeavingStore final : public sql::Store {
public:
    explicit LeavingStore(sql::Store& store) : store_(store) {}
    void leave() { is_away_ = true; }
    void come_back() { is_away_ = false; }
    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override {
        if (is_away_) return domain::Fail{sql::Error{sql::ErrorKind::unavailable, "told to"}};
        return store_.transact(options, body);
    }
    sql::Status run_script(std::string_view script, std::int64_t generation) override {
        return store_.run_script(script, generation);
    }

private:
    sql::Store& store_;
    std::atomic<bool> is_away_{false};
};

class SubmitWorld {
public:
    explicit SubmitWorld(journal::SubmitOptions options = {})
        : identity_(journal::open_journal(log_, "0190f3a1-0000-7000-8000-000000000001").value()),
          shared_{log_,   identity_, submitters_store_, outcomes_, turns_, pool_, clock_,
                  zones_, options},
          submitter_(std::make_unique<journal::Submitter>(shared_, loop_)) {}
    ~SubmitWorld() {
        outcomes_.stop();
        pool_.stop();
        flush_loop();  // what the stopped parts posted last
        submitter_.reset();
    }
    SubmitWorld(const SubmitWorld&) = delete;
    SubmitWorld& operator=(const SubmitWorld&) = delete;

    memory::MemoryJournal& log() { return log_; }
    MovableClock& clock() { return clock_; }
    sql::Store& store() { return store_.store(); }
    LeavingStore& submitters_store() { return submitters_store_; }
    const std::string& identity() const { return identity_; }

    // Projects everything that the journal holds, in this thread.
    void project() {
        workers::Projector projector(
            {log_, log_, store_.store(), clock_, [this] { outcomes_.signal(); }},
            {{500, 1 << 20, milliseconds{0}}, {}, {}, {}, {}});
        while (projector.step()) {
        }
        projector.stop();
    }

    std::future<journal::Answer> submit(journal::Command command) {
        auto promise = std::make_shared<std::promise<journal::Answer>>();
        auto answer = promise->get_future();
        loop_.post([this, promise, command = std::move(command)]() mutable {
            platform::start(
                submitter_->submit(std::move(command)),
                [promise](journal::Answer done) { promise->set_value(std::move(done)); });
        });
        return answer;
    }
    std::future<journal::OperationState> operation(journal::OperationQuery query) {
        auto promise = std::make_shared<std::promise<journal::OperationState>>();
        auto state = promise->get_future();
        loop_.post([this, promise, query = std::move(query)]() mutable {
            platform::start(
                submitter_->operation(std::move(query)),
                [promise](journal::OperationState done) { promise->set_value(std::move(done)); });
        });
        return state;
    }
    std::int64_t end() { return log_.end(0).value(); }

    platform::Deadline in(milliseconds wait) { return clock_.monotonic() + wait; }

private:
    void flush_loop() {
        std::promise<void> done;
        loop_.post_after(milliseconds{1}, [&done] { done.set_value(); });
        done.get_future().wait();
    }

    MovableClock clock_;
    platform::SystemZones zones_;
    SqliteProjectorStore store_;
    LeavingStore submitters_store_{store_.store()};
    memory::MemoryJournal log_{1, clock_};
    journal::Outcomes outcomes_{store_.store(), clock_, {}};
    journal::Turns turns_;
    platform::Pool pool_{2, 100};
    std::string identity_;
    LoopThread loop_;
    journal::SubmitShared shared_;
    std::unique_ptr<journal::Submitter> submitter_;
};

}  // namespace outlay::tests
