// Promise: what an operator pauses stands still until it is resumed, and nothing else does: nothing
// is projected, sent or appended meanwhile, nothing is lost, and who did it, when and why is noted.
#include "tests/unit/notifier_world.hpp"
#include "tests/unit/projector_household.hpp"
#include "workers/budget_days.hpp"
#include "workers/pausing.hpp"
#include "workers/projector.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using journal::Pausable;
using journal::PauseScope;

const domain::WorkspaceId some{platform::uuid_of_name({}, "some")};
const domain::WorkspaceId other{platform::uuid_of_name({}, "other")};

workers::PauseWish wish(const PauseScope& scope, const ManualClock& clock,
                        const std::string& reason = "by test") {
    return {scope, reason, "op@host", clock.now()};
}

class Pauses : public testing::Test {
protected:
    void pause(const PauseScope& scope) {
        const auto made = workers::make_pause(files_.store(), wish(scope, clock_));
        ASSERT_TRUE(made.ok() && made->is_new);
        ASSERT_TRUE(board_.refresh(files_.store()).ok());
    }
    void resume(const PauseScope& scope) {
        const auto ended = workers::end_pause(files_.store(), wish(scope, clock_));
        ASSERT_TRUE(ended.ok() && ended->has_value());
        ASSERT_TRUE(board_.refresh(files_.store()).ok());
    }

    ManualClock clock_;
    SqliteProjectorStore files_;
    journal::PauseBoard board_;
};

TEST_F(Pauses, hold_exactly_what_they_name) {
    EXPECT_EQ(board_.remark(Pausable::commands), "");
    pause({Pausable::commands, some});
    EXPECT_TRUE(board_.of_commands(some));
    EXPECT_FALSE(board_.of_commands(other));
    EXPECT_FALSE(board_.holds_projector(0));
    pause({Pausable::projector, {}, 3});
    EXPECT_TRUE(board_.holds_projector(3));
    EXPECT_FALSE(board_.holds_projector(0));
    pause({Pausable::commands});
    EXPECT_TRUE(board_.of_commands(other));
    resume({Pausable::commands});
    EXPECT_TRUE(board_.of_commands(some)) << "a pause of its own";
    EXPECT_FALSE(board_.of_commands(other));
    EXPECT_EQ(board_.remark(Pausable::commands),
              "paused (" + some.text() + ") since " + clock_.now().text() + " by op@host: by test");
}

TEST_F(Pauses, stay_as_they_were_when_they_are_asked_for_again) {
    pause({Pausable::deliveries});
    const auto since = clock_.now();
    clock_.advance(1h);
    const auto again =
        workers::make_pause(files_.store(), wish({Pausable::deliveries}, clock_, "another"));
    ASSERT_TRUE(again.ok());
    EXPECT_FALSE(again->is_new);
    EXPECT_EQ(again->pause.reason, "by test");
    EXPECT_EQ(again->pause.since, since);
    resume({Pausable::deliveries});
    const auto nothing = workers::end_pause(files_.store(), wish({Pausable::deliveries}, clock_));
    ASSERT_TRUE(nothing.ok());
    EXPECT_FALSE(nothing->has_value());
}

TEST_F(Pauses, are_noted_with_who_and_why) {
    pause({Pausable::commands, some});
    resume({Pausable::commands, some});
    const auto detail = R"({"scope":"commands )" + some.text() + R"(","reason":"by test"})";
    EXPECT_EQ(rows_of(files_.store(), "SELECT operator, action, detail FROM outlay.operator_audit"),
              (Lines{"op@host|pause|" + detail, "op@host|resume|" + detail}));
}

TEST_F(Pauses, of_what_there_is_not_are_told_apart) {
    const auto known = [&](const PauseScope& scope) {
        const auto found = workers::is_known(files_.store(), scope);
        return found.ok() && *found;
    };
    EXPECT_TRUE(known({Pausable::commands}));
    EXPECT_FALSE(known({Pausable::commands, some}));
    EXPECT_FALSE(known({Pausable::projector, {}, 7}));
}

TEST_F(Pauses, keep_a_projector_from_projecting_but_not_alive) {
    memory::MemoryJournal log{2, clock_};
    Author author{log, clock_};
    author.write_genesis();
    workers::Projector projector({log, log, files_.store(), clock_, {}, &board_},
                                 {.limits = {.wait = 0ms}});
    const auto drain = [&] {
        for (int quiet = 0; quiet < 3;) {
            clock_.advance(1s);
            quiet = projector.step() ? 0 : quiet + 1;
        }
    };
    drain();
    const auto home = author.create_workspace();
    const auto partition = author.partition_of(home);
    const PauseScope scope{Pausable::projector, {}, partition};
    pause(scope);
    const auto workspaces = [&] {
        return rows_of(files_.store(), "SELECT workspace FROM read.workspaces").size();
    };
    drain();
    EXPECT_EQ(workspaces(), 0U);
    for (int minute = 0; minute < 10; ++minute) {
        author.record(home, 1, "2026-11-20");
        clock_.advance(50s);
        drain();
        EXPECT_FALSE(projector.stuck()) << "a pause is no reason to end";
    }
    EXPECT_EQ(workspaces(), 0U);
    const auto next = rows_of(files_.store(),
                              "SELECT log_partition FROM read.checkpoints"
                              " WHERE next_offset > 1");
    EXPECT_EQ(next, Lines{});
    resume(scope);
    drain();
    EXPECT_EQ(workspaces(), 1U);
    EXPECT_EQ(rows_of(files_.store(), "SELECT id FROM read.expenses").size(), 10U);
}

TEST_F(Pauses, of_one_partition_leave_the_others_alone) {
    memory::MemoryJournal log{2, clock_};
    Author author{log, clock_};
    author.write_genesis();
    const auto home = author.create_workspace();
    workers::Projector projector({log, log, files_.store(), clock_, {}, &board_},
                                 {.limits = {.wait = 0ms}});
    while (projector.step()) {
    }
    pause({Pausable::projector, {}, 1 - author.partition_of(home)});
    author.record(home, 1, "2026-11-20");
    while (projector.step()) {
    }
    EXPECT_EQ(rows_of(files_.store(), "SELECT id FROM read.expenses").size(), 1U);
}

class PausedDeliveries : public Pauses {
protected:
    std::size_t sent(int channel) { return world_.client.count(NotifierWorld::url_of(channel)); }
    NotifierWorld world_{files_.store()};
};

TEST_F(PausedDeliveries, are_kept_and_sent_afterwards_each_once) {
    world_.add_channel(1);
    pause({Pausable::deliveries});
    for (int number = 1; number <= 3; ++number) world_.add_message(number);
    world_.run_for(2h, 10min);
    EXPECT_EQ(sent(1), 0U);
    const auto work = world_.lanes.has_work();
    EXPECT_TRUE(work.ok() && !*work) << "nobody turns in circles meanwhile";
    resume({Pausable::deliveries});
    world_.run();
    EXPECT_EQ(sent(1), 3U);
    EXPECT_EQ(world_.deliveries(), Lines(3, "delivered|1|~"));
}

TEST_F(PausedDeliveries, of_another_workspace_hold_nothing_here) {
    world_.add_channel(1);
    pause({Pausable::deliveries, other});
    world_.add_message(1);
    world_.run();
    EXPECT_EQ(sent(1), 1U);
}

TEST_F(PausedDeliveries, hold_what_follows_in_a_lane_that_was_claimed) {
    world_.add_channel(1);
    for (int number = 1; number <= 3; ++number) world_.add_message(number);
    world_.client.answers[NotifierWorld::url_of(1)] = [&] {
        if (sent(1) == 1) pause({Pausable::deliveries, world_.home});
        return status(204);
    };
    world_.run_for(1h, 10min);
    EXPECT_EQ(sent(1), 1U);
    resume({Pausable::deliveries, world_.home});
    world_.run();
    EXPECT_EQ(sent(1), 3U);
}

TEST_F(PausedDeliveries, do_not_count_as_days_of_failing) {
    const auto channel = world_.add_channel(1);
    world_.add_message(1);
    world_.client.answers[NotifierWorld::url_of(1)] = [] { return status(500); };
    world_.run();
    ASSERT_NE(world_.lane(channel, "failing_since"), "~");
    pause({Pausable::deliveries});
    world_.clock.advance(24h * 6);
    clock_.advance(24h * 6);
    resume({Pausable::deliveries});
    world_.run();
    EXPECT_EQ(sent(1), 2U);
    EXPECT_EQ(world_.lane(channel, "disabled_at"), "~");
}

class PausedScheduler : public Household {};

TEST_F(PausedScheduler, appends_no_days_for_what_is_paused) {
    create_budget({{100, {}, {}, domain::budget::Basis::forecast}});
    project();
    const platform::SystemZones zones;
    workers::BudgetDays days(files_.store(), log_, clock_, zones);
    const PauseScope scope{Pausable::commands};
    ASSERT_TRUE(workers::make_pause(files_.store(), wish(scope, clock_)).ok());
    clock_.advance(24h * 5);
    const auto none = days.run();
    EXPECT_TRUE(none.ok() && *none == 0);
    ASSERT_TRUE(workers::end_pause(files_.store(), wish(scope, clock_)).ok());
    const auto one = days.run();
    EXPECT_TRUE(one.ok() && *one == 1);
}

}  // namespace
}  // namespace outlay::tests
