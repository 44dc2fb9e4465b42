// Promise: what was known at a moment is the fold to that moment. At random positions and times of
// random histories, the past that is made from one workspace's commits equals, row by row, a replay
// of the whole journal that ends there.
#include "journal/moment.hpp"
#include "platform/memory/journal.hpp"
#include "tests/property/projector_random_history.hpp"
#include "workers/past.hpp"
#include "workers/replay.hpp"

namespace outlay::tests {
namespace {

using property::RandomInput;

constexpr int partitions = 2;
constexpr int moments = 12;

// What projections make of the facts of one workspace.
Dump dump_of_workspace(sql::Store& store, const domain::WorkspaceId& workspace) {
    Dump dump;
    for (const std::string table :
         {"read.events", "read.workspaces", "read.members", "read.categories", "read.expenses",
          "read.expense_tags", "read.refunds", "read.spending", "read.spending_merchants",
          "read.spending_tags", "read.budgets", "read.budget_usage", "read.budget_member_usage",
          "read.threshold_states", "read.alerts", "read.channels"}) {
        dump[table] = rows_of(store, "SELECT * FROM " + table + " WHERE workspace = $1",
                              {workspace.value.text()});
    }
    return dump;
}

class PastProperty : public testing::Test {
protected:
    PastProperty() {
        RandomHistory history(random_, author_);
        history.live(220);
        for (const auto& written : author_.history()) workspaces_.insert(written.workspace);
        replay_into(live_.store(), {end_of(0), end_of(1)});
    }

    std::int64_t end_of(std::int32_t partition) { return *log_.end(partition); }

    void replay_into(sql::Store& store, const std::vector<std::int64_t>& next) {
        std::vector<journal::Checkpoint> wished;
        for (std::int32_t partition = 0; partition < partitions; ++partition) {
            auto& checkpoint = wished.emplace_back();
            checkpoint.partition = partition;
            checkpoint.next = next[static_cast<std::size_t>(partition)];
        }
        workers::Replay replay(store, log_, [](std::int64_t) { return true; });
        const auto reached = replay.reach(wished);
        ASSERT_TRUE(reached.ok()) << (reached.ok() ? "" : reached.error());
    }

    // The rows of `when`; the offset of the last commit that counts is told.
    Dump past_of(const domain::WorkspaceId& workspace, const journal::When& when,
                 std::int64_t& last) {
        SqliteProjectorStore scratch;
        const auto batch = static_cast<std::size_t>(random_.number(1, 60));
        const auto done = live_.store().transact(
            {sql::Access::query, workspace}, [&](sql::Session& live) -> sql::Status {
                const auto moment = journal::moment_of(live, workspace, partitions, when);
                if (!moment.ok()) return domain::Fail{moment.error()};
                CHECK(moment->ok(), "the moment lies in the life of the workspace");
                last = (*moment)->position.offset;
                workers::Past past(scratch.store(), batch);
                const auto reached = past.reach(live, **moment, [](std::int64_t) { return true; });
                if (!reached.ok()) return domain::Fail{reached.error()};
                return domain::Done{};
            });
        EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().detail);
        return dump_of_workspace(scratch.store(), workspace);
    }

    Dump replay_of(const domain::WorkspaceId& workspace, std::int64_t last) {
        SqliteProjectorStore replayed;
        std::vector<std::int64_t> next(partitions, 1);  // the genesis alone
        next[static_cast<std::size_t>(author_.partition_of(workspace))] = last + 1;
        replay_into(replayed.store(), next);
        return dump_of_workspace(replayed.store(), workspace);
    }

    std::vector<const Written*> commits_of(const domain::WorkspaceId& workspace) const {
        std::vector<const Written*> commits;
        for (const auto& written : author_.history()) {
            if (written.workspace == workspace && !written.events.empty())
                commits.push_back(&written);
        }
        return commits;
    }

    domain::Instant appended_at(const journal::Position& position) {
        const auto records =
            log_.read(position.partition, position.offset, {.records_max = 1, .wait = {}});
        return records->front().appended_at;
    }

    RandomInput random_;
    ManualClock clock_;
    memory::MemoryJournal log_{partitions, clock_};
    Author author_{log_, clock_};
    std::set<domain::WorkspaceId> workspaces_;
    SqliteProjectorStore live_;
};

TEST_F(PastProperty, the_past_at_any_position_is_the_fold_to_it) {
    for (const auto& workspace : workspaces_) {
        const auto first = commits_of(workspace).front()->position;
        for (int i = 0; i < moments; ++i) {
            // Of anybody: a position need not be one of the workspace.
            const auto at = random_.number(first.offset, end_of(first.partition) - 1);
            std::int64_t last = -1;
            const auto past = past_of(workspace, journal::Position{first.partition, at}, last);
            ASSERT_LE(last, at);
            ASSERT_EQ(past, replay_of(workspace, at)) << "at " << at;
        }
    }
}

TEST_F(PastProperty, a_time_takes_in_all_that_was_appended_by_then) {
    for (const auto& workspace : workspaces_) {
        const auto commits = commits_of(workspace);
        for (int i = 0; i < moments; ++i) {
            const auto then = domain::Instant{appended_at(random_.pick(commits)->position).micros +
                                              random_.number(0, 2)};
            std::int64_t expected = -1;
            for (const auto* commit : commits) {
                if (appended_at(commit->position) <= then)
                    expected = std::max(expected, commit->position.offset);
            }
            std::int64_t last = -1;
            const auto past = past_of(workspace, then, last);
            ASSERT_EQ(last, expected) << then.text();
            ASSERT_EQ(past, replay_of(workspace, expected)) << then.text();
        }
    }
}

TEST_F(PastProperty, what_lies_before_a_workspace_or_beside_it_is_no_moment) {
    const auto& workspace = *workspaces_.begin();
    const auto first = commits_of(workspace).front()->position;
    const auto kind_of = [&](const journal::When& when) {
        std::optional<journal::NoMoment::Kind> kind;
        const auto done = live_.store().transact(
            {sql::Access::query, workspace}, [&](sql::Session& live) -> sql::Status {
                const auto moment = journal::moment_of(live, workspace, partitions, when);
                if (!moment.ok()) return domain::Fail{moment.error()};
                if (!moment->ok()) kind = moment->error().kind;
                return domain::Done{};
            });
        EXPECT_TRUE(done.ok());
        return kind;
    };
    using Kind = journal::NoMoment::Kind;
    EXPECT_EQ(kind_of(first), std::nullopt);
    EXPECT_EQ(kind_of(journal::Position{first.partition, first.offset - 1}),
              Kind::before_workspace);
    EXPECT_EQ(kind_of(journal::Position{1 - first.partition, first.offset}), Kind::other_partition);
    EXPECT_EQ(kind_of(domain::Instant{appended_at(first).micros - 1}), Kind::before_workspace);
    EXPECT_EQ(kind_of(appended_at(first)), std::nullopt);
}

}  // namespace
}  // namespace outlay::tests
