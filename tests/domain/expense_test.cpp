// Promise: an expense is recorded, amended, voided and restored only by its rules, and what changes
// nothing is no event.
#include "tests/domain/expense_spec.hpp"

namespace outlay::domain::expense {
namespace {

using namespace spec;

const CategoryId food = id<CategoryId>(1);
const CategoryId old_category = id<CategoryId>(2);  // archived
const CategoryId unknown = id<CategoryId>(99);

const ExpenseRecorded lunch{money(1250),       day("2026-11-20"),  food, member, "Cafe Central",
                            FreeText{"lunch"}, {"friends", "team"}};

RecordExpense record_lunch() {
    return RecordExpense{.amount = lunch.amount,
                         .spent_on = lunch.spent_on,
                         .category = lunch.category,
                         .member = std::nullopt,
                         .merchant = lunch.merchant,
                         .note = lunch.note,
                         .tags = {"team", "friends", "team"}};
}

// The household, its categories, and an expense in them.
class TheExpense : public HouseholdExpense {
protected:
    TheExpense() {
        using namespace categories;
        evolve(tree_, CategoryCreated{food, "Food", std::nullopt}, meta_of(1, owner));
        evolve(tree_, CategoryCreated{old_category, "Old", std::nullopt}, meta_of(2, owner));
        evolve(tree_, CategoryArchived{old_category}, meta_of(3, owner));
    }
    Asked given_lunch() const { return given({lunch}); }
};

TEST_F(TheExpense, is_recorded_with_sorted_unique_tags_for_the_actor) {
    given({}).when(record_lunch()).then({lunch});
}

TEST_F(TheExpense, is_recorded_with_nothing_but_amount_and_day) {
    given({})
        .when(RecordExpense{.amount = money(1), .spent_on = day("1900-01-01")})
        .then({ExpenseRecorded{
            money(1), day("1900-01-01"), std::nullopt, member, std::nullopt, std::nullopt, {}}});
}

TEST_F(TheExpense, collects_every_broken_field_rule) {
    RecordExpense command = record_lunch();
    command.amount = money(0);
    command.spent_on = day("9999-12-31").plus_days(1);
    command.merchant = "";
    command.note = FreeText{std::string(2001, 'x')};
    command.tags = {"good", "a,b", std::string(51, 'x'), " "};
    given({}).when(command).then_invalid(
        {"/amount/amount", "/spent_on", "/merchant", "/note", "/tags/1", "/tags/2", "/tags/3"});
}

TEST_F(TheExpense, has_bounds_on_every_field) {
    struct Row {
        std::string_view pointer;  // empty: accepted
        void (*change)(RecordExpense&);
    };
    const std::vector<Row> rows{
        {"", [](RecordExpense& it) { it.amount = money(amount_minor_max); }},
        {"/amount/amount", [](RecordExpense& it) { it.amount = money(amount_minor_max + 1); }},
        {"/amount/amount", [](RecordExpense& it) { it.amount = money(-1); }},
        {"", [](RecordExpense& it) { it.spent_on = day("9999-12-31"); }},
        {"/spent_on", [](RecordExpense& it) { it.spent_on = day("1900-01-01").plus_days(-1); }},
        {"", [](RecordExpense& it) { it.merchant = std::string(200, 'x'); }},
        {"/merchant", [](RecordExpense& it) { it.merchant = std::string(201, 'x'); }},
        {"/merchant", [](RecordExpense& it) { it.merchant = "a\nb"; }},
        {"", [](RecordExpense& it) { it.note = FreeText{"two\nlines\tand a tab"}; }},
        {"/note", [](RecordExpense& it) { it.note = FreeText{"bell\a"}; }},
        {"/note", [](RecordExpense& it) { it.note = FreeText{""}; }},
        {"", [](RecordExpense& it) { it.tags = {std::string(50, 'x')}; }},
        {"/tags/0", [](RecordExpense& it) { it.tags = {std::string("nul\0", 4)}; }},
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        SCOPED_TRACE(i);
        RecordExpense command = record_lunch();
        rows[i].change(command);
        const auto decision = decide(
            Expense{}, command, Surroundings{workspace_, &tree_, Role::member}, context_of(member));
        ASSERT_EQ(decision.ok(), rows[i].pointer.empty());
        if (!decision.ok()) {
            ASSERT_EQ(decision.error().fields.size(), 1U);
            EXPECT_EQ(decision.error().fields[0].pointer, rows[i].pointer);
        }
    }
}

TEST_F(TheExpense, has_at_most_twenty_distinct_tags) {
    RecordExpense command = record_lunch();
    command.tags.clear();
    for (int i = 0; i < 20; ++i) command.tags.push_back("tag " + std::to_string(i));
    command.tags.emplace_back("tag 0");
    EXPECT_TRUE(decide(Expense{}, command, Surroundings{workspace_, &tree_, Role::member},
                       context_of(member))
                    .ok());
    command.tags.emplace_back("one more");
    given({}).when(command).then_invalid({"/tags"});
}

TEST_F(TheExpense, needs_a_category_in_use) {
    RecordExpense command = record_lunch();
    command.category = unknown;
    given({}).when(command).then_refused_at(RefusalCode::category_unknown, {"/category"});
    command.category = old_category;
    given({}).when(command).then_refused_at(RefusalCode::category_archived, {"/category"});
}

TEST_F(TheExpense, needs_no_tree_without_a_category) {
    RecordExpense command = record_lunch();
    command.category = std::nullopt;
    const Surroundings around{workspace_, nullptr, Role::member};
    EXPECT_TRUE(decide(Expense{}, command, around, context_of(member)).ok());
}

TEST_F(TheExpense, is_recorded_for_others_by_admins_only) {
    RecordExpense command = record_lunch();
    command.member = viewer;
    ExpenseRecorded recorded = lunch;
    recorded.member = viewer;
    given({}).by(admin).when(command).then({recorded});
    given({}).by(member).when(command).then_refused(RefusalCode::forbidden);
    command.member = member;
    given({}).by(member).when(command).then({lunch});
    command.member = stranger;
    given({}).by(admin).when(command).then_refused_at(RefusalCode::member_unknown, {"/member"});
}

TEST_F(TheExpense, is_never_recorded_by_a_viewer) {
    given({}).by(viewer).when(record_lunch()).then_refused(RefusalCode::forbidden);
}

TEST_F(TheExpense, is_not_recorded_in_a_closed_period) {
    close("2026-11-20");
    given({}).when(record_lunch()).then_refused_at(RefusalCode::period_closed, {"/spent_on"});
}

TEST_F(TheExpense, may_be_sent_again_with_the_same_id_and_content) {
    close("2026-11-20");
    tree_ = {};
    given_lunch().when(record_lunch()).then_nothing();
    RecordExpense other = record_lunch();
    other.amount = money(1251);
    given_lunch().when(other).then_refused(RefusalCode::already_exists);
    given({lunch, ExpenseVoided{}}).when(record_lunch()).then_refused(RefusalCode::already_exists);
}

TEST_F(TheExpense, is_amended_by_what_differs) {
    given_lunch()
        .when(AmendExpense{.amount = money(1300),
                           .spent_on = lunch.spent_on,
                           .category = std::optional<CategoryId>{},
                           .merchant = std::optional<std::string>{},
                           .note = std::optional<FreeText>{FreeText{"dinner"}},
                           .tags = std::vector<std::string>{"team", "friends"}})
        .then({ExpenseAmended{
            .amount = Change<Money>{money(1250), money(1300)},
            .category = Change<std::optional<CategoryId>>{food, std::nullopt},
            .merchant = Change<std::optional<std::string>>{"Cafe Central", std::nullopt},
            .note = Change<std::optional<FreeText>>{FreeText{"lunch"}, FreeText{"dinner"}}}});
    given_lunch()
        .when(AmendExpense{.amount = money(1250, "INR"), .tags = std::vector<std::string>{}})
        .then({ExpenseAmended{.amount = Change<Money>{money(1250), money(1250, "INR")},
                              .tags = Change<std::vector<std::string>>{{"friends", "team"}, {}}}});
}

TEST_F(TheExpense, is_not_amended_by_what_is_there_already) {
    given_lunch().when(AmendExpense{}).then_nothing();
    given_lunch()
        .when(AmendExpense{.amount = lunch.amount,
                           .spent_on = lunch.spent_on,
                           .category = lunch.category,
                           .member = lunch.member,
                           .merchant = lunch.merchant,
                           .note = lunch.note,
                           .tags = std::vector<std::string>{"team", "team", "friends"}})
        .then_nothing();
}

TEST_F(TheExpense, is_amended_within_the_field_rules) {
    given_lunch()
        .when(AmendExpense{.amount = money(0),
                           .spent_on = day("1900-01-01").plus_days(-1),
                           .merchant = std::optional<std::string>{""},
                           .note = std::optional<FreeText>{FreeText{"\x01"}},
                           .tags = std::vector<std::string>{""}})
        .then_invalid({"/amount/amount", "/spent_on", "/merchant", "/note", "/tags/0"});
}

TEST_F(TheExpense, keeps_a_category_that_was_archived_since) {
    evolve(tree_, categories::CategoryArchived{food}, meta_of(4, owner));
    given_lunch()
        .when(AmendExpense{.amount = money(1300), .category = std::optional<CategoryId>{food}})
        .then({ExpenseAmended{.amount = Change<Money>{money(1250), money(1300)}}});
    given_lunch()
        .when(AmendExpense{.category = std::optional<CategoryId>{old_category}})
        .then_refused_at(RefusalCode::category_archived, {"/category"});
    given_lunch()
        .when(AmendExpense{.category = std::optional<CategoryId>{unknown}})
        .then_refused_at(RefusalCode::category_unknown, {"/category"});
}

TEST_F(TheExpense, moves_to_another_member_by_admins_only) {
    given_lunch()
        .by(admin)
        .when(AmendExpense{.member = viewer})
        .then({ExpenseAmended{.member = Change<MemberId>{member, viewer}}});
    given_lunch()
        .by(member)
        .when(AmendExpense{.member = viewer})
        .then_refused(RefusalCode::forbidden);
    given_lunch()
        .by(admin)
        .when(AmendExpense{.member = stranger})
        .then_refused_at(RefusalCode::member_unknown, {"/member"});
}

TEST_F(TheExpense, stays_amendable_when_its_member_is_gone) {
    evolve(workspace_, workspace::MemberRemoved{member}, meta_of(9, owner));
    given_lunch()
        .by(admin)
        .when(AmendExpense{.amount = money(1)})
        .then({ExpenseAmended{.amount = Change<Money>{money(1250), money(1)}}});
}

TEST_F(TheExpense, belongs_to_its_member) {
    ExpenseRecorded of_admin = lunch;
    of_admin.member = admin;
    const auto refused = RefusalCode::forbidden;
    given({of_admin}).by(member).when(AmendExpense{.amount = money(1)}).then_refused(refused);
    given({of_admin}).by(member).when(VoidExpense{}).then_refused(refused);
    given({of_admin, ExpenseVoided{}}).by(member).when(RestoreExpense{}).then_refused(refused);
    given({lunch}).by(admin).when(VoidExpense{}).then({ExpenseVoided{}});
    given({lunch}).by(owner).when(VoidExpense{}).then({ExpenseVoided{}});
}

TEST_F(TheExpense, is_voided_with_or_without_a_reason_and_only_once) {
    given_lunch().when(VoidExpense{}).then({ExpenseVoided{}});
    given_lunch().when(VoidExpense{FreeText{"twice"}}).then({ExpenseVoided{FreeText{"twice"}}});
    given_lunch().when(VoidExpense{FreeText{""}}).then_invalid({"/reason"});
    given({lunch, ExpenseVoided{}}).when(VoidExpense{FreeText{"again"}}).then_nothing();
}

TEST_F(TheExpense, is_restored_whole_even_to_an_archived_category) {
    evolve(tree_, categories::CategoryArchived{food}, meta_of(4, owner));
    given({lunch, ExpenseVoided{}}).when(RestoreExpense{}).then({ExpenseRestored{}});
    given_lunch().when(RestoreExpense{}).then_nothing();
}

TEST_F(TheExpense, is_not_amended_while_voided) {
    given({lunch, ExpenseVoided{}})
        .when(AmendExpense{.amount = money(1)})
        .then_refused(RefusalCode::state_conflict);
}

TEST_F(TheExpense, must_exist_to_be_changed) {
    given({}).when(AmendExpense{.amount = money(1)}).then_refused(RefusalCode::not_found);
    given({}).when(VoidExpense{}).then_refused(RefusalCode::not_found);
    given({}).when(RestoreExpense{}).then_refused(RefusalCode::not_found);
}

TEST_F(TheExpense, neither_leaves_nor_enters_nor_changes_a_closed_period) {
    const auto refused = RefusalCode::period_closed;
    close("2026-10-31");
    given_lunch().when(AmendExpense{.spent_on = day("2026-10-31")}).then_refused(refused);
    given_lunch()
        .when(AmendExpense{.spent_on = day("2026-11-01")})
        .then({ExpenseAmended{.spent_on = Change<Date>{lunch.spent_on, day("2026-11-01")}}});
    close("2026-11-20");
    given_lunch().when(AmendExpense{.spent_on = day("2026-12-01")}).then_refused(refused);
    given_lunch().when(AmendExpense{.amount = money(1)}).then_refused(refused);
    given_lunch().when(VoidExpense{}).then_refused(refused);
    given({lunch, ExpenseVoided{}}).when(RestoreExpense{}).then_refused(refused);
    given_lunch().when(AmendExpense{.amount = lunch.amount}).then_nothing();
    given_lunch().when(RestoreExpense{}).then_nothing();
}

TEST_F(TheExpense, does_not_change_in_an_archived_workspace) {
    evolve(workspace_, workspace::WorkspaceArchived{}, meta_of(9, owner));
    const auto refused = RefusalCode::workspace_archived;
    given({}).when(record_lunch()).then_refused(refused);
    given_lunch().when(record_lunch()).then_refused(refused);
    given_lunch().when(AmendExpense{.amount = money(1)}).then_refused(refused);
    given_lunch().when(VoidExpense{}).then_refused(refused);
    given({lunch, ExpenseVoided{}}).when(RestoreExpense{}).then_refused(refused);
}

TEST_F(TheExpense, folds_from_its_events) {
    Given<Expense, Event> given(
        {lunch,
         ExpenseAmended{.amount = Change<Money>{money(1250), money(1300)},
                        .spent_on = Change<Date>{lunch.spent_on, day("2026-11-19")},
                        .category = Change<std::optional<CategoryId>>{food, {}},
                        .member = Change<MemberId>{member, admin},
                        .tags = Change<std::vector<std::string>>{{}, {"x"}}},
         ExpenseVoided{}});
    const Expense& voided = given.state();
    EXPECT_EQ(voided.status, Status::voided);
    EXPECT_FALSE(voided.counts());
    EXPECT_EQ(voided.amount, money(1300));
    EXPECT_EQ(voided.spent_on, day("2026-11-19"));
    EXPECT_EQ(voided.category, std::nullopt);
    EXPECT_EQ(voided.member, admin);
    EXPECT_EQ(voided.merchant, "Cafe Central");
    EXPECT_EQ(voided.note, FreeText{"lunch"});
    EXPECT_EQ(voided.tags, std::vector<std::string>{"x"});
    EXPECT_EQ(voided.created_by, owner);
    EXPECT_EQ(voided.created_at, Instant{1});
    EXPECT_EQ(voided.updated_at, Instant{3});

    Expense restored = voided;
    evolve(restored, ExpenseRestored{}, meta_of(4, owner));
    EXPECT_TRUE(restored.counts());
    EXPECT_EQ(restored.updated_at, Instant{4});
}

}  // namespace
}  // namespace outlay::domain::expense
