// Promise: every request meets exactly one route or one clear problem; nobody without a key comes
// past the door; methods, media types and conditions are judged before a handler runs.
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/api_core_node.hpp"

namespace outlay::tests {
namespace {

using api::Method;

class Dispatching : public testing::Test {
protected:
    static void SetUpTestSuite() { api = std::make_unique<ApiNode>(); }
    static void TearDownTestSuite() { api.reset(); }
    static std::unique_ptr<ApiNode> api;
};
std::unique_ptr<ApiNode> Dispatching::api;

TEST_F(Dispatching, knows_no_other_paths) {
    for (const auto* const path :
         {"/", "/v1", "/v2/workspaces", "/v1/workspaces/", "/v1//workspaces", "/V1/workspaces"}) {
        const auto answer = api->get(path);
        EXPECT_EQ(answer.status(), 404) << path;
        EXPECT_EQ(answer.code(), "route_not_found") << path;
        EXPECT_EQ(answer.response.content_type, "application/problem+json");
    }
}

TEST_F(Dispatching, names_the_methods_of_a_path) {
    const auto answer = api->ask(api->owner_key(), Method::delete_, "/v1/workspaces");
    EXPECT_EQ(answer.status(), 405);
    EXPECT_EQ(answer.header("Allow"), "GET, HEAD, POST, OPTIONS");
    const auto item =
        api->ask(api->owner_key(), Method::put, "/v1/workspaces/ws_x/categories/cat_x");
    EXPECT_EQ(item.status(), 405);
    EXPECT_EQ(item.header("Allow"), "GET, HEAD, PATCH, OPTIONS");
    const auto action = api->get("/v1/workspaces/ws_x/archive");
    EXPECT_EQ(action.status(), 405);
    EXPECT_EQ(action.header("Allow"), "POST, OPTIONS");
}

TEST_F(Dispatching, answers_options_with_what_is_taken) {
    const auto answer = api->ask(api->owner_key(), Method::options, "/v1/workspaces/ws_x");
    EXPECT_EQ(answer.status(), 204);
    EXPECT_EQ(answer.header("Allow"), "GET, HEAD, PATCH, OPTIONS");
    EXPECT_EQ(answer.header("Accept-Patch"), "application/merge-patch+json, application/json");
    EXPECT_EQ(api->ask("", Method::options, "/v1/workspaces").status(), 401);
    const auto preflight =
        api->ask("", Method::options, "/v1/workspaces", "",
                 {{"Origin", "https://example.com"}, {"Access-Control-Request-Method", "POST"}});
    EXPECT_EQ(preflight.status(), 204);
    EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "");
}

TEST_F(Dispatching, answers_head_like_get) {
    const auto got = api->get("/v1/me");
    const auto head = api->ask(api->owner_key(), Method::head, "/v1/me");
    EXPECT_EQ(head.status(), 200);
    EXPECT_EQ(head.response.body, got.response.body);
}

TEST_F(Dispatching, asks_for_a_key) {
    const auto none = api->ask("", Method::get, "/v1/workspaces");
    EXPECT_EQ(none.status(), 401);
    EXPECT_EQ(none.code(), "unauthenticated");
    EXPECT_EQ(none.header("WWW-Authenticate"), "Bearer");
    const auto unknown = api->ask("olk_nobody", Method::get, "/v1/workspaces");
    EXPECT_EQ(unknown.status(), 401);
    EXPECT_TRUE(unknown.header("WWW-Authenticate").starts_with("Bearer"));
    const auto basic =
        api->ask("", Method::get, "/v1/workspaces", "", {{"Authorization", "Basic b3duZXI6"}});
    EXPECT_EQ(basic.status(), 401);
    const auto twice = api->ask(api->owner_key(), Method::get, "/v1/workspaces", "",
                                {{"Authorization", "Bearer " + api->owner_key()}});
    EXPECT_EQ(twice.status(), 401);
    const auto lower = api->ask("", Method::get, "/v1/workspaces", "",
                                {{"authorization", "bearer " + api->owner_key()}});
    EXPECT_EQ(lower.status(), 200);
}

TEST_F(Dispatching, shows_documents_to_everybody) {
    for (const auto* const path :
         {"/openapi.json", "/openapi.yaml", "/docs", "/docs/problems", "/docs/style.css"}) {
        const auto answer = api->ask("", Method::get, path);
        EXPECT_EQ(answer.status(), 200) << path;
        EXPECT_FALSE(answer.response.body.empty()) << path;
        EXPECT_EQ(answer.header("Cache-Control"), "public, no-cache") << path;
    }
}

TEST_F(Dispatching, keeps_answers_out_of_caches) {
    EXPECT_EQ(api->get("/v1/me").header("Cache-Control"), "no-store");
    EXPECT_EQ(api->get("/v1/workspaces/ws_x").header("Cache-Control"), "no-store");
}

TEST_F(Dispatching, takes_declared_query_parameters_only) {
    const std::string body = R"({"name":"A","base_currency":"EUR","time_zone":"UTC"})";
    for (const auto& answer : {api->get("/v1/me?limit=1"), api->get("/v1/workspaces?limt=1"),
                               api->post("/v1/workspaces?dry_run=true", body)}) {
        EXPECT_EQ(answer.status(), 400);
        EXPECT_EQ(answer.code(), "malformed_parameter");
    }
    EXPECT_EQ(api->ask("", Method::get, "/v1/me?limit=1").status(), 401);
    EXPECT_EQ(api->get("/v1/workspaces?limit=1").status(), 200);
}

TEST_F(Dispatching, tells_malformed_json_from_json_that_cannot_be_kept) {
    EXPECT_EQ(api->post("/v1/workspaces", R"({"name":"\u00"})").code(), "malformed_json");
    const auto zero = api->post("/v1/workspaces", R"({"name":"\u0000"})");
    EXPECT_EQ(zero.status(), 422);
    EXPECT_EQ(zero.code(), "validation_failed");
}

TEST_F(Dispatching, takes_declared_media_types_only) {
    const std::string body = R"({"name":"A","base_currency":"EUR","time_zone":"UTC"})";
    const auto text = api->post("/v1/workspaces", body, {{"Content-Type", "text/plain"}});
    EXPECT_EQ(text.status(), 415);
    EXPECT_EQ(text.header("Accept-Post"), "application/json");
    EXPECT_EQ(text.header("Accept-Encoding"), "");
    EXPECT_EQ(
        api->post("/v1/workspaces", body, {{"Content-Type", "application/json; charset=latin1"}})
            .status(),
        415);
    const auto coded = api->post("/v1/workspaces", body, {{"Content-Encoding", "gzip"}});
    EXPECT_EQ(coded.status(), 415);
    EXPECT_EQ(coded.header("Accept-Encoding"), "identity");
    EXPECT_EQ(
        api->post("/v1/workspaces", body, {{"Content-Type", "APPLICATION/JSON;charset=UTF-8"}})
            .status(),
        201);
}

TEST_F(Dispatching, offers_json_only) {
    EXPECT_EQ(api->get("/v1/me", {{"Accept", "text/html"}}).status(), 406);
    EXPECT_EQ(api->get("/v1/me", {{"Accept", "*/*"}}).status(), 200);
    EXPECT_EQ(api->get("/v1/me", {{"Accept", "application/json;q=0"}}).status(), 406);
    EXPECT_EQ(api->get("/v1/me", {{"Accept", ";;;"}}).status(), 200);
}

TEST_F(Dispatching, answers_304_for_a_known_version) {
    const auto workspace = api->workspace();
    const auto got = api->get(workspace);
    EXPECT_EQ(got.header("ETag"), "\"v1\"");
    for (const auto* const known : {"\"v1\"", "W/\"v1\"", "\"v0\", \"v1\"", "*"}) {
        const auto again = api->get(workspace, {{"If-None-Match", known}});
        EXPECT_EQ(again.status(), 304) << known;
        EXPECT_EQ(again.response.body, "");
        EXPECT_EQ(again.header("ETag"), "\"v1\"");
        EXPECT_EQ(again.header("Cache-Control"), "no-store");
    }
    EXPECT_EQ(api->get(workspace, {{"If-None-Match", "\"v2\""}}).status(), 200);
}

TEST(RouteTable, prefers_literal_segments) {
    const api::RouteTable table(api::every_route());
    const auto* const bulk = table.match({"v1", "workspaces", "ws_x", "expenses", "bulk"});
    ASSERT_NE(bulk, nullptr);
    EXPECT_EQ(bulk->segments.back(), "bulk");
    const auto* const item = table.match({"v1", "workspaces", "ws_x", "expenses", "exp_x"});
    ASSERT_NE(item, nullptr);
    EXPECT_EQ(
        api::parameters_of(*item, {"v1", "workspaces", "ws_x", "expenses", "exp_x"}).at("{id}"),
        "exp_x");
}

TEST(RouteTable, names_every_operation_once) {
    std::set<std::string_view> names;
    for (const auto table : api::every_route()) {
        for (const auto& route : table) {
            EXPECT_TRUE(names.insert(route.operation_id).second) << route.operation_id;
            EXPECT_TRUE(route.pattern.starts_with("/")) << route.pattern;
            EXPECT_EQ(route.consumes.empty(), route.body == api::BodyMode::none)
                << route.operation_id;
        }
    }
}

}  // namespace
}  // namespace outlay::tests
