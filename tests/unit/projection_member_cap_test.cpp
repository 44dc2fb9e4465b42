// Promise: a threshold that watches each member raises and resolves for every member alone, names
// the member, and counts from the rows as it does event by event.
#include "tests/unit/projector_household.hpp"
#include "workers/projections/alerts.hpp"

namespace outlay::tests {
namespace {

using domain::budget::NewThreshold;
using domain::budget::Per;

const NewThreshold each_of_500{{}, 500, {}, {}, Per::member};

class MemberCaps : public Household {
protected:
    MemberCaps() {
        EXPECT_TRUE(author_.ask_workspace(
            home_, domain::workspace::AddServiceAccount{"bot", domain::Role::admin}));
        for (const auto& [member, about] : author_.people(home_).members)
            (about.user ? owner_ : bot_) = member;
    }
    domain::ExpenseId record(std::int64_t minor, const domain::MemberId& member,
                             std::string_view on = "2026-11-05") {
        const auto id = author_.make_id<domain::ExpenseId>();
        domain::expense::RecordExpense command{
            {minor, currency("EUR")}, day(on), {}, member, {}, {}, {}};
        EXPECT_TRUE(author_.ask_expense(home_, id, command));
        return id;
    }
    // "owner, bot or all|crossing|state|cause|spent" of every alert.
    Lines alerts() {
        project();
        auto lines = rows_of(files_.store(),
                             "SELECT member, crossing, state, cause, spent_minor FROM read.alerts");
        for (auto& line : lines) {
            const auto end = line.find('|');
            const auto member = line.substr(0, end);
            const auto name = member == owner_.value.text() ? "owner"
                              : member == bot_.value.text() ? "bot"
                                                            : "all";
            line.replace(0, end, name);
        }
        std::ranges::sort(lines);
        return lines;
    }
    Lines usage() {
        project();
        return rows_of(files_.store(),
                       "SELECT period_start, spent_minor, expense_count FROM "
                       "read.budget_member_usage ORDER BY spent_minor");
    }
    void void_expense(const domain::ExpenseId& id) {
        EXPECT_TRUE(author_.ask_expense(home_, id, domain::expense::VoidExpense{}));
    }

    domain::MemberId owner_;
    domain::MemberId bot_;
};

TEST_F(MemberCaps, watch_every_member_alone) {
    create_budget({each_of_500});
    record(400, owner_), record(400, bot_);
    EXPECT_EQ(alerts(), Lines{});
    record(100, bot_);
    EXPECT_EQ(alerts(), Lines{"bot|1|raised|recorded|500"});
    const auto more = record(101, owner_);
    EXPECT_EQ(alerts(), (Lines{"bot|1|raised|recorded|500", "owner|1|raised|recorded|501"}));
    void_expense(more);
    EXPECT_EQ(alerts(), (Lines{"bot|1|raised|recorded|500", "owner|1|resolved|recorded|501"}));
    EXPECT_EQ(rows_of(files_.store(), "SELECT kind FROM outlay.outbox"),
              (Lines{"alert.raised", "alert.raised", "alert.resolved"}));
}

// Whoever spends something makes the others be looked at too where their numbers may have changed
// without them: what a change of rules left held, and forecasts of another day.
TEST_F(MemberCaps, cross_by_the_expense_of_another_where_the_day_did_it) {
    record(700, bot_, "2026-12-05");
    create_budget({each_of_500});
    create_budget({{{}, 500, {}, domain::budget::Basis::forecast, Per::member}});
    record(350, owner_, "2026-11-18");
    EXPECT_EQ(alerts(), Lines{"owner|1|raised|recorded|350"}) << "December is held";
    record(1, owner_, "2026-12-05");
    EXPECT_EQ(alerts(), (Lines{"bot|1|raised|recorded|700", "bot|1|raised|recorded|700",
                               "owner|1|raised|recorded|350"}));
    clock_.advance(std::chrono::hours{24 * 12});  // to the 30th
    record(1, bot_, "2026-11-29");
    EXPECT_EQ(alerts(), (Lines{"bot|1|raised|recorded|700", "bot|1|raised|recorded|700",
                               "owner|1|resolved|recorded|350"}));
}

TEST_F(MemberCaps, stand_beside_thresholds_over_everybody) {
    create_budget({{80, {}}, each_of_500});
    record(400, owner_), record(400, bot_);
    EXPECT_EQ(alerts(), Lines{"all|1|raised|recorded|800"});
    EXPECT_EQ(usage(), (Lines{"2026-11-01|400|1", "2026-11-01|400|1"}));
}

TEST_F(MemberCaps, follow_an_expense_from_one_member_to_another) {
    create_budget({each_of_500});
    const auto id = record(600, owner_);
    domain::expense::AmendExpense amend;
    amend.member = bot_;
    ASSERT_TRUE(author_.ask_expense(home_, id, amend));
    EXPECT_EQ(alerts(), (Lines{"bot|1|raised|amended|600", "owner|1|resolved|recorded|600"}));
}

TEST_F(MemberCaps, are_counted_from_the_rows_when_they_are_new_and_forgotten_when_they_go) {
    const auto id = create_budget({{100, {}}});
    record(500, owner_), record(300, bot_), record(700, bot_, "2026-10-05");
    EXPECT_EQ(usage(), Lines{});
    domain::budget::EditBudget edit;
    edit.thresholds = {{{100, {}}, each_of_500}};
    ASSERT_TRUE(author_.ask_budget(home_, id, edit));
    EXPECT_EQ(alerts(), Lines{"owner|1|raised|rule_changed|500"}) << "October is silent";
    EXPECT_EQ(usage().size(), 3U);
    edit.thresholds = {{{100, {}}}};
    ASSERT_TRUE(author_.ask_budget(home_, id, edit));
    EXPECT_EQ(alerts(), Lines{"owner|1|resolved|rule_changed|500"});
    EXPECT_EQ(usage(), Lines{});
}

TEST_F(MemberCaps, are_resolved_when_the_scope_leaves_the_member_out) {
    const auto id = create_budget({each_of_500});
    record(500, owner_);
    domain::budget::EditBudget edit;
    edit.scope = domain::budget::Scope{{}, {bot_}, {}, {}};
    ASSERT_TRUE(author_.ask_budget(home_, id, edit));
    EXPECT_EQ(alerts(), Lines{"owner|1|resolved|recorded|500"});
}

TEST_F(MemberCaps, have_ids_of_their_own_and_leave_the_others_as_they_were) {
    const domain::ThresholdId threshold{platform::uuid_of_name({}, "threshold")};
    const auto of = [&](const domain::MemberId& member) {
        return workers::alerts::alert_id(threshold, day("2026-11-01"), 1, member);
    };
    EXPECT_EQ(of({}).value, platform::uuid_of_name(threshold.value, "2026-11-01:1"));
    EXPECT_EQ(of(bot_).value,
              platform::uuid_of_name(threshold.value, "2026-11-01:1:" + bot_.text()));
}

}  // namespace
}  // namespace outlay::tests
