// Promise: what failed and what was missed is sent again when an admin asks for it, once per
// idempotency key, in bounded steps, and nothing else is.
#include <gtest/gtest.h>

#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"

namespace outlay::tests {
namespace {

using api::Method;

constexpr const char* long_ago = "2020-01-01T00:00:00.000000Z";
constexpr const char* then = "2026-01-01T00:00:00.000000Z";
constexpr const char* later = "2099-01-01T00:00:00.000000Z";
constexpr const char* since = R"({"since":"2025-12-31T00:00:00Z"})";
constexpr const char* with_missing = R"({"since":"2025-12-31T00:00:00Z","missing":true})";

class Recovery : public testing::Test {
protected:
    Recovery() {
        const auto made =
            api.post(workspace + "/channels", R"({"kind":"webhook","url":"https://hooks.example/",)"
                                              R"("events":["alert.raised"]})");
        EXPECT_EQ(made.status(), 201) << made.response.body;
        channel = made.text("id");
    }

    Answered recover(const std::string& body, const Fields& headers = {}) {
        return api.post(workspace + "/channels/" + channel + "/recover", body, headers);
    }
    Answered redeliver(const std::string& delivery, const Fields& headers = {}) {
        return api.post(workspace + "/deliveries/" + delivery + "/redeliver", "", headers);
    }
    std::string workspace_uuid() const {
        return domain::WorkspaceId::parse(workspace.substr(workspace.rfind('/') + 1))->value.text();
    }
    std::string channel_uuid() const { return domain::ChannelId::parse(channel)->value.text(); }

    struct Told {
        std::string kind = "alert.raised";
        std::int64_t offset = 1'000'000;
        sql::Value fanned_at = std::string(then);
        std::string at = then;
    };
    domain::Uuid add_message(const std::string& name) { return add_message(name, Told{}); }
    domain::Uuid add_message(const std::string& name, const Told& told) {
        const auto id = platform::uuid_of_name({}, name);
        EXPECT_TRUE(
            change(api.store(),
                   "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition,"
                   " log_offset, created_at, fanned_at)"
                   " VALUES ($1, $2, $3, '{}', 0, $4, $5, $6)",
                   {id.text(), workspace_uuid(), told.kind, told.offset, told.at, told.fanned_at},
                   sql::Access::admin)
                .ok());
        return id;
    }
    struct Sent {
        std::string state = "dead";
        std::int64_t attempts = 10;
        sql::Value next{sql::Null{}};
        std::string at = then;
    };
    // A message and its delivery.
    std::string add_delivery(const std::string& name) { return add_delivery(name, Sent{}); }
    std::string add_delivery(const std::string& name, const Sent& sent) {
        const auto message = add_message(name, {.at = sent.at});
        const domain::DeliveryId id{
            platform::uuid_of_name(message, domain::ChannelId::parse(channel)->text())};
        EXPECT_TRUE(change(api.store(),
                           "INSERT INTO outlay.deliveries (id, message, workspace, channel, state,"
                           " attempts, next_attempt_at, created_at, updated_at)"
                           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
                           {id.value.text(), message.text(), workspace_uuid(), channel_uuid(),
                            sent.state, sent.attempts, sent.next, sent.at},
                           sql::Access::admin)
                        .ok());
        return id.text();
    }
    // "state|attempts|schedule_from" of a delivery.
    std::string state_of(const std::string& delivery) {
        return rows_of(api.store(),
                       "SELECT state, attempts, schedule_from FROM outlay.deliveries WHERE id = $1",
                       {domain::DeliveryId::parse(delivery)->value.text()})
            .front();
    }
    void mark_delivered() {
        ASSERT_TRUE(change(api.store(), "UPDATE outlay.deliveries SET state = 'delivered'", {},
                           sql::Access::admin)
                        .ok());
    }
    std::int64_t number(const Answered& answer, std::string_view name) {
        const auto* const member = answer.body.find(name);
        return member == nullptr ? -1 : member->integer().value_or(-1);
    }

    ApiNode api;
    std::string workspace = api.workspace();
    std::string channel;
};

TEST_F(Recovery, sends_again_what_is_dead_or_waits_since_a_time_and_nothing_else) {
    const auto old = add_delivery("old", {.at = long_ago});
    const auto dead = add_delivery("dead");
    const auto waiting =
        add_delivery("waiting", {.state = "pending", .attempts = 3, .next = std::string(later)});
    const auto fresh =
        add_delivery("fresh", {.state = "pending", .attempts = 0, .next = std::string(later)});
    const auto delivered = add_delivery("delivered", {.state = "delivered", .attempts = 1});
    const auto answer = recover(since);
    ASSERT_EQ(answer.status(), 202) << answer.response.body;
    EXPECT_EQ(answer.text("object"), "recovery");
    EXPECT_EQ(answer.text("channel"), channel);
    EXPECT_EQ(number(answer, "failed"), 2);
    EXPECT_EQ(number(answer, "missing"), 0);
    EXPECT_EQ(state_of(old), "dead|10|0");
    EXPECT_EQ(state_of(dead), "pending|10|10") << "its schedule begins anew";
    EXPECT_EQ(state_of(waiting), "pending|3|3");
    EXPECT_EQ(state_of(fresh), "pending|0|0");
    EXPECT_EQ(state_of(delivered), "delivered|1|0");
    EXPECT_EQ(number(recover(since), "failed"), 0) << "they are under way";
}

TEST_F(Recovery, ends_the_rest_that_failures_earned_the_endpoint) {
    add_delivery("dead");
    ASSERT_TRUE(change(api.store(),
                       "INSERT INTO outlay.channel_lanes (channel, workspace, failures,"
                       " quiet_until) VALUES ($1, $2, 9, $3)",
                       {channel_uuid(), workspace_uuid(), std::string(later)}, sql::Access::admin)
                    .ok());
    ASSERT_EQ(recover(since).status(), 202);
    EXPECT_EQ(rows_of(api.store(),
                      "SELECT quiet_until, due_at IS NOT NULL, failures FROM outlay.channel_lanes"),
              Lines{"~|1|9"});
}

TEST_F(Recovery, sends_what_the_channel_wanted_and_never_had) {
    add_message("missed");
    add_message("of another kind", {.kind = "alert.resolved"});
    add_message("before the channel", {.offset = 0});
    add_message("not laid out yet", {.fanned_at = sql::Null{}});
    add_message("too old", {.at = long_ago});
    add_delivery("had", {.state = "delivered", .attempts = 1});
    EXPECT_EQ(number(recover(since), "missing"), 0) << "only what failed was asked for";
    const auto answer = recover(with_missing);
    ASSERT_EQ(answer.status(), 202) << answer.response.body;
    EXPECT_EQ(number(answer, "missing"), 1);
    EXPECT_EQ(rows_of(api.store(),
                      "SELECT message, attempts, next_attempt_at FROM outlay.deliveries"
                      " WHERE state = 'pending'"),
              Lines{platform::uuid_of_name({}, "missed").text() + "|0|" + then});
    EXPECT_EQ(number(recover(with_missing), "missing"), 0);
}

TEST_F(Recovery, leaves_others_the_time_to_acknowledge_an_alert_before_it_comes_here) {
    ASSERT_EQ(
        api.patch(workspace + "/channels/" + channel,
                  R"({"unacknowledged_minutes":30,"events":["alert.raised","alert.resolved"]})")
            .status(),
        200);
    add_message("raised just now", {.at = "2098-12-31T23:45:00.000000Z"});
    add_message("resolved just now",
                {.kind = "alert.resolved", .at = "2098-12-31T23:50:00.000000Z"});
    add_message("raised long ago");
    ASSERT_EQ(number(recover(with_missing), "missing"), 3);
    const auto due = [&](const std::string& message) {
        return rows_of(api.store(),
                       "SELECT next_attempt_at, created_at FROM outlay.deliveries WHERE message"
                       " = $1",
                       {platform::uuid_of_name({}, message).text()})
            .front();
    };
    EXPECT_EQ(due("raised just now").substr(0, 27), "2099-01-01T00:15:00.000000Z");
    EXPECT_EQ(due("resolved just now").substr(0, 27), "2098-12-31T23:50:00.000000Z");
    const auto old = due("raised long ago");
    EXPECT_EQ(old.substr(0, 27), old.substr(28)) << "at the time of asking";
}

// Whoever sends takes the lane first as well: two that take them crosswise wait for each other.
TEST_F(Recovery, takes_the_lane_before_its_deliveries) {
    const auto delivery = add_delivery("dead");
    const auto run = [&](const std::string& statement) {
        return change(api.store(), statement, {}, sql::Access::admin).ok();
    };
    ASSERT_TRUE(
        run("CREATE TRIGGER outlay.lane_first BEFORE UPDATE ON outlay.deliveries"
            " WHEN NOT EXISTS (SELECT 1 FROM outlay.channel_lanes WHERE due_at IS NOT NULL)"
            " BEGIN SELECT RAISE(ABORT, 'the lane was not taken'); END"));
    EXPECT_EQ(redeliver(delivery).status(), 202);
    EXPECT_EQ(state_of(delivery), "pending|10|10");
    ASSERT_TRUE(run("UPDATE outlay.deliveries SET state = 'dead'"));
    ASSERT_TRUE(run("DELETE FROM outlay.channel_lanes"));
    EXPECT_FALSE(run("UPDATE outlay.deliveries SET state = 'dead'")) << "the trigger works";
    EXPECT_EQ(number(recover(since), "failed"), 1);
    ASSERT_TRUE(run("UPDATE outlay.deliveries SET state = 'delivered'"));
    ASSERT_TRUE(run("DELETE FROM outlay.channel_lanes"));
    EXPECT_EQ(number(recover(with_missing), "failed"), 0);
    EXPECT_EQ(rows_of(api.store(), "SELECT 1 FROM outlay.channel_lanes"), Lines{})
        << "nothing to do";
}

TEST_F(Recovery, goes_in_bounded_steps) {
    for (int one = 0; one < 1001; ++one) add_delivery("dead " + std::to_string(one));
    const auto first = recover(since);
    EXPECT_EQ(number(first, "failed"), 1000);
    EXPECT_TRUE(first.body.find("has_more")->boolean());
    const auto second = recover(since);
    EXPECT_EQ(number(second, "failed"), 1);
    EXPECT_FALSE(second.body.find("has_more")->boolean());
}

TEST_F(Recovery, is_done_once_per_key) {
    const auto delivery = add_delivery("dead");
    const Fields key{{"Idempotency-Key", "again"}};
    const auto first = recover(since, key);
    ASSERT_EQ(number(first, "failed"), 1);
    ASSERT_TRUE(
        change(api.store(), "UPDATE outlay.deliveries SET state = 'dead'", {}, sql::Access::admin)
            .ok());
    const auto again = recover(since, key);
    EXPECT_EQ(again.status(), 202);
    EXPECT_EQ(again.response.body, first.response.body);
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
    EXPECT_EQ(state_of(delivery).substr(0, 4), "dead");
    EXPECT_EQ(recover(with_missing, key).code(), "idempotency_key_reused");
    EXPECT_EQ(redeliver(delivery, key).code(), "idempotency_key_reused");
    EXPECT_EQ(recover(since, {{"Idempotency-Key", ""}}).code(), "idempotency_key_invalid");
}

TEST_F(Recovery, of_one_delivery_is_done_once_per_key_too) {
    const auto delivery = add_delivery("one", {.state = "delivered", .attempts = 1});
    const Fields key{{"Idempotency-Key", "again"}};
    const auto first = redeliver(delivery, key);
    ASSERT_EQ(first.status(), 202) << first.response.body;
    EXPECT_EQ(state_of(delivery), "pending|1|1");
    mark_delivered();
    const auto again = redeliver(delivery, key);
    EXPECT_EQ(again.response.body, first.response.body);
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
    EXPECT_EQ(state_of(delivery).substr(0, 9), "delivered");
    EXPECT_EQ(redeliver(add_delivery("two"), key).code(), "idempotency_key_reused");
    EXPECT_EQ(redeliver(delivery).status(), 202);
    EXPECT_EQ(state_of(delivery).substr(0, 7), "pending");
}

TEST_F(Recovery, of_a_refused_request_leaves_its_key_unspent) {
    const Fields key{{"Idempotency-Key", "early"}};
    const std::string unknown = "dlv_01h455vb4pex5vsknk084sn02q";
    EXPECT_EQ(redeliver(unknown, key).status(), 404);
    EXPECT_EQ(redeliver(add_delivery("now"), key).status(), 202);
}

TEST_F(Recovery, is_for_admins_of_the_workspace) {
    const auto delivery = add_delivery("dead");
    const auto path = "/channels/" + channel + "/recover";
    const auto member = api.person(workspace, "member");
    EXPECT_EQ(api.ask(member, Method::post, workspace + path, since).code(), "forbidden");
    const auto admin = api.person(workspace, "admin");
    EXPECT_EQ(api.ask(admin, Method::post, workspace + path, since).status(), 202);
    EXPECT_EQ(api.post(api.workspace() + path, since).status(), 404);
    EXPECT_EQ(state_of(delivery), "pending|10|10");
}

TEST_F(Recovery, wants_a_time) {
    for (const char* wrong : {"{}", R"({"since":"yesterday"})", R"({"since":1})",
                              R"({"since":"2026-01-01T00:00:00Z","missing":"yes"})",
                              R"({"since":"2026-01-01T00:00:00Z","unknown":1})"}) {
        EXPECT_EQ(recover(wrong).status(), 422) << wrong;
    }
}

}  // namespace
}  // namespace outlay::tests
