// Promise: the tree is edited one category at a time: its versions, conditions and replays concern
// that category alone, and lists read like a tree.
#include <gtest/gtest.h>

#include "tests/unit/api_core_node.hpp"

namespace outlay::tests {
namespace {

using api::Method;
using Lines = std::vector<std::string>;

class Categories : public testing::Test {
protected:
    ApiNode api;
    std::string workspace = api.workspace();
    std::string categories = workspace + "/categories";

    Answered make(const std::string& name, const std::string& parent = {},
                  const Fields& headers = {}) {
        const auto json = parent.empty() ? std::string("null") : "\"" + parent + "\"";
        return api.post(categories, R"({"name":")" + name + R"(","parent":)" + json + "}", headers);
    }
};

TEST_F(Categories, are_made_and_read_alike) {
    const auto food = make("Food");
    ASSERT_EQ(food.status(), 201) << food.response.body;
    EXPECT_EQ(food.text("parent"), "null");
    EXPECT_EQ(food.header("Location"), categories + "/" + food.text("id"));
    const auto read = api.get(food.header("Location"));
    EXPECT_EQ(read.response.body, food.response.body);
    EXPECT_EQ(read.header("ETag"), food.header("ETag"));
    EXPECT_EQ(make("FOOD").code(), "name_taken");
    EXPECT_EQ(make("Bread", "cat_01h455vb4pex5vsknk084sn02q").code(), "category_unknown");
}

TEST_F(Categories, are_listed_in_tree_order) {
    const auto travel = make("travel").text("id");
    const auto food = make("Food").text("id");
    (void)make("Trains", travel);
    (void)make("Bread", food);
    const auto bakery = make("apples", food).text("id");
    (void)make("Green", bakery);
    EXPECT_EQ(api.get(categories).data("name"),
              (Lines{"Food", "apples", "Green", "Bread", "travel", "Trains"}));
}

TEST_F(Categories, are_hidden_once_archived) {
    const auto food = make("Food").text("id");
    const auto bread = make("Bread", food).text("id");
    EXPECT_EQ(api.post(categories + "/" + food + "/archive").code(), "state_conflict");
    EXPECT_EQ(api.post(categories + "/" + bread + "/archive").text("archived"), "true");
    EXPECT_EQ(api.get(categories).data("name"), (Lines{"Food"}));
    EXPECT_EQ(api.get(categories + "?archived=true").data("name"), (Lines{"Bread"}));
    EXPECT_EQ(api.get(categories + "?archived=any").data("name"), (Lines{"Food", "Bread"}));
    EXPECT_EQ(api.get(categories + "?archived=maybe").status(), 400);
    EXPECT_EQ(api.post(categories + "/" + bread + "/restore").text("archived"), "false");
}

TEST_F(Categories, have_versions_of_their_own) {
    const auto food = make("Food");
    const auto travel = make("Travel");
    const auto path = food.header("Location");
    ASSERT_EQ(api.patch(travel.header("Location"), R"({"name":"Trips"})").status(), 200);
    EXPECT_EQ(api.get(path).header("ETag"), food.header("ETag"));
    const auto renamed =
        api.patch(path, R"({"name":"Groceries"})", {{"If-Match", food.header("ETag")}});
    EXPECT_EQ(renamed.status(), 200) << renamed.response.body;
    EXPECT_EQ(api.get(path).response.body, renamed.response.body);
    const auto late = api.patch(path, R"({"name":"Late"})", {{"If-Match", food.header("ETag")}});
    EXPECT_EQ(late.status(), 412);
    EXPECT_EQ(late.header("ETag"), renamed.header("ETag"));
}

TEST_F(Categories, move_with_what_lies_below) {
    const auto food = make("Food").text("id");
    const auto bread = make("Bread", food);
    const auto rye = make("Rye", bread.text("id"));
    const auto moved = api.patch(bread.header("Location"), R"({"parent":null,"name":"Bakery"})");
    EXPECT_EQ(moved.text("parent"), "null");
    EXPECT_EQ(moved.text("name"), "Bakery");
    EXPECT_EQ(moved.response.body, api.get(bread.header("Location")).response.body);
    EXPECT_EQ(api.patch(bread.header("Location"), R"({"parent":")" + rye.text("id") + "\"}").code(),
              "category_cycle");
    EXPECT_EQ(api.get(categories).data("name"), (Lines{"Bakery", "Rye", "Food"}));
}

TEST_F(Categories, replay_what_a_key_made_as_it_was_then) {
    const auto food = make("Food", {}, {{"Idempotency-Key", "food"}});
    ASSERT_EQ(api.patch(food.header("Location"), R"({"name":"Groceries"})").status(), 200);
    const auto again = make("Food", {}, {{"Idempotency-Key", "food"}});
    EXPECT_EQ(again.status(), 201);
    EXPECT_EQ(again.response.body, food.response.body);
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
}

TEST_F(Categories, are_edited_by_members_not_by_viewers) {
    const auto viewer = api.person(workspace, "viewer");
    const auto member = api.person(workspace, "member");
    EXPECT_EQ(api.ask(viewer, Method::post, categories, R"({"name":"Food"})").status(), 403);
    EXPECT_EQ(api.ask(viewer, Method::get, categories).status(), 200);
    EXPECT_EQ(api.ask(member, Method::post, categories, R"({"name":"Food"})").status(), 201);
}

TEST_F(Categories, answer_404_for_what_is_not_there) {
    const auto none = categories + "/cat_01h455vb4pex5vsknk084sn02q";
    EXPECT_EQ(api.get(none).status(), 404);
    EXPECT_EQ(api.patch(none, R"({"name":"X"})").status(), 404);
    EXPECT_EQ(api.patch(none, R"({"name":"X"})", {{"If-Match", "\"v1\""}}).status(), 404);
    EXPECT_EQ(api.get(categories + "/exp_01h455vb4pex5vsknk084sn02q").status(), 404);
}

}  // namespace
}  // namespace outlay::tests
