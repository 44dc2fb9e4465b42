// Promise: a command is answered with the resource as the command left it; keys, conditions,
// preferences and tokens mean what the documentation says; an outsider cannot tell a workspace from
// none.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"

namespace outlay::tests {
namespace {

using api::Method;

constexpr const char* home = R"({"name":"Home","base_currency":"EUR","time_zone":"Europe/Berlin"})";

class Workspaces : public testing::Test {
protected:
    ApiNode api;
};

TEST_F(Workspaces, are_created_and_read) {
    const auto made = api.post("/v1/workspaces", home);
    ASSERT_EQ(made.status(), 201) << made.response.body;
    EXPECT_EQ(made.text("object"), "workspace");
    EXPECT_EQ(made.text("role"), "owner");
    EXPECT_EQ(made.text("version"), "1");
    EXPECT_EQ(made.text("closed_through"), "null");
    EXPECT_EQ(made.header("ETag"), "\"v1\"");
    EXPECT_EQ(made.header("Location"), "/v1/workspaces/" + made.text("id"));
    const auto token = made.header("Consistency-Token");
    ASSERT_FALSE(token.empty());
    const auto read = api.get(made.header("Location"), {{"Consistency-Token", token}});
    EXPECT_EQ(read.status(), 200);
    EXPECT_EQ(read.response.body, made.response.body);
    const auto list = api.get("/v1/workspaces");
    EXPECT_EQ(list.data("id"), std::vector<std::string>{made.text("id")});
    EXPECT_EQ(list.text("has_more"), "false");
}

TEST_F(Workspaces, are_listed_page_by_page) {
    std::vector<std::string> made;
    for (int i = 0; i < 5; ++i) made.push_back(api.workspace().substr(15));
    std::ranges::sort(made);
    std::vector<std::string> seen;
    std::string target = "/v1/workspaces?limit=2";
    for (;;) {
        const auto page = api.get(target);
        ASSERT_EQ(page.status(), 200) << page.response.body;
        for (const auto& id : page.data("id")) seen.push_back(id);
        if (page.text("has_more") == "false") break;
        target = "/v1/workspaces?limit=2&cursor=" + page.text("next_cursor");
    }
    EXPECT_EQ(seen, made);
    EXPECT_EQ(api.get("/v1/workspaces?limit=0").status(), 400);
    EXPECT_EQ(api.get("/v1/workspaces?name=x").status(), 400);
    EXPECT_EQ(api.get("/v1/workspaces?cursor=xyz").code(), "cursor_invalid");
}

TEST_F(Workspaces, name_every_fault_of_a_body) {
    const auto answer =
        api.post("/v1/workspaces",
                 R"({"name":5,"base_currency":"XXX","time_zone":"Mars/Base","color":"red"})");
    EXPECT_EQ(answer.status(), 422);
    EXPECT_EQ(answer.code(), "validation_failed");
    const auto errors = answer.text("errors");
    for (const auto* const pointer :
         {"\"/name\"", "\"/base_currency\"", "\"/time_zone\"", "\"/color\""}) {
        EXPECT_NE(errors.find(pointer), std::string::npos) << pointer << " in " << errors;
    }
    EXPECT_EQ(api.post("/v1/workspaces", "{\"name\":").code(), "malformed_json");
    EXPECT_EQ(api.post("/v1/workspaces", "[]").status(), 422);
    EXPECT_EQ(api.get("/v1/workspaces").data("id").size(), 0U);
}

TEST_F(Workspaces, apply_a_key_once) {
    const Fields key{{"Idempotency-Key", "home-1"}};
    const auto first = api.post("/v1/workspaces", home, key);
    const auto again =
        api.post("/v1/workspaces",
                 R"({ "time_zone":"Europe/Berlin", "base_currency":"EUR", "name":"Home" })",
                 {{"Idempotency-Key", "\"home-1\""}});
    ASSERT_EQ(first.status(), 201);
    EXPECT_EQ(again.status(), 201);
    EXPECT_EQ(again.response.body, first.response.body);
    EXPECT_EQ(again.header("Location"), first.header("Location"));
    EXPECT_EQ(again.header("ETag"), first.header("ETag"));
    EXPECT_EQ(first.header("Idempotent-Replayed"), "");
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
    const auto other = api.post("/v1/workspaces",
                                R"({"name":"Other","base_currency":"EUR","time_zone":"UTC"})", key);
    EXPECT_EQ(other.status(), 422);
    EXPECT_EQ(other.code(), "idempotency_key_reused");
    EXPECT_EQ(api.post("/v1/workspaces", home, {{"Idempotency-Key", "a b"}}).code(),
              "idempotency_key_invalid");
    EXPECT_EQ(api.get("/v1/workspaces").data("id").size(), 1U);
}

TEST_F(Workspaces, change_only_at_the_expected_version) {
    const auto workspace = api.workspace();
    const auto renamed = api.patch(workspace, R"({"name":"Our home"})", {{"If-Match", "\"v1\""}});
    EXPECT_EQ(renamed.status(), 200);
    EXPECT_EQ(renamed.text("name"), "Our home");
    EXPECT_EQ(renamed.header("ETag"), "\"v2\"");
    const auto late = api.patch(workspace, R"({"name":"Late"})", {{"If-Match", "\"v1\""}});
    EXPECT_EQ(late.status(), 412);
    EXPECT_EQ(late.header("ETag"), "\"v2\"");
    EXPECT_EQ(late.text("current_etag"), "\"v2\"");
    EXPECT_EQ(api.patch(workspace, R"({"name":"Weak"})", {{"If-Match", "W/\"v2\""}}).status(), 412);
    EXPECT_EQ(api.patch(workspace, R"({"name":"Odd"})", {{"If-Match", "\"other\""}}).status(), 412);
    EXPECT_EQ(api.patch(workspace, R"({"name":"Bad"})", {{"If-Match", "v2"}}).status(), 400);
    EXPECT_EQ(
        api.patch(workspace, R"({"name":"Listed"})", {{"If-Match", "\"v1\", \"v2\""}}).status(),
        200);
    EXPECT_EQ(api.patch(workspace, R"({"name":"Any"})", {{"If-Match", "*"}}).status(), 200);
    EXPECT_EQ(api.get(workspace).text("name"), "Any");
}

TEST_F(Workspaces, stay_as_they_are_when_nothing_changes) {
    const auto workspace = api.workspace();
    const auto same = api.patch(workspace, R"({"name":"Home"})");
    EXPECT_EQ(same.status(), 200);
    EXPECT_EQ(same.header("ETag"), "\"v1\"");
    const auto keyed = api.patch(workspace, "{}", {{"Idempotency-Key", "nothing"}});
    EXPECT_EQ(keyed.status(), 200);
    EXPECT_EQ(keyed.header("ETag"), "\"v1\"");
    EXPECT_EQ(
        api.patch(workspace, "{}", {{"Idempotency-Key", "nothing"}}).header("Idempotent-Replayed"),
        "true");
}

TEST_F(Workspaces, close_and_reopen_periods) {
    const auto workspace = api.workspace();
    const auto closed = api.post(workspace + "/close_period", R"({"through":"2026-10-31"})");
    EXPECT_EQ(closed.status(), 200);
    EXPECT_EQ(closed.text("closed_through"), "2026-10-31");
    EXPECT_EQ(api.get(workspace).response.body, closed.response.body);
    EXPECT_EQ(api.post(workspace + "/reopen_period", R"({"reason":"x"})").status(), 422);
    const auto open =
        api.post(workspace + "/reopen_period", R"({"through":null,"reason":"late receipt"})");
    EXPECT_EQ(open.status(), 200);
    EXPECT_EQ(open.text("closed_through"), "null");
}

TEST_F(Workspaces, are_archived_and_restored) {
    const auto workspace = api.workspace();
    EXPECT_EQ(api.post(workspace + "/archive").text("archived"), "true");
    const auto refused = api.patch(workspace, R"({"name":"X"})");
    EXPECT_EQ(refused.status(), 409);
    EXPECT_EQ(refused.code(), "workspace_archived");
    EXPECT_EQ(api.get(workspace).status(), 200);
    EXPECT_EQ(api.post(workspace + "/restore").text("archived"), "false");
}

TEST_F(Workspaces, look_to_outsiders_like_none) {
    const auto mine = api.workspace();
    const auto theirs = api.workspace();
    const auto stranger = api.person(theirs, "admin");
    const std::string none = "/v1/workspaces/ws_01h455vb4pex5vsknk084sn02q";
    for (const auto& path : {mine, none}) {
        EXPECT_EQ(api.ask(stranger, Method::get, path).status(), 404) << path;
        EXPECT_EQ(api.ask(stranger, Method::patch, path, R"({"name":"X"})").status(), 404) << path;
        EXPECT_EQ(api.ask(stranger, Method::get, path + "/categories").status(), 404) << path;
        EXPECT_EQ(api.ask(stranger, Method::post, path + "/members",
                          R"({"name":"N","email":"n@example.com","role":"owner"})")
                      .status(),
                  404)
            << path;
    }
    const auto read_mine = api.ask(stranger, Method::get, mine).response.body;
    EXPECT_EQ(read_mine, api.ask(stranger, Method::get, none).response.body);
    EXPECT_EQ(api.ask(stranger, Method::get, "/v1/workspaces/exp_x").status(), 404);
    EXPECT_EQ(api.ask(stranger, Method::get, "/v1/workspaces").data("id"),
              std::vector<std::string>{theirs.substr(15)});
}

TEST_F(Workspaces, answer_with_an_operation_that_tells_the_outcome) {
    const auto pending = api.post("/v1/workspaces", home, {{"Prefer", "respond-async"}});
    ASSERT_EQ(pending.status(), 202);
    EXPECT_EQ(pending.text("object"), "operation");
    EXPECT_EQ(pending.text("state"), "pending");
    EXPECT_EQ(pending.header("Retry-After"), "1");
    EXPECT_EQ(pending.header("Preference-Applied"), "respond-async");
    EXPECT_LE(pending.text("id").size(), 64U);
    const auto location = pending.header("Location");
    ASSERT_TRUE(location.ends_with("/operations/" + pending.text("id")));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    auto outcome = api.get(location);
    while (outcome.text("state") == "pending" && std::chrono::steady_clock::now() < deadline)
        outcome = api.get(location);
    ASSERT_EQ(outcome.text("state"), "applied") << outcome.response.body;
    EXPECT_EQ(outcome.text("resource.object"), "workspace");
    EXPECT_EQ(outcome.text("problem"), "null");
    const auto workspace = "/v1/workspaces/" + outcome.text("resource.id");
    EXPECT_EQ(api.get(workspace, {{"Consistency-Token", outcome.header("Consistency-Token")}})
                  .response.body,
              outcome.text("resource"));
    const auto other = api.workspace();
    EXPECT_EQ(api.get(other + "/operations/" + pending.text("id")).status(), 404);
    EXPECT_EQ(api.ask(api.person(other, "owner"), Method::get, location).status(), 404);
}

TEST_F(Workspaces, refuse_tokens_that_are_not_theirs) {
    const auto workspace = api.workspace();
    const auto malformed = api.get(workspace, {{"Consistency-Token", "nonsense"}});
    EXPECT_EQ(malformed.status(), 400);
    EXPECT_EQ(malformed.code(), "malformed_parameter");
    api::Node& node = api.node();
    const auto real = node.submit.journal_identity;
    node.submit.journal_identity = "another-journal";
    const auto foreign = api::position_token(node, {0, 1});
    node.submit.journal_identity = real;
    const auto refused = api.get(workspace, {{"Consistency-Token", foreign}});
    EXPECT_EQ(refused.status(), 410);
    EXPECT_EQ(refused.code(), "token_foreign");
    const auto ahead = api::position_token(node, {0, 1'000'000});
    const auto lagging = api.get(workspace, {{"Consistency-Token", ahead}, {"Prefer", "wait=1"}});
    EXPECT_EQ(lagging.status(), 503);
    EXPECT_EQ(lagging.code(), "projection_lag");
    EXPECT_EQ(lagging.header("Retry-After"), "1");
}

// PostgreSQL may come back from a crash a little behind what it showed.
TEST_F(Workspaces, are_not_shown_below_the_token_when_the_store_went_back) {
    const auto made = api.post("/v1/workspaces", home);
    const auto token = made.header("Consistency-Token");
    const auto location = made.header("Location");
    ASSERT_EQ(api.get(location, {{"Consistency-Token", token}}).status(), 200);
    ASSERT_TRUE(change(api.store(), "UPDATE read.checkpoints SET next_offset = 1").ok());
    const auto behind = api.get(location, {{"Consistency-Token", token}, {"Prefer", "wait=1"}});
    EXPECT_EQ(behind.status(), 503);
    EXPECT_EQ(behind.code(), "projection_lag");
    const auto refused = api.patch(location, R"({"name":"Cabin"})",
                                   {{"Consistency-Token", token}, {"Prefer", "wait=1"}});
    EXPECT_EQ(refused.status(), 503);
    EXPECT_EQ(refused.code(), "projection_lag");
}

}  // namespace
}  // namespace outlay::tests
