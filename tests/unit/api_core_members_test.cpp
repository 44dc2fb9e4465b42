// Promise: roles and keys decide what a caller may do, at once after they change; secrets are shown
// once per command; nobody is stored for a caller who may not add anybody.
#include <gtest/gtest.h>

#include "tests/unit/api_core_node.hpp"

namespace outlay::tests {
namespace {

using api::Method;

class Members : public testing::Test {
protected:
    ApiNode api;
    std::string workspace = api.workspace();

    Answered add(const std::string& body, const Fields& headers = {}) {
        return api.post(workspace + "/members", body, headers);
    }
    Answered new_account(const std::string& role = "member") {
        return api.post(workspace + "/service_accounts",
                        R"({"name":"bot","role":")" + role + "\"}");
    }
};

TEST_F(Members, come_in_with_a_key_of_their_own) {
    const auto added = add(R"({"name":"Ada","email":"ada@example.com","role":"viewer"})",
                           {{"Idempotency-Key", "ada"}});
    ASSERT_EQ(added.status(), 201) << added.response.body;
    EXPECT_EQ(added.text("object"), "member");
    EXPECT_EQ(added.text("name"), "Ada");
    const auto key = added.text("key");
    const auto read = api.ask(key, Method::get, added.header("Location"));
    ASSERT_EQ(read.status(), 200);
    EXPECT_EQ(read.text("email"), "ada@example.com");
    EXPECT_EQ(read.text("key"), "");
    EXPECT_EQ(read.header("ETag"), added.header("ETag"));
    EXPECT_EQ(api.ask(key, Method::get, "/v1/me").text("id"), added.text("user"));
    const auto again = add(R"({"name":"Ada","email":"ada@example.com","role":"viewer"})",
                           {{"Idempotency-Key", "ada"}});
    EXPECT_EQ(again.response.body, added.response.body);
    EXPECT_EQ(api.get(workspace + "/members").data("id").size(), 2U);
}

TEST_F(Members, come_in_by_user_id) {
    const auto user = api.post("/v1/users", R"({"name":"Bob","email":"bob@example.com"})");
    ASSERT_EQ(user.status(), 201) << user.response.body;
    const auto added = add(R"({"user":")" + user.text("id") + R"(","role":"member"})");
    ASSERT_EQ(added.status(), 201) << added.response.body;
    EXPECT_EQ(added.text("name"), "Bob");
    EXPECT_EQ(added.text("key"), "");
    EXPECT_EQ(api.ask(user.text("key"), Method::get, workspace).text("role"), "member");
    EXPECT_EQ(add(R"({"user":")" + user.text("id") + R"(","role":"member"})").code(),
              "member_exists");
    const auto unknown = add(R"({"user":"usr_01h455vb4pex5vsknk084sn02q","role":"member"})");
    EXPECT_EQ(unknown.status(), 422);
    EXPECT_EQ(unknown.code(), "member_unknown");
}

TEST_F(Members, are_described_by_id_or_by_name_never_by_both) {
    EXPECT_EQ(
        add(R"({"user":"usr_01h455vb4pex5vsknk084sn02q","name":"X","role":"member"})").status(),
        422);
    EXPECT_EQ(add(R"({"role":"member"})").status(), 422);
    EXPECT_EQ(add(R"({"name":"X","email":"x@example.com","role":"king"})").status(), 422);
    EXPECT_EQ(add(R"({"name":" ","email":"nowhere","role":"member"})").status(), 422);
}

TEST_F(Members, are_not_stored_for_callers_who_may_not_add_them) {
    const auto viewer = api.person(workspace, "viewer");
    const auto before = api.get("/v1/users").data("id").size();
    const auto refused = api.ask(viewer, Method::post, workspace + "/members",
                                 R"({"name":"X","email":"x@example.com","role":"viewer"})");
    EXPECT_EQ(refused.status(), 403);
    EXPECT_EQ(api.get("/v1/users").data("id").size(), before);
}

TEST_F(Members, change_roles_within_their_power) {
    const auto admin = api.person(workspace, "admin");
    const auto added = add(R"({"name":"Eve","email":"eve@example.com","role":"viewer"})");
    const auto path = added.header("Location");
    const auto raised = api.ask(admin, Method::patch, path, R"({"role":"member"})",
                                {{"If-Match", added.header("ETag")}});
    EXPECT_EQ(raised.status(), 200) << raised.response.body;
    EXPECT_EQ(raised.text("role"), "member");
    EXPECT_EQ(raised.text("name"), "Eve");
    EXPECT_EQ(api.get(path).response.body, raised.response.body);
    EXPECT_EQ(api.ask(admin, Method::patch, path, R"({"role":"owner"})").status(), 403);
    EXPECT_EQ(
        api.patch(path, R"({"role":"viewer"})", {{"If-Match", added.header("ETag")}}).status(),
        412);
    // Changes of other members do not touch this one's version.
    (void)api.person(workspace, "viewer");
    EXPECT_EQ(
        api.patch(path, R"({"role":"viewer"})", {{"If-Match", raised.header("ETag")}}).status(),
        200);
}

TEST_F(Members, set_their_own_hours) {
    const auto key = api.person(workspace, "viewer");
    const auto path = workspace + "/members/" + api.get(workspace + "/members").data("id").back();
    const auto set =
        api.ask(key, Method::patch, path,
                R"({"time_zone":"Asia/Tokyo","quiet_hours":{"from":"22:00","to":"07:00"}})");
    EXPECT_EQ(set.status(), 200) << set.response.body;
    EXPECT_EQ(set.text("time_zone"), "Asia/Tokyo");
    EXPECT_EQ(set.text("quiet_hours.from"), "22:00");
    EXPECT_EQ(api.get(path).response.body, set.response.body);
    EXPECT_EQ(api.ask(key, Method::patch, path, R"({"quiet_hours":null})").text("quiet_hours"),
              "null");
    EXPECT_EQ(api.ask(key, Method::patch, path, R"({"role":"admin"})").status(), 403);
    // Both by one who may: one change of the member.
    const auto both = api.patch(path, R"({"role":"member","time_zone":null})");
    EXPECT_EQ(both.text("role"), "member");
    EXPECT_EQ(both.text("time_zone"), "null");
    for (const auto* wrong :
         {R"({"time_zone":"Nowhere/City"})", R"({"quiet_hours":{"from":"22:00"}})",
          R"({"quiet_hours":{"from":"25:00","to":"07:00"}})",
          R"({"quiet_hours":{"from":"22:00","to":"22:00"}})", R"({"quiet_hours":"night"})"})
        EXPECT_EQ(api.patch(path, wrong).status(), 422) << wrong;
}

TEST_F(Members, leave_no_access_behind) {
    const auto key = api.person(workspace, "admin");
    const auto members = api.get(workspace + "/members");
    const auto id = members.data("id").back();
    ASSERT_EQ(api.ask(key, Method::patch, workspace, R"({"name":"A"})").status(), 200);
    const auto removed = api.remove(workspace + "/members/" + id);
    EXPECT_EQ(removed.status(), 204);
    EXPECT_EQ(removed.response.body, "");
    EXPECT_FALSE(removed.header("Consistency-Token").empty());
    EXPECT_EQ(api.ask(key, Method::patch, workspace, R"({"name":"B"})").status(), 404);
    EXPECT_EQ(api.ask(key, Method::get, workspace).status(), 404);
    EXPECT_EQ(api.get(workspace + "/members/" + id).status(), 404);
    EXPECT_EQ(api.remove(workspace + "/members/" + id).status(), 404);
}

TEST_F(Members, keep_an_owner) {
    const auto owner = api.get(workspace + "/members").data("id").front();
    const auto refused = api.remove(workspace + "/members/" + owner);
    EXPECT_EQ(refused.status(), 422);
    EXPECT_EQ(refused.code(), "last_owner");
}

TEST_F(Members, may_be_service_accounts) {
    const auto account = new_account();
    ASSERT_EQ(account.status(), 201) << account.response.body;
    EXPECT_EQ(account.text("object"), "service_account");
    const auto key = account.text("key");
    EXPECT_EQ(api.ask(key, Method::get, workspace).text("role"), "member");
    EXPECT_EQ(api.ask(key, Method::post, workspace + "/categories", R"({"name":"Food"})").status(),
              201);
    EXPECT_EQ(api.ask(key, Method::post, "/v1/workspaces",
                      R"({"name":"A","base_currency":"EUR","time_zone":"UTC"})")
                  .status(),
              403);
    EXPECT_EQ(api.ask(key, Method::get, "/v1/me").text("id"), account.text("id"));
    EXPECT_EQ(api.ask(key, Method::get, "/v1/workspaces").data("name"),
              std::vector<std::string>{"Home"});
    EXPECT_EQ(api.ask(key, Method::get, api.workspace()).status(), 404);
    EXPECT_EQ(api.get(workspace + "/service_accounts").data("id"),
              std::vector<std::string>{account.text("id")});
}

TEST_F(Members, lose_a_revoked_key_at_once) {
    const auto account = new_account();
    const auto old_key = account.text("key");
    const auto keys = workspace + "/service_accounts/" + account.text("id") + "/keys";
    const auto issued = api.post(keys, {}, {{"Idempotency-Key", "second"}});
    ASSERT_EQ(issued.status(), 201) << issued.response.body;
    EXPECT_EQ(api.post(keys, {}, {{"Idempotency-Key", "second"}}).response.body,
              issued.response.body);
    EXPECT_EQ(api.get(keys).data("id").size(), 2U);
    const auto read = api.get(issued.header("Location"));
    EXPECT_EQ(read.status(), 200);
    EXPECT_EQ(read.text("last4"), issued.text("key").substr(49));
    EXPECT_EQ(read.text("created_at"), issued.text("created_at"));
    EXPECT_EQ(api.ask(old_key, Method::get, keys).status(), 403);

    const auto first = api.get(keys).data("id").front();
    ASSERT_EQ(api.ask(old_key, Method::get, workspace).status(), 200);
    const auto other = new_account();
    EXPECT_EQ(
        api.remove(workspace + "/service_accounts/" + other.text("id") + "/keys/" + first).status(),
        404);
    EXPECT_EQ(api.remove(keys + "/" + first).status(), 204);
    EXPECT_EQ(api.ask(old_key, Method::get, workspace).status(), 401);
    EXPECT_EQ(
        api.ask(old_key, Method::post, workspace + "/categories", R"({"name":"Food"})").status(),
        401);
    EXPECT_EQ(api.ask(old_key, Method::get, "/v1/me").status(), 401);
    EXPECT_EQ(api.ask(old_key, Method::get, "/v1/workspaces").status(), 401);
    EXPECT_EQ(api.ask(old_key, Method::post, keys).status(), 401);
    EXPECT_EQ(api.ask(old_key, Method::get, api.workspace()).status(), 404);
    EXPECT_EQ(api.ask(issued.text("key"), Method::get, workspace).status(), 200);
}

TEST_F(Members, are_added_as_users_by_owners_of_the_installation_only) {
    const auto member = api.person(workspace, "owner");
    EXPECT_EQ(api.ask(member, Method::get, "/v1/users").status(), 403);
    EXPECT_EQ(api.ask(member, Method::post, "/v1/users", R"({"name":"X","email":"x@example.com"})")
                  .status(),
              403);
    const Fields key{{"Idempotency-Key", "u1"}};
    const auto made = api.post("/v1/users", R"({"name":"Uma","email":"uma@example.com"})", key);
    ASSERT_EQ(made.status(), 201);
    const auto again = api.post("/v1/users", R"({"name":"Uma","email":"uma@example.com"})", key);
    EXPECT_EQ(again.response.body, made.response.body);
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
    EXPECT_EQ(api.post("/v1/users", R"({"name":"Zoe","email":"zoe@example.com"})", key).code(),
              "idempotency_key_reused");
    EXPECT_EQ(api.ask(made.text("key"), Method::get, made.header("Location")).status(), 200);
    EXPECT_EQ(api.get("/v1/users").data("name").size(), 3U);
}

}  // namespace
}  // namespace outlay::tests
