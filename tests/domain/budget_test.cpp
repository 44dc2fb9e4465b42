// Promise: a budget changes only by its rules; an edit says exactly what differs, and thresholds
// that stay keep their identity.
#include "domain/budget/decide.hpp"

#include "tests/domain/household.hpp"

namespace outlay::domain::budget {
namespace {

using namespace spec;

const CategoryId food = id<CategoryId>(1);
const CategoryId travel = id<CategoryId>(2);
const CategoryId unknown = id<CategoryId>(99);
const ThresholdId at_80 = id<ThresholdId>(1);
const ThresholdId at_100 = id<ThresholdId>(2);
const PeriodRule monthly{Unit::month, 1, day("2015-01-01")};

const BudgetCreated food_budget{
    .name = "Food",
    .scope = Scope{.categories = {food}},
    .limit = money(50'000),
    .period = monthly,
    .thresholds = {{at_80, 80, std::nullopt}, {at_100, 100, std::nullopt}},
    .today = today};

CreateBudget create_food() {
    return CreateBudget{.name = "Food",
                        .scope = Scope{.categories = {food}},
                        .limit = money(50'000),
                        .period = monthly,
                        .thresholds = {{80, std::nullopt}, {100, std::nullopt}}};
}

class TheBudget : public testing::Test {
protected:
    TheBudget() {
        using namespace categories;
        evolve(tree_, CategoryCreated{food, "Food", std::nullopt}, meta_of(1, owner));
        evolve(tree_, CategoryCreated{travel, "Travel", std::nullopt}, meta_of(2, owner));
    }

    struct Asked {
        const TheBudget& test;
        Given<Budget, Event> given;

        template <typename Command>
        Outcome<Event> when(const Command& command) const {
            return given.when(command, Surroundings{test.workspace_, test.tree_});
        }
    };
    Asked given(const std::vector<Event>& events) const {
        return {*this, Given<Budget, Event>(events)};
    }
    Asked given_food(const std::vector<Event>& more = {}) const {
        return given(after<Event>({food_budget}, more));
    }

    workspace::Workspace workspace_ = given_household().state();
    categories::Tree tree_;
};

// Commands that look at nothing around them.
Given<Budget, Event> alone(const std::vector<Event>& events) {
    return Given<Budget, Event>(events);
}

TEST_F(TheBudget, is_created_with_derived_threshold_ids) {
    BudgetCreated created = food_budget;
    created.thresholds = {{derived<ThresholdId>(1), 80, std::nullopt},
                          {derived<ThresholdId>(2), 100, std::nullopt}};
    given({}).when(create_food()).then({created});
}

TEST_F(TheBudget, is_created_for_all_spending_without_thresholds) {
    CreateBudget command = create_food();
    command.scope = {};
    command.thresholds = {};
    command.limit = money(0);
    BudgetCreated created = food_budget;
    created.scope = {};
    created.thresholds = {};
    created.limit = money(0);
    given({}).when(command).then({created});
}

TEST_F(TheBudget, stores_its_scope_sorted_and_unique) {
    CreateBudget command = create_food();
    command.scope =
        Scope{{travel, food, travel}, {viewer, member, viewer}, {"b", "a", "b"}, {"y", "x"}};
    command.thresholds = {};
    BudgetCreated created = food_budget;
    created.scope = Scope{{food, travel}, {member, viewer}, {"a", "b"}, {"x", "y"}};
    created.thresholds = {};
    given({}).when(command).then({created});
}

TEST_F(TheBudget, collects_every_broken_field_rule) {
    CreateBudget command = create_food();
    command.name = "";
    command.scope.merchants = {"fine", ""};
    command.scope.tags = {"a,b"};
    command.limit = money(-1);
    command.period = PeriodRule{Unit::month, 0, day("1900-01-01").plus_days(-1)};
    command.thresholds = {{0, std::nullopt}, {std::nullopt, 0}, {80, 5}, {}, {1001, std::nullopt}};
    given({}).when(command).then_invalid(
        {"/name", "/scope/merchants/1", "/scope/tags/0", "/limit/amount", "/period/anchor",
         "/period/count", "/thresholds/0/percent", "/thresholds/1/amount", "/thresholds/2",
         "/thresholds/3", "/thresholds/4/percent"});
}

TEST_F(TheBudget, has_bounds_on_numbers_and_lists) {
    struct Row {
        std::string_view pointer;  // empty: accepted
        void (*change)(CreateBudget&);
    };
    const std::vector<Row> rows{
        {"", [](CreateBudget& it) { it.limit = money(amount_minor_max); }},
        {"/limit/amount", [](CreateBudget& it) { it.limit = money(amount_minor_max + 1); }},
        {"", [](CreateBudget& it) { it.period.count = 120; }},
        {"/period/count", [](CreateBudget& it) { it.period.count = 121; }},
        {"", [](CreateBudget& it) { it.period = {Unit::day, 3660, today}; }},
        {"/period/count", [](CreateBudget& it) { it.period = {Unit::day, 3661, today}; }},
        {"",
         [](CreateBudget& it) {
             it.thresholds = {{1, {}}, {1000, {}}, {{}, 1}, {{}, amount_minor_max}};
         }},
        {"/thresholds/0/amount",
         [](CreateBudget& it) { it.thresholds = {{{}, amount_minor_max + 1}}; }},
        {"/thresholds/1", [](CreateBudget& it) { it.thresholds = {{80, {}}, {80, {}}}; }},
        {"/thresholds", [](CreateBudget& it) { it.thresholds.assign(11, NewThreshold{80, {}}); }},
        {"", [](CreateBudget& it) { it.scope.tags.assign(100, "x"); }},
        {"/scope/tags", [](CreateBudget& it) { it.scope.tags.assign(101, "x"); }},
        {"/scope/merchants", [](CreateBudget& it) { it.scope.merchants.assign(101, "x"); }},
        {"/scope/members", [](CreateBudget& it) { it.scope.members.assign(101, member); }},
        {"/scope/categories", [](CreateBudget& it) { it.scope.categories.assign(101, food); }},
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        SCOPED_TRACE(i);
        CreateBudget command = create_food();
        rows[i].change(command);
        const auto decision =
            decide(Budget{}, command, Surroundings{workspace_, tree_}, context_of(owner));
        ASSERT_EQ(decision.ok(), rows[i].pointer.empty());
        if (!decision.ok()) {
            ASSERT_EQ(decision.error().fields.size(), 1U);
            EXPECT_EQ(decision.error().fields[0].pointer, rows[i].pointer);
        }
    }
}

TEST_F(TheBudget, names_only_what_exists) {
    CreateBudget command = create_food();
    command.scope.categories = {food, unknown};
    command.scope.members = {stranger};
    given({}).when(command).then_refused_at(RefusalCode::category_unknown,
                                            {"/scope/categories/1", "/scope/members/0"});
    command.scope.categories = {};
    given({}).when(command).then_refused_at(RefusalCode::member_unknown, {"/scope/members/0"});
}

TEST_F(TheBudget, may_watch_an_archived_category) {
    evolve(tree_, categories::CategoryArchived{food}, meta_of(3, owner));
    EXPECT_TRUE(
        decide(Budget{}, create_food(), Surroundings{workspace_, tree_}, context_of(owner)).ok());
}

TEST_F(TheBudget, is_created_once) {
    given_food().when(create_food()).then_refused(RefusalCode::already_exists);
}

TEST_F(TheBudget, is_renamed) {
    given_food().when(EditBudget{.name = "Eating"}).then({BudgetRenamed{"Eating"}});
    given_food().when(EditBudget{.name = "Food"}).then_nothing();
    given_food().when(EditBudget{.name = " "}).then_invalid({"/name"});
}

TEST_F(TheBudget, gets_a_new_limit_from_the_current_period_on) {
    given_food()
        .when(EditBudget{.limit = money(60'000)})
        .then({BudgetLimitRevised{day("2026-11-01"), 50'000, 60'000, today}});
    given_food().when(EditBudget{.limit = money(50'000)}).then_nothing();
}

TEST_F(TheBudget, gets_a_new_limit_from_the_period_of_a_named_day_on) {
    given_food()
        .when(EditBudget{.limit = money(60'000), .limit_from = day("2027-01-15")})
        .then({BudgetLimitRevised{day("2027-01-01"), 50'000, 60'000, today}});
}

TEST_F(TheBudget, rewrites_the_limit_of_a_period_that_has_ended_only_with_a_reason) {
    const EditBudget late{.limit = money(40'000), .limit_from = day("2026-10-31")};
    given_food().when(late).then_invalid({"/reason"});
    const FreeText reason{"the flat was shared"};
    given_food()
        .when(EditBudget{.limit = late.limit, .limit_from = late.limit_from, .reason = reason})
        .then({BudgetLimitRevised{day("2026-10-01"), 50'000, 40'000, today, reason}});
    // The current period and later ones may have one.
    given_food()
        .when(EditBudget{.limit = late.limit, .reason = reason})
        .then({BudgetLimitRevised{day("2026-11-01"), 50'000, 40'000, today, reason}});
    given_food()
        .when(EditBudget{.limit = late.limit, .limit_from = day("2026-11-01")})
        .then({BudgetLimitRevised{day("2026-11-01"), 50'000, 40'000, today}});
    given_food().when(EditBudget{.name = "Eating", .reason = reason}).then_invalid({"/reason"});
    given_food()
        .when(EditBudget{.limit = late.limit, .reason = FreeText{" "}})
        .then_invalid({"/reason"});
}

TEST_F(TheBudget, compares_a_new_limit_with_the_one_in_force_then) {
    const auto raised = given_food({BudgetLimitRevised{day("2027-01-01"), 50'000, 60'000, today}});
    raised.when(EditBudget{.limit = money(60'000)})
        .then({BudgetLimitRevised{day("2026-11-01"), 50'000, 60'000, today}});
    raised.when(EditBudget{.limit = money(60'000), .limit_from = day("2027-05-05")}).then_nothing();
    raised.when(EditBudget{.limit = money(50'000)}).then_nothing();
    raised.when(EditBudget{.limit = money(50'000), .limit_from = day("2027-01-31")})
        .then({BudgetLimitRevised{day("2027-01-01"), 60'000, 50'000, today}});
}

TEST_F(TheBudget, keeps_its_currency_for_life) {
    given_food()
        .when(EditBudget{.limit = money(50'000, "INR")})
        .then_refused_at(RefusalCode::currency_mismatch, {"/limit/currency"});
}

TEST_F(TheBudget, takes_a_first_day_only_for_a_limit) {
    given_food().when(EditBudget{.limit_from = today}).then_invalid({"/limit_from"});
    given_food()
        .when(EditBudget{.limit = money(-1), .limit_from = day("9999-12-31").plus_days(1)})
        .then_invalid({"/limit/amount", "/limit_from"});
}

TEST_F(TheBudget, changes_its_scope) {
    given_food()
        .when(EditBudget{.scope = Scope{.categories = {travel, food}}})
        .then({BudgetScopeChanged{Scope{.categories = {food}}, Scope{.categories = {food, travel}},
                                  today}});
    given_food()
        .when(EditBudget{.scope = Scope{}})
        .then({BudgetScopeChanged{Scope{.categories = {food}}, Scope{}, today}});
    given_food().when(EditBudget{.scope = Scope{.categories = {food, food}}}).then_nothing();
    given_food()
        .when(EditBudget{.scope = Scope{.categories = {unknown}}})
        .then_refused_at(RefusalCode::category_unknown, {"/scope/categories/0"});
    given_food().when(EditBudget{.scope = Scope{.tags = {""}}}).then_invalid({"/scope/tags/0"});
}

TEST_F(TheBudget, keeps_a_member_in_its_scope_who_has_left_since) {
    BudgetCreated of_member = food_budget;
    of_member.scope = Scope{.members = {member}};
    evolve(workspace_, workspace::MemberRemoved{member}, meta_of(9, owner));
    given({of_member})
        .when(EditBudget{.scope = Scope{.members = {viewer, member}}})
        .then({BudgetScopeChanged{of_member.scope, Scope{.members = {member, viewer}}, today}});
    given_food()
        .when(EditBudget{.scope = Scope{.members = {member}}})
        .then_refused(RefusalCode::member_unknown);
}

TEST_F(TheBudget, keeps_thresholds_that_stay_and_numbers_the_new_ones) {
    given_food()
        .when(EditBudget{.thresholds = {{{100, {}}, {50, {}}, {{}, 45'000}}}})
        .then({ThresholdRemoved{at_80},
               ThresholdAdded{{derived<ThresholdId>(1), 50, std::nullopt}, today},
               ThresholdAdded{{derived<ThresholdId>(2), std::nullopt, 45'000}, today}});
    given_food().when(EditBudget{.thresholds = {{{100, {}}, {80, {}}}}}).then_nothing();
    given_food()
        .when(EditBudget{.thresholds = std::vector<NewThreshold>{}})
        .then({ThresholdRemoved{at_80}, ThresholdRemoved{at_100}});
    given_food()
        .when(EditBudget{.thresholds = {{{80, {}}, {80, {}}}}})
        .then_invalid({"/thresholds/1"});
}

TEST_F(TheBudget, takes_a_whole_edit_at_once_in_an_order_that_fires_nothing_by_halves) {
    given_food()
        .when(EditBudget{.name = "Eating",
                         .limit = money(60'000),
                         .scope = Scope{},
                         .thresholds = {{{100, {}}, {90, {}}}}})
        .then({ThresholdRemoved{at_80}, BudgetRenamed{"Eating"},
               BudgetScopeChanged{Scope{.categories = {food}}, Scope{}, today},
               BudgetLimitRevised{day("2026-11-01"), 50'000, 60'000, today},
               ThresholdAdded{{derived<ThresholdId>(1), 90, std::nullopt}, today}});
    given_food().when(EditBudget{}).then_nothing();
}

TEST_F(TheBudget, must_exist_to_be_changed) {
    given({}).when(EditBudget{.name = "Eating"}).then_refused(RefusalCode::not_found);
    alone({}).when(ArchiveBudget{}).then_refused(RefusalCode::not_found);
    alone({}).when(RestoreBudget{}).then_refused(RefusalCode::not_found);
    alone({}).when(AcknowledgeAlert{id<AlertId>(1)}).then_refused(RefusalCode::not_found);
}

TEST_F(TheBudget, is_archived_and_restored_once) {
    alone({food_budget}).when(ArchiveBudget{}).then({BudgetArchived{}});
    alone({food_budget, BudgetArchived{}}).when(ArchiveBudget{}).then_nothing();
    alone({food_budget, BudgetArchived{}}).when(RestoreBudget{}).then({BudgetRestored{today}});
    alone({food_budget}).when(RestoreBudget{}).then_nothing();
    given_food({BudgetArchived{}})
        .when(EditBudget{.name = "Eating"})
        .then_refused(RefusalCode::state_conflict);
}

TEST_F(TheBudget, acknowledges_an_alert_once) {
    const AlertId alert = id<AlertId>(1);
    alone({food_budget}).when(AcknowledgeAlert{alert}).then({AlertAcknowledged{alert}});
    alone({food_budget, AlertAcknowledged{alert}}).when(AcknowledgeAlert{alert}).then_nothing();
    alone({food_budget, BudgetArchived{}})
        .when(AcknowledgeAlert{alert})
        .then({AlertAcknowledged{alert}});
}

TEST_F(TheBudget, does_not_change_in_an_archived_workspace) {
    evolve(workspace_, workspace::WorkspaceArchived{}, meta_of(9, owner));
    given({}).when(create_food()).then_refused(RefusalCode::workspace_archived);
    given_food().when(EditBudget{.name = "Eating"}).then_refused(RefusalCode::workspace_archived);
}

Period month_of(std::string_view first_day) {
    return period_of(monthly, day(first_day));
}

TEST_F(TheBudget, knows_its_limit_in_every_period) {
    const Budget budget =
        alone({food_budget, BudgetLimitRevised{day("2026-12-01"), 50'000, 55'000, today},
               BudgetLimitRevised{day("2027-01-01"), 55'000, 60'000, today}})
            .state();
    EXPECT_EQ(budget.limits, (std::map<Date, Figure>{{earliest_day, {50'000}},
                                                     {day("2026-12-01"), {55'000}},
                                                     {day("2027-01-01"), {60'000}}}));
    EXPECT_EQ(budget.limit_minor(month_of("2015-01-01")), 50'000);
    EXPECT_EQ(budget.limit_minor(month_of("2026-11-01")), 50'000);
    EXPECT_EQ(budget.limit_minor(month_of("2026-12-01")), 55'000);
    EXPECT_EQ(budget.limit_minor(month_of("2027-01-01")), 60'000);
    EXPECT_EQ(budget.limit_minor(month_of("2030-01-01")), 60'000);
}

TEST_F(TheBudget, keeps_the_limits_that_are_planned_behind_a_revision) {
    const FreeText reason{"the flat was shared"};
    const Budget budget =
        alone({food_budget, BudgetLimitRevised{day("2027-01-01"), 50'000, 60'000, today},
               BudgetLimitRevised{day("2026-03-01"), 50'000, 20'000, today, reason}})
            .state();
    EXPECT_EQ(budget.limit_minor(month_of("2026-02-01")), 50'000);
    EXPECT_EQ(budget.limit_minor(month_of("2026-12-01")), 20'000);
    EXPECT_EQ(budget.limit_minor(month_of("2027-01-01")), 60'000);
    EXPECT_EQ(budget.planned(month_of("2026-12-01")), (Figure{20'000, reason}));
    EXPECT_EQ(budget.planned(month_of("2027-01-01")), Figure{60'000});
}

TEST_F(TheBudget, takes_a_planned_limit_back_when_that_of_the_time_before_is_set_again) {
    const BudgetLimitRevised planned{day("2027-01-01"), 50'000, 60'000, today};
    const BudgetLimitRevised later{day("2027-06-01"), 60'000, 70'000, today};
    const BudgetLimitRevised again{day("2027-01-01"), 60'000, 50'000, today};
    const Budget budget = alone({food_budget, planned, later, again}).state();
    EXPECT_EQ(budget.limits,
              (std::map<Date, Figure>{{earliest_day, {50'000}}, {day("2027-06-01"), {70'000}}}));
    // So a later change of the present limit holds there, too.
    const Budget raised = alone({food_budget, planned, again,
                                 BudgetLimitRevised{day("2026-11-01"), 50'000, 52'000, today}})
                              .state();
    EXPECT_EQ(raised.limit_minor(month_of("2027-03-01")), 52'000);
}

TEST_F(TheBudget, folds_from_its_events) {
    const Threshold added{id<ThresholdId>(3), std::nullopt, 45'000};
    const Budget budget =
        alone({food_budget, BudgetRenamed{"Eating"}, ThresholdRemoved{at_80},
               ThresholdAdded{added, today},
               BudgetScopeChanged{food_budget.scope, Scope{.tags = {"x"}}, today}, BudgetArchived{},
               AlertAcknowledged{id<AlertId>(1)}, BudgetRestored{today}})
            .state();
    EXPECT_TRUE(budget.exists);
    EXPECT_FALSE(budget.archived);
    EXPECT_EQ(budget.name, "Eating");
    EXPECT_EQ(budget.scope, Scope{.tags = {"x"}});
    EXPECT_EQ(budget.currency, currency("EUR"));
    EXPECT_EQ(budget.period, monthly);
    EXPECT_EQ(budget.thresholds, (std::vector<Threshold>{{at_100, 100, std::nullopt}, added}));
    ASSERT_EQ(budget.alerts.size(), 1U);
    EXPECT_TRUE(budget.alerts.at(id<AlertId>(1)).acknowledged_at.has_value());
    EXPECT_EQ(budget.created_at, Instant{1});
    EXPECT_EQ(budget.updated_at, Instant{8});
}

}  // namespace
}  // namespace outlay::domain::budget
