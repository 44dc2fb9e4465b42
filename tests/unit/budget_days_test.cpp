// Promise: every local day that passes is appended once to each budget with forecast thresholds,
// however many schedulers look and however often; forecasts are then judged as of that day.
#include "workers/budget_days.hpp"

#include "platform/log.hpp"
#include "tests/unit/projector_household.hpp"

namespace outlay::tests {
namespace {

using domain::budget::Basis;
using workers::BudgetDays;

// Every zone has the day that the test says, but for one that is a day behind.
class FixedDay final : public platform::Zones {
public:
    bool exists(const std::string&) const override { return true; }
    domain::Date local_day(const std::string& zone, domain::Instant) const override {
        return today.plus_days(zone == "Pacific/Honolulu" ? -1 : 0);
    }
    platform::LocalTime local_time(const std::string& zone, domain::Instant at) const override {
        return {local_day(zone, at), {}};
    }
    domain::Instant instant_at(const std::string&, const platform::LocalTime&) const override {
        return {};
    }
    domain::Date today = day("2026-11-19");
};

// A household whose clock says the 18th of November 2026, and budgets of 10.00 a month.
class Days : public Household {
protected:
    Days() { author_.set_today(zones_.today); }
    domain::BudgetId create_budget(Basis basis) {
        const auto id = Household::create_budget({{100, {}, {}, basis}});
        project();
        return id;
    }
    std::size_t run(BudgetDays& days) {
        const auto ran = days.run();
        EXPECT_TRUE(ran.ok());
        project();
        return ran.ok() ? *ran : 0;
    }
    Lines passed() {
        return rows_of(files_.store(),
                       "SELECT version FROM read.events WHERE type = 'budget.day_passed'");
    }
    // "state|level|spent|projected|as of" of every alert.
    Lines alerts() {
        project();
        return rows_of(files_.store(),
                       "SELECT state, level, spent_minor, projected_minor, as_of FROM read.alerts");
    }

    FixedDay zones_;
    BudgetDays days_{files_.store(), log_, clock_, zones_};
    BudgetDays others_{files_.store(), log_, clock_, zones_};
};

TEST_F(Days, are_appended_once_however_many_look) {
    create_budget(Basis::forecast);
    EXPECT_EQ(run(days_), 0U) << "the budget was told of this day when it was made";
    zones_.today = day("2026-11-20");
    clock_.advance(std::chrono::hours{24});
    ASSERT_TRUE(days_.run().ok());
    EXPECT_EQ(run(others_), 1U) << "the first record was not projected yet";
    EXPECT_EQ(run(days_), 0U);
    EXPECT_EQ(passed(), Lines{"2"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT verdict FROM read.rejections"), Lines{"duplicate"});
}

TEST_F(Days, of_a_single_range_are_appended_while_it_lasts) {
    const auto id = author_.make_id<domain::BudgetId>();
    const domain::budget::CreateBudget command{"Trip",
                                               {},
                                               {1000, currency("EUR")},
                                               {domain::budget::Unit::once, 3, day("2026-11-22")},
                                               {{100, {}, {}, Basis::forecast}}};
    ASSERT_TRUE(author_.ask_budget(home_, id, command));
    project();
    std::vector<std::size_t> appended;
    for (const char* today : {"2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24",
                              "2026-11-25", "2026-11-26"}) {
        zones_.today = day(today);
        clock_.advance(std::chrono::hours{24});
        appended.push_back(run(days_));
    }
    EXPECT_EQ(appended, (std::vector<std::size_t>{0, 0, 1, 1, 1, 0, 0}));
}

TEST_F(Days, are_tried_again_when_the_budget_changed_at_the_same_time) {
    const auto id = create_budget(Basis::forecast);
    zones_.today = day("2026-11-20");
    clock_.advance(std::chrono::hours{24});
    domain::budget::EditBudget rename;
    rename.name = "Another";
    ASSERT_TRUE(author_.ask_budget(home_, id, rename));
    EXPECT_EQ(run(days_), 1U);
    EXPECT_EQ(passed(), Lines{}) << "it was decided on the version before the change";
    EXPECT_EQ(run(days_), 0U) << "patience";
    clock_.advance(BudgetDays::patience + std::chrono::seconds{1});
    EXPECT_EQ(run(days_), 1U);
    EXPECT_EQ(passed(), Lines{"3"});
}

TEST_F(Days, are_for_budgets_with_forecasts_that_are_not_silent) {
    create_budget(Basis::actual);
    const auto paused = create_budget(Basis::forecast);
    const auto archived = create_budget(Basis::forecast);
    ASSERT_TRUE(author_.ask_budget(home_, paused, domain::budget::PauseBudget{}));
    ASSERT_TRUE(author_.ask_budget(home_, archived, domain::budget::ArchiveBudget{}));
    project();
    zones_.today = day("2026-11-20");
    clock_.advance(std::chrono::hours{24});
    EXPECT_EQ(run(days_), 0U);
}

TEST_F(Days, pass_over_a_budget_that_cannot_be_folded_and_say_so_once) {
    create_budget(Basis::forecast);
    const auto broken = author_.history().back().position;
    home_ = author_.create_workspace();
    create_budget(Basis::forecast);
    ASSERT_TRUE(change(files_.store(),
                       "UPDATE read.commits SET record = CAST('no record' AS BLOB)"
                       " WHERE log_offset = $1",
                       {broken.offset})
                    .ok());
    zones_.today = day("2026-11-20");
    clock_.advance(std::chrono::hours{24});
    testing::internal::CaptureStderr();
    EXPECT_EQ(run(days_), 1U);
    clock_.advance(BudgetDays::patience + std::chrono::seconds{1});
    EXPECT_EQ(run(days_), 0U);
    platform::flush_log();
    const auto logged = testing::internal::GetCapturedStderr();
    EXPECT_EQ(passed(), Lines{"2"});
    EXPECT_EQ(std::ranges::count(logged, '\n'), 1) << logged;
    EXPECT_NE(logged.find("a stored commit cannot be decoded"), std::string::npos) << logged;
}

// Rounds of one: whoever comes first in the order of days and workspaces must not keep the others
// from their turn for ever.
TEST_F(Days, of_others_come_in_their_turn_while_a_zone_waits_for_its_own) {
    BudgetDays one_by_one(files_.store(), log_, clock_, zones_, 1);
    std::size_t behind = 0;
    for (int number = 0; number < 6; ++number) {
        if (number > 0) home_ = author_.create_workspace();
        if (number % 2 == 0) {
            domain::workspace::ChangeSettings settings;
            settings.time_zone = "Pacific/Honolulu";
            ASSERT_TRUE(author_.ask_workspace(home_, settings));
            ++behind;
        }
        create_budget(Basis::forecast);
    }
    zones_.today = day("2026-11-20");
    clock_.advance(std::chrono::hours{24});
    std::size_t told = 0;
    while (run(one_by_one) == 1) ++told;
    EXPECT_EQ(told, 6 - behind);
    zones_.today = day("2026-11-21");
    clock_.advance(std::chrono::hours{24});
    while (run(one_by_one) == 1) ++told;
    EXPECT_EQ(told, 2 * 6 - behind);
}

TEST_F(Days, of_others_come_in_their_turn_while_a_partition_stands_still) {
    memory::MemoryJournal log(2, clock_);
    Author author(log, clock_);
    author.set_today(zones_.today);
    author.write_genesis();
    SqliteProjectorStore files;
    std::set<std::int32_t> partitions;
    const auto add_household = [&] {
        const auto home = author.create_workspace();
        const auto id = author.make_id<domain::BudgetId>();
        domain::budget::CreateBudget command{
            "Budget", {}, {1000, currency("EUR")}, {}, {{100, {}, {}, Basis::forecast}}};
        command.period.anchor = day("2026-01-01");
        EXPECT_TRUE(author.ask_budget(home, id, command));
        partitions.insert(author.partition_of(home));
    };
    for (int number = 0; number < 8 || partitions.size() < 2; ++number) add_household();
    const auto project = [&] {
        workers::ProjectorOptions options;
        options.limits.wait = std::chrono::milliseconds{0};
        workers::Projector projector({log, log, files.store(), clock_, {}}, options);
        while (projector.step()) {
        }
    };
    project();
    zones_.today = day("2026-11-20");
    clock_.advance(std::chrono::hours{24});
    // In either order of workspaces one of the two partitions is in the other's way.
    for (const std::int64_t halted : {0, 1}) {
        ASSERT_TRUE(change(files.store(),
                           "UPDATE read.checkpoints SET halt_cause = CASE log_partition WHEN $1"
                           " THEN 'projection' END",
                           {halted})
                        .ok());
        BudgetDays days(files.store(), log, clock_, zones_, 1);
        const auto ran = days.run();
        EXPECT_EQ(ran.ok() ? *ran : 0U, 1U) << "partition " << halted << " halted";
    }
}

TEST_F(Days, let_a_forecast_fall_back_in_the_course_of_the_period) {
    create_budget(Basis::forecast);
    author_.record(home_, 800, "2026-11-05");
    EXPECT_EQ(alerts(), Lines{"raised|exceeded|800|1263|2026-11-19"});
    zones_.today = day("2026-11-25");
    clock_.advance(std::chrono::hours{24 * 7});
    EXPECT_EQ(run(days_), 1U);
    EXPECT_EQ(alerts(), Lines{"resolved|exceeded|800|1263|2026-11-19"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT kind FROM outlay.outbox"),
              (Lines{"alert.raised", "alert.resolved"}));
}

TEST_F(Days, raise_what_a_period_begins_with) {
    create_budget(Basis::forecast);
    author_.record(home_, 100, "2026-12-01");
    EXPECT_EQ(alerts(), Lines{});
    zones_.today = day("2026-12-01");
    clock_.advance(std::chrono::hours{24 * 13});
    EXPECT_EQ(run(days_), 1U);
    EXPECT_EQ(alerts(), Lines{"raised|exceeded|100|3100|2026-12-01"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT cause FROM read.alerts"), Lines{"day_passed"});
}

TEST_F(Days, are_told_when_a_period_begins_that_a_change_of_rules_found_above) {
    author_.record(home_, 1500, "2026-12-05");
    const auto paused = create_budget(Basis::actual);
    create_budget(Basis::actual);
    ASSERT_TRUE(author_.ask_budget(home_, paused, domain::budget::PauseBudget{}));
    EXPECT_EQ(alerts(), Lines{});
    std::vector<std::size_t> appended;
    for (const char* today : {"2026-11-20", "2026-11-30", "2026-12-01", "2026-12-02"}) {
        clock_.advance(std::chrono::hours{day(today).days() - zones_.today.days()});
        zones_.today = day(today);
        appended.push_back(run(days_));
    }
    EXPECT_EQ(appended, (std::vector<std::size_t>{0, 0, 1, 0}));
    EXPECT_EQ(alerts(), Lines{"raised|exceeded|1500|~|~"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT cause, period_start FROM read.alerts"),
              Lines{"day_passed|2026-12-01"});
}

TEST_F(Days, that_pass_before_a_period_begins_leave_it_alone) {
    author_.record(home_, 1500, "2026-12-05");
    create_budget(Basis::forecast);
    zones_.today = day("2026-11-20");
    clock_.advance(std::chrono::hours{24});
    EXPECT_EQ(run(days_), 1U);
    EXPECT_EQ(alerts(), Lines{});
    zones_.today = day("2026-12-01");
    clock_.advance(std::chrono::hours{24 * 12});
    EXPECT_EQ(run(days_), 1U) << "due as a forecast and for the period that begins, told once";
    EXPECT_EQ(alerts(), Lines{"raised|exceeded|1500|46500|2026-12-01"});
}

TEST_F(Days, are_never_older_than_the_day_before_a_commit_s_own) {
    create_budget(Basis::forecast);
    clock_.advance(std::chrono::hours{24 * 7});  // the scheduler slept for a week
    author_.record(home_, 700, "2026-11-25");
    EXPECT_EQ(alerts(), Lines{}) << "700 * 30 / 24";
    author_.record(home_, 100, "2026-11-25");
    EXPECT_EQ(alerts(), Lines{"raised|reached|800|1000|2026-11-24"});
}

}  // namespace
}  // namespace outlay::tests
