// Promise: what is there of several partitions at once is projected in one transaction; when that
// one fails, for whatever reason in whichever partition, the others lose nothing by it. When there
// is much to do, two transactions run at a time.
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "platform/memory/journal.hpp"
#include "tests/unit/projector_author.hpp"
#include "tests/unit/projector_doubles.hpp"
#include "workers/projector.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using workers::Projector;

constexpr std::int32_t partitions = 4;

class ProjectedTogether : public testing::Test {
protected:
    ProjectedTogether() { author_.write_genesis(); }
    void SetUp() override {
        for (std::int32_t p = 0; p < partitions; ++p) homes_.push_back(home_in(p));
        drain();
        transactions_ = 0;
    }
    domain::WorkspaceId home_in(std::int32_t partition) {
        for (;;) {
            const auto home = author_.create_workspace();
            if (author_.partition_of(home) == partition) return home;
        }
    }
    void drain() {
        while (projector_.step()) {
        }
    }
    void record_everywhere() {
        for (const auto& home : homes_) author_.record(home, 100, "2026-11-20");
    }
    std::string one(const std::string& statement) { return rows_of(files_.store(), statement)[0]; }
    std::string expenses() { return one("SELECT count(*) FROM read.expenses"); }
    Lines halts() {
        return rows_of(files_.store(),
                       "SELECT log_partition, halt_cause FROM read.checkpoints"
                       " WHERE halt_cause IS NOT NULL");
    }

    ManualClock clock_;
    memory::MemoryJournal log_{partitions, clock_};
    Author author_{log_, clock_};
    SqliteProjectorStore files_;
    std::vector<domain::WorkspaceId> homes_;
    int transactions_ = 0;
    StoreFault fault_ = StoreFault::none;
    FaultyStore counted_{files_.store(), [this] {
                             ++transactions_;
                             return std::exchange(fault_, StoreFault::none);
                         }};
    EveryPartition everybody_{log_};
    Projector projector_{{log_, everybody_, counted_, clock_, {}},
                         {.limits = {.records_max = 500, .wait = 0ms}}};
};

TEST_F(ProjectedTogether, in_one_transaction) {
    record_everywhere();
    drain();
    EXPECT_EQ(transactions_, 1);
    EXPECT_EQ(expenses(), "4");
}

TEST_F(ProjectedTogether, up_to_the_size_of_one_batch) {
    Projector small({log_, everybody_, counted_, clock_, {}},
                    {.limits = {.records_max = 2, .wait = 0ms}});
    while (small.step()) {
    }
    transactions_ = 0;
    record_everywhere();
    while (small.step()) {
    }
    EXPECT_EQ(transactions_, 2);
    EXPECT_EQ(expenses(), "4");
}

TEST_F(ProjectedTogether, a_record_that_halts_stops_its_partition_alone) {
    author_.append(
        1, "{\"v\":2,\"journal\":\"" + std::string(Author::identity) + "\",\"kind\":\"commit\"}");
    record_everywhere();
    drain();
    EXPECT_EQ(halts(), Lines{"1|version"});
    EXPECT_EQ(expenses(), "3");
    record_everywhere();
    drain();
    EXPECT_EQ(expenses(), "6");
}

TEST_F(ProjectedTogether, a_partition_that_somebody_else_moved_is_read_again_and_no_other) {
    record_everywhere();
    Projector other({log_, everybody_, files_.store(), clock_, {}},
                    {.limits = {.records_max = 1, .wait = 0ms}});
    while (one("SELECT sum(next_offset) FROM read.checkpoints") ==
           std::to_string(log_.end(0).value() + log_.end(1).value() + log_.end(2).value() +
                          log_.end(3).value() - partitions)) {
        other.step();
    }
    drain();
    EXPECT_EQ(expenses(), "4");
    EXPECT_EQ(halts(), Lines{});
}

TEST_F(ProjectedTogether, a_store_that_failed_or_forgot_to_answer_is_tried_again) {
    for (const auto fault : {StoreFault::before, StoreFault::conflict, StoreFault::unknown_done,
                             StoreFault::unknown_lost}) {
        fault_ = fault;
        record_everywhere();
        drain();
        clock_.advance(1s);
        drain();
    }
    EXPECT_EQ(expenses(), "16");
    EXPECT_EQ(halts(), Lines{});
}

// Whoever begins a transaction waits for another one that begins before it is done.
class Meeting {
public:
    StoreFault arrive() {
        std::unique_lock lock(mutex_);
        ++arrived_;
        changed_.notify_all();
        const auto is_met = [this] { return arrived_ % 2 == 0; };
        if (!changed_.wait_for(lock, 10s, is_met)) ++alone_;
        return StoreFault::none;
    }
    int alone() const { return alone_; }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int arrived_ = 0;
    int alone_ = 0;
};

TEST_F(ProjectedTogether, beside_another_transaction_when_there_is_much) {
    Meeting meeting;
    std::atomic<bool> meets{false};
    FaultyStore store(files_.store(), [&] { return meets ? meeting.arrive() : StoreFault::none; });
    Projector wide({log_, everybody_, store, clock_, {}},
                   {.limits = {.records_max = 2, .wait = 0ms}, .works_aside = true});
    while (wide.step()) {
    }
    record_everywhere();
    meets = true;
    while (wide.step()) {
    }
    EXPECT_EQ(meeting.alone(), 0);
    EXPECT_EQ(expenses(), "4");
}

TEST_F(ProjectedTogether, a_failure_beside_another_transaction_is_told_and_mended) {
    std::atomic<int> transactions{0};
    FaultyStore store(files_.store(), [&] {
        return ++transactions % 3 == 0 ? StoreFault::unknown_done : StoreFault::none;
    });
    Projector wide({log_, everybody_, store, clock_, {}},
                   {.limits = {.records_max = 2, .wait = 0ms}, .works_aside = true});
    for (int round = 0; round < 5; ++round) {
        record_everywhere();
        for (int quiet = 0; quiet < 5;) {
            quiet = wide.step() ? 0 : quiet + 1;
            clock_.advance(1s);
        }
    }
    EXPECT_EQ(expenses(), "20");
    EXPECT_EQ(halts(), Lines{});
}

}  // namespace
}  // namespace outlay::tests
