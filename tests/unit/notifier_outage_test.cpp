// Promise: an endpoint that is dead for days costs no message: each is tried for three days, the
// endpoint is given up after five, people are told elsewhere, and once it is open again everything
// arrives once (F-81). A secret that was replaced signs for one more day (WHK-04). All of it
// through the API, with a clock that the test moves.
#include <gtest/gtest.h>

#include "tests/unit/api_core_node.hpp"
#include "tests/unit/notifier_world.hpp"
#include "workers/notifier/webhook.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto broken_url = "https://broken.example/";
constexpr auto owner_url = "https://owner.example/";

class Outage : public testing::Test {
protected:
    Answered add_webhook(const std::string& url, const std::string& events) {
        auto made = api_.post(workspace_ + "/channels", R"({"kind":"webhook","url":")" + url +
                                                            R"(","events":[")" + events + "\"]}");
        EXPECT_EQ(made.status(), 201) << made.response.body;
        return made;
    }
    // Every expense on a day of its own raises an alert of its own.
    void watch_days() {
        const auto made = api_.post(workspace_ + "/budgets",
                                    R"({"name":"Food","limit":{"amount":100,"currency":"EUR"},)"
                                    R"("period":{"every":"day"},"thresholds":[{"percent":100}]})");
        ASSERT_EQ(made.status(), 201) << made.response.body;
    }
    void raise_alert(int day) {
        const auto made =
            api_.post(workspace_ + "/expenses", R"({"amount":{"amount":100,"currency":"EUR"},)"
                                                R"("spent_on":"2026-01-0)" +
                                                    std::to_string(day) + "\"}");
        ASSERT_EQ(made.status(), 201) << made.response.body;
    }
    void run() {
        for (auto laid = workers::notifier::fan_out(api_.store(), api_.clock());
             laid.ok() && *laid > 0;)
            laid = workers::notifier::fan_out(api_.store(), api_.clock());
        for (;;) {
            auto claim = lanes_.claim();
            ASSERT_TRUE(claim.ok()) << claim.error().detail;
            if (!*claim) return;
            courier_.deliver(**claim);
        }
    }
    void run_for(milliseconds whole, milliseconds step) {
        for (milliseconds passed{0}; passed < whole; passed += step) {
            run();
            api_.pass(step);
        }
        run();
    }
    Lines deliveries(const std::string& channel, const std::string& state) {
        return api_
            .get(workspace_ + "/channels/" + channel + "/deliveries?limit=100&state=" + state)
            .data("attempts");
    }
    Lines sent_to(const std::string& url, std::size_t from) const {
        Lines ids;
        for (auto at = from; at < client_.sent.size(); ++at)
            if (client_.sent[at].url == url) ids.push_back(client_.sent[at].id);
        return ids;
    }
    // How often the owner's endpoint was told of the channel, with words that must be there.
    long told_owner(const std::string& type, const std::string& channel,
                    const std::string& reason) const {
        return std::ranges::count_if(client_.sent, [&](const ScriptedClient::Sent& sent) {
            return sent.url == owner_url && sent.body.find(type) != std::string::npos &&
                   sent.body.find(channel) != std::string::npos &&
                   sent.body.find(reason) != std::string::npos;
        });
    }
    std::string recover(const std::string& channel, domain::Instant since) {
        const auto done = api_.post(workspace_ + "/channels/" + channel + "/recover",
                                    R"({"since":")" + since.text() + R"(","missing":true})");
        EXPECT_EQ(done.status(), 202) << done.response.body;
        return done.text("failed") + " failed, " + done.text("missing") + " missing";
    }

    ApiNode api_;
    std::string workspace_ = api_.workspace();
    ScriptedClient client_{api_.clock()};
    workers::notifier::Lanes lanes_{api_.store(), api_.clock(), api_.node().zones, "one"};
    workers::notifier::Complaints complaints_{api_.clock()};
    workers::notifier::Courier courier_{
        lanes_, api_.clock(), complaints_, {client_, nullptr, api_.node().seal_keys, ""}, [] {
            return false;
        }};
};

TEST_F(Outage, of_days_ends_with_every_message_delivered_once) {
    const auto channel = add_webhook(broken_url, "alert.*").text("id");
    add_webhook(owner_url, "operations.*");
    watch_days();
    client_.answers[broken_url] = [] { return status(500); };
    const auto begun = api_.clock().now();
    for (int day = 1; day <= 4; ++day) {
        raise_alert(day);
        run_for(24h, 5min);
    }
    // Its ten attempts take about three days and three hours.
    EXPECT_EQ(deliveries(channel, "dead"), Lines{"10"});
    EXPECT_EQ(told_owner("operations.delivery_dead", channel, "500"), 1);
    EXPECT_EQ(api_.get(workspace_ + "/channels/" + channel).text("state"), "active");
    raise_alert(5);
    run_for(24h, 5min);
    raise_alert(6);  // the attempt that ends the five days
    run_for(24h, 5min);
    const auto given_up = api_.get(workspace_ + "/channels/" + channel);
    EXPECT_EQ(given_up.text("state"), "disabled");
    EXPECT_EQ(given_up.text("disabled_reason"), "failing");
    EXPECT_EQ(told_owner("operations.channel_disabled", channel, "failing"), 1);
    raise_alert(7);
    const auto before = client_.sent.size();
    run_for(24h, 5min);
    EXPECT_EQ(sent_to(broken_url, before), Lines{}) << "it is left alone";

    client_.answers.clear();
    ASSERT_EQ(
        api_.patch(workspace_ + "/channels/" + channel, R"({"state":"active"})").text("state"),
        "active");
    recover(channel, begun);
    run_for(1h, 1min);
    auto arrived = sent_to(broken_url, before);
    EXPECT_EQ(arrived.size(), 7U);
    EXPECT_EQ(deliveries(channel, "delivered").size(), 7U);
    std::ranges::sort(arrived);
    EXPECT_EQ(std::ranges::unique(arrived).begin(), arrived.end()) << "each of them once";
    EXPECT_EQ(recover(channel, begun), "0 failed, 0 missing");
    run_for(1h, 1min);
    EXPECT_EQ(sent_to(broken_url, before).size(), 7U);
}

// Whether the last request to an endpoint is signed by a secret.
bool is_signed_by(const ScriptedClient::Sent& sent, const std::string& secret) {
    const auto signature = workers::notifier::webhook_signature(
        domain::channel::Signature::v1, secret, sent.id, std::stoll(sent.timestamp), sent.body);
    return signature &&
           (" " + sent.signature + " ").find(" " + *signature + " ") != std::string::npos;
}

TEST_F(Outage, of_a_receiver_that_has_the_old_secret_comes_a_day_after_it_was_replaced) {
    const auto made = add_webhook(owner_url, "alert.*");
    const auto old_secret = made.text("secret");
    watch_days();
    raise_alert(1);
    run();
    ASSERT_EQ(client_.sent.size(), 1U);
    EXPECT_TRUE(is_signed_by(client_.sent.back(), old_secret));
    const auto rotated = api_.post(workspace_ + "/channels/" + made.text("id") + "/rotate_secret");
    ASSERT_EQ(rotated.status(), 200) << rotated.response.body;
    const auto new_secret = rotated.text("secret");
    ASSERT_NE(new_secret, old_secret);
    for (int day = 2; day <= 3; ++day) {  // at once, and shortly before a day has passed
        raise_alert(day);
        run();
        EXPECT_TRUE(is_signed_by(client_.sent.back(), old_secret)) << day;
        EXPECT_TRUE(is_signed_by(client_.sent.back(), new_secret)) << day;
        api_.pass(day == 2 ? 24h - 10min : 20min);
    }
    raise_alert(4);
    run();
    ASSERT_EQ(client_.sent.size(), 4U);
    EXPECT_FALSE(is_signed_by(client_.sent.back(), old_secret));
    EXPECT_TRUE(is_signed_by(client_.sent.back(), new_secret));
    EXPECT_EQ(client_.sent.back().signature.find(' '), std::string::npos) << "one signature only";
}

}  // namespace
}  // namespace outlay::tests
