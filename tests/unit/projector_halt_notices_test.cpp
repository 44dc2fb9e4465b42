// Promise: workspaces whose channels choose it are told once that their partition stands still,
// with its cause and the next step, and once that it goes on; whoever tells it, and however often
// it is seen.
#include "platform/json/value.hpp"
#include "tests/unit/projector_doubles.hpp"
#include "tests/unit/projector_household.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using domain::channel::Kind;

constexpr std::string_view from_the_future =
    R"({"v":2,"journal":"journal-of-tests","kind":"commit"})";

class HaltNoticesTest : public Household {
protected:
    void listen(const domain::WorkspaceId& workspace, const std::string& pattern,
                Kind kind = Kind::webhook) {
        domain::channel::RegisterChannel command;
        command.kind = kind;
        command.events = {pattern};
        command.is_trusted = true;
        EXPECT_TRUE(author_.ask_channel(workspace, author_.make_id<domain::ChannelId>(), command));
    }
    std::int64_t halt() { return author_.append(0, std::string(from_the_future)).offset; }
    void skip(std::int64_t offset) {
        author_.append(0, journal::encode_skip(Author::identity, offset,
                                               journal::record_hash(from_the_future), "by hand"));
    }
    Lines told() { return rows_of(files_.store(), "SELECT kind FROM outlay.outbox ORDER BY kind"); }

    const std::string halted_ = "operations.partition_halted";
    const std::string resumed_ = "operations.partition_resumed";
};

TEST_F(HaltNoticesTest, tell_once_what_stands_still_and_once_that_it_goes_on) {
    listen(home_, "operations.*");
    listen(home_, "*", Kind::slack);
    const auto other = author_.create_workspace();
    listen(other, "alert.*");
    const auto at = halt();
    author_.record(home_, 1, "2026-11-20");
    project();
    EXPECT_EQ(told(), Lines{halted_});
    const auto rows = rows_of(files_.store(), "SELECT payload FROM outlay.outbox");
    const auto document = json::parse(rows.front());
    ASSERT_TRUE(document.ok());
    EXPECT_EQ(document->find("partition")->integer(), 0);
    EXPECT_EQ(document->find("position")->text(), "0:" + std::to_string(at));
    EXPECT_EQ(document->find("cause")->text(), "version");
    EXPECT_EQ(document->find("next_step")->text(),
              journal::halt_remedy(journal::HaltCause::version));
    EXPECT_EQ(
        rows_of(files_.store(), "SELECT workspace, log_partition, log_offset FROM outlay.outbox"),
        Lines{home_.value.text() + "|-1|-1"});
    clock_.advance(10s);
    project();  // another process
    EXPECT_EQ(told(), Lines{halted_});
    skip(at);
    project();
    EXPECT_EQ(told(), (Lines{halted_, resumed_}));
    project();
    EXPECT_EQ(told(), (Lines{halted_, resumed_}));
}

TEST_F(HaltNoticesTest, tell_each_halt) {
    listen(home_, "operations.partition_halted");
    skip(halt());
    project();
    EXPECT_EQ(told(), Lines{}) << "it was cleared before anybody stood still";
    halt();
    project();
    EXPECT_EQ(told(), Lines{halted_});
    skip(*log_.end(0) - 1);
    halt();
    project();
    EXPECT_EQ(told(), Lines(2, halted_));
}

TEST_F(HaltNoticesTest, tell_the_end_of_a_halt_that_the_next_one_follows_at_once) {
    listen(home_, "operations.*");
    const auto first = halt();
    project();
    ASSERT_EQ(told(), Lines{halted_});
    skip(first);
    const auto second = halt();
    project();
    EXPECT_EQ(told(), (Lines{halted_, halted_, resumed_}));
    skip(second);
    project();
    EXPECT_EQ(told(), (Lines{halted_, halted_, resumed_, resumed_}));
}

TEST_F(HaltNoticesTest, are_told_later_if_the_store_is_away) {
    listen(home_, "operations.*");
    project();
    halt();
    const auto is_halted = [&] {
        return !rows_of(files_.store(),
                        "SELECT 1 FROM read.checkpoints WHERE halt_cause IS NOT NULL")
                    .empty();
    };
    bool is_away = true;  // from the halt on
    FaultyStore store(files_.store(), [&] {
        return is_away && is_halted() ? StoreFault::before : StoreFault::none;
    });
    workers::ProjectorOptions options;
    options.limits.wait = 0ms;
    workers::Projector projector({log_, log_, store, clock_, {}}, options);
    const auto drain = [&] {
        while (projector.step()) {
        }
    };
    drain();
    ASSERT_TRUE(is_halted());
    EXPECT_EQ(told(), Lines{});
    is_away = false;
    clock_.advance(10s);
    drain();
    EXPECT_EQ(told(), Lines{halted_});
}

}  // namespace
}  // namespace outlay::tests
