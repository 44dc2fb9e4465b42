// Promise: who follows the link of a mail gets no more at that address, whatever is on its way at
// that moment.
#include <gtest/gtest.h>

#include "platform/zones/system_zones.hpp"
#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"
#include "views/channel_seals.hpp"
#include "workers/notifier/fan_out.hpp"
#include "workers/notifier/lanes.hpp"

namespace outlay::tests {
namespace {

namespace notifier = workers::notifier;

// A channel that sends mail, its test message claimed.
struct Mail {
    Mail() {
        const auto made = api.post(workspace + "/channels",
                                   R"({"kind":"email","to":"ada@example.org","verify":false})");
        EXPECT_EQ(made.status(), 201) << made.response.body;
        path = workspace + "/channels/" + made.text("id");
        EXPECT_EQ(api.post(path + "/test").status(), 202);
        claim = lanes.claim().value();
    }
    // Follows the link of the mail that was claimed.
    int unsubscribe() {
        const auto token = views::unsubscribe_token(
            api.node().seal_keys, {{claim->workspace, claim->channel}, claim->target});
        return api.ask("", api::Method::post, "/v1/unsubscribe/" + token).status();
    }
    std::string state() { return api.get(path).text("state"); }

    ApiNode api;
    std::string workspace = api.workspace();
    std::string path;
    platform::SystemClock clock;
    platform::SystemZones zones;
    notifier::Lanes lanes{api.store(), clock, zones, "one"};
    std::optional<notifier::Claim> claim;
};

TEST(Unsubscribing, is_not_undone_by_an_attempt_that_is_under_way) {
    Mail mail;
    ASSERT_TRUE(mail.claim.has_value());
    ASSERT_EQ(mail.claim->deliveries.size(), 1U);
    ASSERT_EQ(mail.unsubscribe(), 200);
    const auto kept = mail.lanes.record(*mail.claim, mail.claim->deliveries, mail.claim->health,
                                        {.end = notifier::End::delivered});
    ASSERT_TRUE(kept.ok());
    EXPECT_FALSE(kept->has_value()) << "whoever held the lane has lost it";
    EXPECT_EQ(mail.api.get(mail.path).text("disabled_reason"), "unsubscribed");
    EXPECT_FALSE(mail.lanes.claim().value().has_value());
}

TEST(Unsubscribing, by_an_old_mail_does_not_end_a_new_address) {
    Mail mail;
    ASSERT_TRUE(mail.claim.has_value());
    ASSERT_EQ(mail.api.patch(mail.path, R"({"to":"grace@example.org","verify":false})").status(),
              200);
    ASSERT_EQ(mail.unsubscribe(), 200);
    EXPECT_EQ(mail.state(), "active");
}

TEST(GivenUpEndpoints, are_opened_by_what_applies_and_not_by_what_is_refused_or_repeated) {
    Mail mail;
    ASSERT_EQ(mail.unsubscribe(), 200);
    const std::string open = R"({"state":"active"})";
    EXPECT_EQ(mail.api.patch(mail.path, R"({"state":"active","events":["nonsense"]})").status(),
              422);
    EXPECT_EQ(mail.state(), "disabled");
    EXPECT_EQ(mail.api.patch(mail.path, open, {{"Idempotency-Key", "open"}}).text("state"),
              "active");
    ASSERT_EQ(mail.unsubscribe(), 200);
    EXPECT_EQ(mail.api.patch(mail.path, open, {{"Idempotency-Key", "open"}}).text("state"),
              "disabled");
}

TEST(GivenUpEndpoints, are_opened_by_a_new_address_whose_code_arrives) {
    Mail mail;
    ASSERT_EQ(mail.unsubscribe(), 200);
    ASSERT_EQ(mail.api.patch(mail.path, R"({"to":"grace@example.org"})").text("state"),
              "unconfirmed");
    ASSERT_TRUE(notifier::fan_out(mail.api.store(), mail.clock).ok());
    const auto claim = mail.lanes.claim().value();
    ASSERT_TRUE(claim.has_value());
    // The code, and the test message that was asked for before.
    EXPECT_EQ(claim->deliveries.size(), 2U);
}

TEST(RemovedChannels, are_sent_nothing_again) {
    Mail mail;
    ASSERT_TRUE(mail.claim.has_value());
    const auto delivery = mail.claim->deliveries.front().id.text();
    ASSERT_EQ(mail.api.remove(mail.path).status(), 204);
    EXPECT_EQ(mail.api.post(mail.workspace + "/deliveries/" + delivery + "/redeliver").status(),
              409);
}

}  // namespace
}  // namespace outlay::tests
