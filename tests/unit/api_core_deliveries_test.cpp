// Promise: the log of deliveries is found by what somebody knows of a delivery, for a channel and
// for a whole workspace, by admins and by nobody else.
#include <gtest/gtest.h>

#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"

namespace outlay::tests {
namespace {

using api::Method;

class DeliveryLog : public testing::Test {
protected:
    DeliveryLog() : here(add_channel("here")), there(add_channel("there")) {}

    std::string add_channel(const std::string& name) {
        const auto made = api.post(workspace + "/channels", R"({"kind":"webhook","url":"https://)" +
                                                                name + R"(.example/"})");
        EXPECT_EQ(made.status(), 201) << made.response.body;
        return made.text("id");
    }
    struct Row {
        std::string channel;
        std::string type = "alert.raised";
        std::string state = "delivered";
        sql::Value status = std::int64_t{200};
        sql::Value error_class{sql::Null{}};
        std::string at = "2026-01-01T00:00:00.000000Z";
    };
    // Answers its id.
    std::string add(const std::string& name, const Row& row) {
        const auto message = platform::uuid_of_name({}, name);
        const domain::DeliveryId id{platform::uuid_of_name(message, row.channel)};
        const auto channel = domain::ChannelId::parse(row.channel)->value.text();
        EXPECT_TRUE(change(api.store(),
                           "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition,"
                           " log_offset, created_at, fanned_at) VALUES ($1, $2, $3, '{}', 0, 1, $4,"
                           " $4) ON CONFLICT (id) DO NOTHING",
                           {message.text(), workspace_uuid(), row.type, row.at}, sql::Access::admin)
                        .ok());
        EXPECT_TRUE(change(api.store(),
                           "INSERT INTO outlay.deliveries (id, message, workspace, channel, state,"
                           " attempts, created_at, updated_at, last_status, last_error_class, type)"
                           " VALUES ($1, $2, $3, $4, $5, 1, $6, $6, $7, $8, $9)",
                           {id.value.text(), message.text(), workspace_uuid(), channel, row.state,
                            row.at, row.status, row.error_class, row.type},
                           sql::Access::admin)
                        .ok());
        return id.text();
    }
    std::string workspace_uuid() const {
        return domain::WorkspaceId::parse(workspace.substr(workspace.rfind('/') + 1))->value.text();
    }
    std::vector<std::string> listed(const std::string& query) {
        const auto answer = api.get(workspace + "/deliveries" + query);
        EXPECT_EQ(answer.status(), 200) << answer.response.body;
        return answer.data("id");
    }
    using Ids = std::vector<std::string>;

    ApiNode api;
    std::string workspace = api.workspace();
    std::string here;
    std::string there;
};

TEST_F(DeliveryLog, is_filtered_by_what_is_known_of_a_delivery) {
    const auto arrived = add("a", {.channel = here});
    const auto busy = add("b", {.channel = here,
                                .state = "pending",
                                .status = std::int64_t{503},
                                .error_class = std::string("status"),
                                .at = "2026-01-02T00:00:00.000000Z"});
    const auto silent = add("c", {.channel = there,
                                  .type = "expense.recorded",
                                  .state = "dead",
                                  .status = sql::Null{},
                                  .error_class = std::string("timeout"),
                                  .at = "2026-01-03T00:00:00.000000Z"});
    const auto tried = add("d", {.channel = there,
                                 .type = "channel.test",
                                 .state = "dead",
                                 .status = std::int64_t{500},
                                 .error_class = std::string("status"),
                                 .at = "2026-01-04T00:00:00.000000Z"});
    const auto message = domain::MessageId{platform::uuid_of_name({}, "b")}.text();
    const std::vector<std::pair<std::string, Ids>> table{
        {"", {tried, silent, busy, arrived}},
        {"?state=dead", {tried, silent}},
        {"?status=503", {busy}},
        {"?status=5xx", {tried, busy}},
        {"?status=2xx", {arrived}},
        {"?status=404", {}},
        {"?error_class=timeout", {silent}},
        {"?error_class=status&state=dead", {tried}},
        {"?type=alert.*", {busy, arrived}},
        {"?type=channel.test,expense.recorded", {tried, silent}},
        {"?type=*", {tried, silent, busy, arrived}},
        {"?message=" + message, {busy}},
        {"?channel=" + here, {busy, arrived}},
        {"?created_at[gte]=2026-01-02T00:00:00Z&created_at[lt]=2026-01-04T00:00:00Z",
         {silent, busy}},
        {"?created_at[gt]=2026-01-03T00:00:00Z", {tried}},
        {"?created_at[lte]=2026-01-01T00:00:00Z", {arrived}}};
    for (const auto& [query, expected] : table) EXPECT_EQ(listed(query), expected) << query;
    const auto of_channel =
        api.get(workspace + "/channels/" + there + "/deliveries?status=5xx").data("id");
    EXPECT_EQ(of_channel, Ids{tried});
    const auto one = api.get(workspace + "/deliveries/" + silent);
    EXPECT_EQ(one.text("last_error_class"), "timeout");
    EXPECT_EQ(one.text("last_status"), "null");
}

TEST_F(DeliveryLog, is_read_page_by_page_with_its_filters) {
    Ids expected;
    for (int number = 9; number >= 0; --number) {
        expected.push_back(
            add("page " + std::to_string(number),
                {.channel = here,
                 .state = number % 2 == 0 ? "dead" : "delivered",
                 .at = "2026-01-0" + std::to_string(number + 1 > 9 ? 9 : number + 1) + "T00:00:0" +
                       std::to_string(number) + ".000000Z"}));
    }
    Ids walked;
    std::string cursor;
    do {
        const auto page = api.get(workspace + "/deliveries?limit=3" +
                                  (cursor.empty() ? "" : "&cursor=" + cursor));
        ASSERT_EQ(page.status(), 200) << page.response.body;
        for (const auto& id : page.data("id")) walked.push_back(id);
        cursor = page.text("next_cursor");
    } while (cursor != "null");
    EXPECT_EQ(walked, expected);
    const auto first = api.get(workspace + "/deliveries?limit=3").text("next_cursor");
    EXPECT_EQ(api.get(workspace + "/deliveries?limit=3&state=dead&cursor=" + first).code(),
              "cursor_invalid");
}

TEST_F(DeliveryLog, refuses_what_it_cannot_ask_for) {
    for (const char* query :
         {"status=5x", "status=600", "status=xx5", "status=0xx", "status=5XX", "status=+99",
          "status=", "error_class=none", "state=lost", "type=alert", "type=alert.nothing",
          "message=dlv_1", "channel=1", "created_at=yesterday", "kind=webhook"}) {
        const auto answer = api.get(workspace + "/deliveries?" + query);
        EXPECT_EQ(answer.status(), 400) << query;
        EXPECT_EQ(answer.code(), "malformed_parameter") << query;
    }
    EXPECT_EQ(api.get(workspace + "/channels/" + here + "/deliveries?channel=" + here).status(),
              400);
}

TEST_F(DeliveryLog, outlives_a_channel_and_is_for_admins) {
    const auto delivery = add("a", {.channel = here});
    ASSERT_LT(api.remove(workspace + "/channels/" + here).status(), 300);
    EXPECT_EQ(listed("?channel=" + here), Ids{delivery});
    EXPECT_EQ(api.get(workspace + "/channels/" + here + "/deliveries").status(), 404);
    const auto key = api.person(workspace, "member");
    EXPECT_EQ(api.ask(key, Method::get, workspace + "/deliveries").code(), "forbidden");
    EXPECT_EQ(
        api.ask(api.person(workspace, "admin"), Method::get, workspace + "/deliveries").status(),
        200);
    EXPECT_EQ(api.get(api.workspace() + "/deliveries").data("id"), Ids{});
}

}  // namespace
}  // namespace outlay::tests
