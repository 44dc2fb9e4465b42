// Promise: the category tree never has a cycle, a ninth level or twins among siblings, whatever is
// asked of it.
#include "domain/categories/decide.hpp"

#include "tests/domain/decider_spec.hpp"

namespace outlay::domain::categories {
namespace {

using namespace spec;

const CategoryId food = id<CategoryId>(1);
const CategoryId fruit = id<CategoryId>(2);
const CategoryId apples = id<CategoryId>(3);
const CategoryId travel = id<CategoryId>(4);
const CategoryId unknown = id<CategoryId>(99);
const CategoryId created = derived<CategoryId>(0);

// Food > Fruit > Apples; Travel
const std::vector<Event> tree_events{
    CategoryCreated{food, "Food", std::nullopt}, CategoryCreated{fruit, "Fruit", food},
    CategoryCreated{apples, "Apples", fruit}, CategoryCreated{travel, "Travel", std::nullopt}};

Given<Tree, Event> given_tree(const std::vector<Event>& more = {}) {
    std::vector<Event> events = tree_events;
    events.insert(events.end(), more.begin(), more.end());
    return Given<Tree, Event>(events);
}

// A line of categories, each below the one before: numbers first, first + 1, ...
std::vector<Event> line(std::uint32_t first, std::uint32_t length) {
    std::vector<Event> events;
    std::optional<CategoryId> above;
    for (std::uint32_t number = first; number < first + length; ++number) {
        const auto category = id<CategoryId>(number);
        events.emplace_back(CategoryCreated{category, "Level " + std::to_string(number), above});
        above = category;
    }
    return events;
}

TEST(CreatingACategory, places_it_in_the_tree) {
    given_tree()
        .when(CreateCategory{"Rent", std::nullopt})
        .then({CategoryCreated{created, "Rent", std::nullopt}});
    given_tree()
        .when(CreateCategory{"Bread", food})
        .then({CategoryCreated{created, "Bread", food}});
}

TEST(CreatingACategory, checks_name_and_parent) {
    given_tree().when(CreateCategory{"", food}).then_invalid({"/name"});
    given_tree().when(CreateCategory{"a\tb", food}).then_invalid({"/name"});
    given_tree().when(CreateCategory{std::string(101, 'x'), food}).then_invalid({"/name"});
    given_tree()
        .when(CreateCategory{"Rent", unknown})
        .then_refused_at(RefusalCode::category_unknown, {"/parent"});
    given_tree({CategoryArchived{travel}})
        .when(CreateCategory{"Trains", travel})
        .then_refused_at(RefusalCode::category_archived, {"/parent"});
}

TEST(CreatingACategory, refuses_a_name_that_a_sibling_has_in_any_spelling) {
    for (const char* twin : {"Food", "food", "FOOD", "  food ", "f\u014fod"}) {
        const bool same = std::string_view(twin) != "f\u014fod";
        const auto outcome = given_tree().when(CreateCategory{twin, std::nullopt});
        if (same) {
            outcome.then_refused_at(RefusalCode::name_taken, {"/name"});
        } else {
            outcome.then({CategoryCreated{created, twin, std::nullopt}});
        }
    }
    given_tree()
        .when(CreateCategory{"Food", travel})
        .then({CategoryCreated{created, "Food", travel}});
}

TEST(CreatingACategory, leaves_the_name_of_an_archived_sibling_taken) {
    given_tree({CategoryArchived{travel}})
        .when(CreateCategory{"travel", std::nullopt})
        .then_refused(RefusalCode::name_taken);
}

TEST(CreatingACategory, stops_at_eight_levels) {
    Given<Tree, Event>(line(1, 7))
        .when(CreateCategory{"Eighth", id<CategoryId>(7)})
        .then({CategoryCreated{created, "Eighth", id<CategoryId>(7)}});
    Given<Tree, Event>(line(1, 8))
        .when(CreateCategory{"Ninth", id<CategoryId>(8)})
        .then_refused_at(RefusalCode::category_too_deep, {"/parent"});
}

TEST(CreatingACategory, stops_at_the_bound_of_the_tree) {
    std::vector<Event> events;
    for (std::uint32_t number = 1; number <= categories_max; ++number) {
        events.emplace_back(
            CategoryCreated{id<CategoryId>(number), std::to_string(number), std::nullopt});
    }
    Given<Tree, Event>(events)
        .when(CreateCategory{"More", std::nullopt})
        .then_refused(RefusalCode::limit_reached);
}

TEST(CreatingACategory, twice_with_one_id_is_refused) {
    given_tree({CategoryCreated{created, "Rent", std::nullopt}})
        .when(CreateCategory{"Other", std::nullopt})
        .then_refused(RefusalCode::already_exists);
}

TEST(RenamingACategory, changes_its_name_only) {
    given_tree().when(RenameCategory{fruit, "Fruits"}).then({CategoryRenamed{fruit, "Fruits"}});
    given_tree().when(RenameCategory{fruit, "FRUIT"}).then({CategoryRenamed{fruit, "FRUIT"}});
    given_tree().when(RenameCategory{fruit, "Fruit"}).then_nothing();
}

TEST(RenamingACategory, obeys_the_rules) {
    given_tree().when(RenameCategory{unknown, "Fruits"}).then_refused(RefusalCode::not_found);
    given_tree().when(RenameCategory{travel, "\u00a0"}).then_invalid({"/name"});
    given_tree()
        .when(RenameCategory{travel, "food"})
        .then_refused_at(RefusalCode::name_taken, {"/name"});
    given_tree({CategoryArchived{travel}})
        .when(RenameCategory{travel, "Journeys"})
        .then_refused(RefusalCode::state_conflict);
}

TEST(RenamingACategory, frees_the_old_name) {
    given_tree({CategoryRenamed{travel, "Journeys"}})
        .when(CreateCategory{"Travel", std::nullopt})
        .then({CategoryCreated{created, "Travel", std::nullopt}});
}

TEST(MovingACategory, says_the_local_day) {
    given_tree().when(MoveCategory{fruit, travel}).then({CategoryMoved{fruit, travel, today}});
    given_tree()
        .when(MoveCategory{fruit, std::nullopt})
        .then({CategoryMoved{fruit, std::nullopt, today}});
    given_tree().when(MoveCategory{fruit, food}).then_nothing();
    given_tree().when(MoveCategory{food, std::nullopt}).then_nothing();
}

TEST(MovingACategory, never_makes_a_cycle) {
    const auto refused = RefusalCode::category_cycle;
    given_tree().when(MoveCategory{food, food}).then_refused_at(refused, {"/parent"});
    given_tree().when(MoveCategory{food, fruit}).then_refused_at(refused, {"/parent"});
    given_tree().when(MoveCategory{food, apples}).then_refused_at(refused, {"/parent"});
}

TEST(MovingACategory, obeys_the_rules) {
    given_tree().when(MoveCategory{unknown, food}).then_refused(RefusalCode::not_found);
    given_tree().when(MoveCategory{fruit, unknown}).then_refused(RefusalCode::category_unknown);
    given_tree({CategoryArchived{travel}})
        .when(MoveCategory{fruit, travel})
        .then_refused(RefusalCode::category_archived);
    given_tree({CategoryArchived{apples}})
        .when(MoveCategory{apples, travel})
        .then_refused(RefusalCode::state_conflict);
    given_tree({CategoryCreated{id<CategoryId>(5), "fruit", travel}})
        .when(MoveCategory{fruit, travel})
        .then_refused_at(RefusalCode::name_taken, {"/name"});
}

TEST(MovingACategory, counts_the_levels_below_it) {
    std::vector<Event> events = tree_events;
    for (const Event& event : line(10, 6)) events.push_back(event);
    const Given<Tree, Event> given(events);
    // Fruit and Apples fill two levels: below level 6 they fit, and with one more level they would
    // not.
    given.when(MoveCategory{fruit, id<CategoryId>(15)})
        .then({CategoryMoved{fruit, id<CategoryId>(15), today}});
    given.when(MoveCategory{food, id<CategoryId>(15)})
        .then_refused_at(RefusalCode::category_too_deep, {"/parent"});
}

TEST(EditingACategory, renames_and_moves_in_one_go) {
    given_tree()
        .when(EditCategory{fruit, "Snacks", std::optional<CategoryId>{travel}})
        .then({CategoryRenamed{fruit, "Snacks"}, CategoryMoved{fruit, travel, today}});
    given_tree()
        .when(EditCategory{fruit, std::nullopt, std::optional<CategoryId>{}})
        .then({CategoryMoved{fruit, std::nullopt, today}});
    given_tree().when(EditCategory{fruit, "Fruit", std::optional<CategoryId>{food}}).then_nothing();
    given_tree().when(EditCategory{fruit, {}, {}}).then_nothing();
}

TEST(EditingACategory, judges_the_name_at_its_new_place_only) {
    const CategoryId bread = id<CategoryId>(5);
    const CategoryId snacks = id<CategoryId>(6);
    const std::vector<Event> siblings{CategoryCreated{bread, "Bread", food},
                                      CategoryCreated{snacks, "Fruit", travel}};
    // "Bread" is taken below Food, and "Fruit" below Travel: neither matters for "Bread" below
    // Travel.
    const auto given = given_tree(siblings);
    const EditCategory edit{fruit, "Bread", std::optional<CategoryId>{travel}};
    given.when(edit).then({CategoryRenamed{fruit, "Bread"}, CategoryMoved{fruit, travel, today}});

    std::vector<Event> events = siblings;
    events.emplace_back(CategoryRenamed{fruit, "Bread"});
    events.emplace_back(CategoryMoved{fruit, travel, today});
    const auto edited = given_tree(events);
    edited.when(CreateCategory{"bread", food}).then_refused(RefusalCode::name_taken);
    edited.when(CreateCategory{"bread", travel}).then_refused(RefusalCode::name_taken);
    edited.when(CreateCategory{"fruit", travel}).then_refused(RefusalCode::name_taken);
    edited.when(CreateCategory{"fruit", food}).then({CategoryCreated{created, "fruit", food}});
}

TEST(ArchivingACategory, goes_from_the_leaves_up) {
    given_tree().when(ArchiveCategory{apples}).then({CategoryArchived{apples}});
    given_tree().when(ArchiveCategory{fruit}).then_refused(RefusalCode::state_conflict);
    given_tree({CategoryArchived{apples}})
        .when(ArchiveCategory{fruit})
        .then({CategoryArchived{fruit}});
    given_tree({CategoryArchived{apples}}).when(ArchiveCategory{apples}).then_nothing();
    given_tree().when(ArchiveCategory{unknown}).then_refused(RefusalCode::not_found);
}

TEST(RestoringACategory, goes_from_the_root_down) {
    const std::vector<Event> both{CategoryArchived{apples}, CategoryArchived{fruit}};
    given_tree(both).when(RestoreCategory{fruit}).then({CategoryRestored{fruit}});
    given_tree(both).when(RestoreCategory{apples}).then_refused(RefusalCode::category_archived);
    given_tree().when(RestoreCategory{apples}).then_nothing();
    given_tree().when(RestoreCategory{unknown}).then_refused(RefusalCode::not_found);
}

TEST(TheTree, is_walked_up_and_down) {
    const Tree tree = given_tree().state();
    EXPECT_EQ(tree.subtree(food), (std::vector<CategoryId>{food, fruit, apples}));
    EXPECT_EQ(tree.subtree(travel), std::vector<CategoryId>{travel});
    EXPECT_TRUE(tree.subtree(unknown).empty());
    EXPECT_TRUE(tree.within(apples, food));
    EXPECT_TRUE(tree.within(food, food));
    EXPECT_FALSE(tree.within(food, apples));
    EXPECT_FALSE(tree.within(unknown, unknown));
    EXPECT_EQ(tree.depth(food), 1);
    EXPECT_EQ(tree.depth(apples), 3);
    EXPECT_EQ(tree.depth(unknown), 0);
}

TEST(TheTree, remembers_when_a_category_changed) {
    const Tree tree = given_tree({CategoryArchived{travel}, CategoryRestored{travel}}).state();
    EXPECT_EQ(tree.find(travel)->created_at, Instant{4});
    EXPECT_EQ(tree.find(travel)->updated_at, Instant{6});
    EXPECT_EQ(tree.find(travel)->version, 6U);
    EXPECT_FALSE(tree.find(travel)->archived);
    EXPECT_EQ(tree.find(food)->updated_at, Instant{1});
    EXPECT_EQ(tree.find(food)->version, 1U);
}

TEST(TheTree, is_the_same_by_whatever_way_it_came_about) {
    const Tree direct = given_tree().state();
    const Tree detour =
        given_tree({CategoryMoved{fruit, travel, today}, CategoryRenamed{fruit, "Nuts"},
                    CategoryMoved{fruit, food, today}, CategoryRenamed{fruit, "Fruit"}})
            .state();
    EXPECT_EQ(direct.names, detour.names);
    EXPECT_EQ(direct.children, detour.children);
}

}  // namespace
}  // namespace outlay::domain::categories
