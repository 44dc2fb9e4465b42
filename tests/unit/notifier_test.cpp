// Promise: every message reaches every channel that wants it at least once under one id, however
// the endpoint behaves; what cannot be delivered is dead in plain sight (F-80, F-81, F-83).
#include <gtest/gtest.h>

#include "tests/unit/notifier_world.hpp"
#include "views/cells.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using platform::HttpFailure;
using std::chrono::milliseconds;

class NotifierUnderTest : public testing::Test {
protected:
    // As the API does it.
    bool ask_once_more() {
        world_.clock.advance(1ms);
        return change(files_.store(),
                      "UPDATE outlay.deliveries SET state = 'pending',"
                      " schedule_from = attempts, next_attempt_at = $1, updated_at = $1",
                      {world_.now()})
            .ok();
    }

    SqliteProjectorStore files_;
    NotifierWorld world_{files_.store()};
};

TEST_F(NotifierUnderTest, sends_each_message_once_to_every_channel_that_wants_it) {
    world_.add_channel(1);
    world_.add_channel(2, {.patterns = R"(["alert.resolved"])"});
    world_.add_channel(3, {.state = "paused"});
    world_.add_channel(4, {.registered_at = 10});
    world_.add_message(5);
    world_.add_message(11, {.kind = "alert.resolved"});
    world_.run_for(10min, 1min);
    EXPECT_EQ(world_.client.count(world_.url_of(1)), 2U);
    EXPECT_EQ(world_.client.count(world_.url_of(2)), 1U);
    EXPECT_EQ(world_.client.count(world_.url_of(3)), 0U);
    EXPECT_EQ(world_.client.count(world_.url_of(4)), 1U) << "what it tells came after it";
    EXPECT_EQ(world_.deliveries(), Lines(4, "delivered|1|~"));
}

struct Row {
    const char* name;
    std::function<HttpOutcome()> answer;
    std::string state;  // of the delivery after one attempt
    std::string error_class;
    bool disables = false;
};

TEST_F(NotifierUnderTest, treats_each_answer_as_the_table_says) {
    const std::vector<Row> table{
        {"200", [] { return status(200); }, "delivered", "~"},
        {"204", [] { return status(204); }, "delivered", "~"},
        {"301", [] { return status(301); }, "pending", "status"},
        {"400", [] { return status(400); }, "pending", "status"},
        {"401", [] { return status(401); }, "pending", "status"},
        {"404", [] { return status(404); }, "pending", "status"},
        {"410", [] { return status(410); }, "pending", "gone", true},
        {"429", [] { return status(429, 90s); }, "pending", "status"},
        {"500", [] { return status(500); }, "pending", "status"},
        {"503", [] { return status(503); }, "pending", "status"},
        {"garbage", [] { return failure(HttpFailure::broken); }, "pending", "broken"},
        {"accept, then silence", [] { return failure(HttpFailure::timeout); }, "pending",
         "timeout"},
        {"nobody there", [] { return failure(HttpFailure::connect); }, "pending", "connect"},
        {"expired certificate", [] { return failure(HttpFailure::tls); }, "pending", "tls"},
        {"name is gone", [] { return failure(HttpFailure::unresolved); }, "pending", "unresolved"},
        {"rebound to loopback", [] { return failure(HttpFailure::refused); }, "pending",
         "refused"}};
    int number = 0;
    for (const auto& row : table) {
        SCOPED_TRACE(row.name);
        ++number;
        SqliteProjectorStore files;
        NotifierWorld world(files.store());
        const auto channel = world.add_channel(number);
        world.client.answers[world.url_of(number)] = row.answer;
        world.add_message(1);
        world.run();
        EXPECT_EQ(world.client.sent.size(), 1U);
        EXPECT_EQ(world.deliveries().front().substr(0, row.state.size() + 2), row.state + "|1");
        EXPECT_EQ(world.lane(channel, "disabled_at") != "~", row.disables);
        const Lines classes{row.error_class};
        EXPECT_EQ(rows_of(files.store(), "SELECT last_error_class FROM outlay.deliveries"),
                  classes);
        EXPECT_EQ(rows_of(files.store(), "SELECT error_class FROM outlay.delivery_attempts"),
                  classes);
    }
}

TEST_F(NotifierUnderTest, repeats_a_message_under_one_id_with_new_signatures_until_it_arrives) {
    world_.add_channel(1);
    int asked = 0;
    world_.client.answers[world_.url_of(1)] = [&] { return status(++asked < 3 ? 500 : 200); };
    world_.add_message(1);
    world_.run_for(15min, 1s);
    ASSERT_EQ(world_.client.sent.size(), 3U);
    EXPECT_EQ(world_.ids_sent().size(), 1U);
    EXPECT_NE(world_.client.sent[0].signature, world_.client.sent[2].signature);
    EXPECT_EQ(world_.client.sent[0].body, world_.client.sent[2].body);
    EXPECT_EQ(world_.deliveries(), Lines{"delivered|3|~"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT number, status FROM outlay.delivery_attempts"),
              (Lines{"1|500", "2|500", "3|200"}));
}

TEST_F(NotifierUnderTest, keeps_of_each_attempt_what_was_sent_and_when_the_next_one_was_due) {
    world_.add_channel(1, {.address = "https://1.example/\nX-Token: canary"});
    int asked = 0;
    world_.client.answers[world_.url_of(1)] = [&] { return status(++asked < 2 ? 503 : 200); };
    world_.add_message(1);
    const auto begun = world_.clock.now();
    world_.run_for(10s, 1s);
    EXPECT_EQ(rows_of(files_.store(), "SELECT last_status FROM outlay.deliveries"), Lines{"200"});
    const auto sent =
        rows_of(files_.store(), "SELECT request FROM outlay.delivery_attempts ORDER BY number");
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_NE(sent[0], sent[1]) << "the time";
    for (const auto& request : sent) {
        EXPECT_NE(request.find(R"("webhook-signature":"v1,***","X-Token":"***")"),
                  std::string::npos)
            << request;
        EXPECT_EQ(request.find("canary"), std::string::npos);
    }
    const auto next = rows_of(
        files_.store(), "SELECT next_attempt_at FROM outlay.delivery_attempts ORDER BY number");
    const auto first = domain::Instant::parse(views::instant_text(next[0]));
    ASSERT_TRUE(first.has_value()) << next[0];
    EXPECT_GE(first->micros - begun.micros, 4'500'000);
    EXPECT_LE(first->micros - begun.micros, 5'500'000);
    EXPECT_EQ(next[1], "~");
}

TEST_F(NotifierUnderTest, follows_the_schedule_that_the_installation_has) {
    const workers::notifier::Sending sending{
        .retries = workers::notifier::RetrySchedule::parse("1s,2s").value()};
    workers::notifier::Lanes lanes(files_.store(), world_.clock, world_.zones, "one", sending);
    workers::notifier::Courier courier(lanes, world_.clock, world_.complaints,
                                       {world_.client, nullptr, world_.keys}, [] { return false; });
    world_.add_channel(1);
    world_.client.answers[world_.url_of(1)] = [] { return status(500); };
    world_.add_message(1);
    ASSERT_TRUE(workers::notifier::fan_out(files_.store(), world_.clock).ok());
    for (int second = 0; second < 10; ++second) {
        auto claim = lanes.claim().value();
        if (claim) courier.deliver(*claim);
        world_.clock.advance(1s);
    }
    EXPECT_EQ(world_.client.sent.size(), 3U);
    EXPECT_EQ(world_.deliveries(), Lines{"dead|3|the endpoint answered 500"});
}

TEST_F(NotifierUnderTest, waits_as_long_as_a_busy_endpoint_asks) {
    world_.add_channel(1);
    world_.client.answers[world_.url_of(1)] = [] { return status(429, 90s); };
    world_.add_message(1);
    world_.add_message(2);
    world_.run_for(89s, 1s);
    EXPECT_EQ(world_.client.sent.size(), 1U) << "the second message waits too";
    world_.run_for(2s, 1s);
    EXPECT_EQ(world_.client.sent.size(), 2U);
}

TEST_F(NotifierUnderTest, gives_a_message_up_after_three_days) {
    const auto channel = world_.add_channel(1);
    world_.client.answers[world_.url_of(1)] = [] { return status(500); };
    world_.add_message(1);
    world_.run_for(24h * 4, 1min);
    EXPECT_EQ(world_.client.sent.size(), 10U);
    EXPECT_EQ(world_.deliveries(), Lines{"dead|10|the endpoint answered 500"});
    const auto days = static_cast<double>(world_.client.sent.back().at.micros -
                                          world_.client.sent.front().at.micros) /
                      86'400'000'000.0;
    EXPECT_NEAR(days, 3.15, 0.35);
    EXPECT_EQ(world_.lane(channel, "disabled_at"), "~") << "five days have not passed";
}

TEST_F(NotifierUnderTest, begins_the_schedule_anew_when_somebody_asks_once_more) {
    world_.add_channel(1);
    world_.client.answers[world_.url_of(1)] = [] { return status(500); };
    world_.add_message(1);
    world_.run_for(24h * 4, 5min);
    ASSERT_EQ(world_.deliveries(), Lines{"dead|10|the endpoint answered 500"});
    const auto asking = [&] {
        return change(files_.store(),
                      "UPDATE outlay.deliveries SET state = 'pending', schedule_from = attempts,"
                      " next_attempt_at = $1",
                      {world_.now()})
                   .ok() &&
               change(files_.store(),
                      "UPDATE outlay.channel_lanes SET due_at = $1,"
                      " quiet_until = NULL",
                      {world_.now()})
                   .ok();
    };
    ASSERT_TRUE(asking());
    world_.run();
    EXPECT_EQ(world_.deliveries(), Lines{"pending|11|the endpoint answered 500"});
    world_.client.answers.clear();
    world_.run_for(1h, 1min);
    EXPECT_EQ(world_.deliveries(), Lines{"delivered|12|~"});
    EXPECT_EQ(world_.ids_sent().size(), 1U);
}

TEST_F(NotifierUnderTest, keeps_a_wish_that_comes_while_the_last_attempt_is_under_way) {
    world_.add_channel(1);
    world_.add_message(1);
    bool is_asked = false;
    world_.client.answers[world_.url_of(1)] = [&] {
        constexpr std::size_t last = 10;
        if (world_.client.sent.size() == last) {
            is_asked = ask_once_more();
        }
        return status(500);
    };
    for (int step = 0; step < 2000 && !is_asked; ++step) world_.run_for(5min, 5min);
    ASSERT_TRUE(is_asked);
    EXPECT_EQ(world_.deliveries().front().substr(0, 7), "pending");
    world_.client.answers.clear();
    world_.run_for(1h, 1min);
    EXPECT_EQ(world_.deliveries().front().substr(0, 9), "delivered");
}

TEST_F(NotifierUnderTest, keeps_a_wish_that_comes_while_the_first_attempt_is_rejected_for_good) {
    world_.add_channel(1, {.kind = "email", .address = "ann@example.org"});
    world_.add_message(1);
    world_.mailer.answer = {false, true, 550, "550 no such user"};
    world_.mailer.meanwhile = [&] {
        EXPECT_TRUE(ask_once_more());
        world_.mailer.answer = {true, false, 250, ""};
    };
    world_.run_for(10min, 1min);
    EXPECT_EQ(world_.deliveries(), Lines{"delivered|2|~"});
}

TEST_F(NotifierUnderTest, counts_an_attempt_once_however_often_it_is_noted) {
    world_.add_channel(1);
    world_.add_message(1);
    ASSERT_TRUE(workers::notifier::fan_out(files_.store(), world_.clock).ok());
    const auto claim = world_.lanes.claim().value().value();
    const auto failed = workers::notifier::attempt_of(status(500), {});
    for (int tries = 0; tries < 3; ++tries) {
        ASSERT_TRUE(world_.lanes.record(claim, claim.deliveries, claim.health, failed).ok());
        world_.clock.advance(1s);
    }
    EXPECT_EQ(rows_of(files_.store(), "SELECT state, attempts FROM outlay.deliveries"),
              Lines{"pending|1"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT number FROM outlay.delivery_attempts"), Lines{"1"});
}

TEST_F(NotifierUnderTest, gives_an_endpoint_up_after_five_days_and_sends_it_nothing_more) {
    const auto channel = world_.add_channel(1);
    world_.client.answers[world_.url_of(1)] = [] { return status(500); };
    for (int message = 1; message <= 6; ++message) {
        world_.add_message(message);
        world_.run_for(24h, 5min);
    }
    EXPECT_EQ(world_.lane(channel, "disabled_reason"), "failing");
    const auto sent = world_.client.sent.size();
    world_.add_message(7);
    world_.run_for(48h, 5min);
    EXPECT_EQ(world_.client.sent.size(), sent);
}

TEST_F(NotifierUnderTest, does_not_let_a_dead_endpoint_delay_the_others) {
    for (int channel = 1; channel <= 50; ++channel) world_.add_channel(channel);
    world_.client.answers[world_.url_of(7)] = [&] {
        world_.clock.advance(20s);
        return failure(HttpFailure::timeout);
    };
    for (int message = 1; message <= 20; ++message) world_.add_message(message);
    const auto begun = world_.clock.now();
    world_.run();
    EXPECT_LE(world_.client.count(world_.url_of(7)), 5U) << "then it is left alone";
    for (int channel = 1; channel <= 50; ++channel) {
        if (channel != 7) {
            EXPECT_EQ(world_.client.count(world_.url_of(channel)), 20U) << channel;
        }
    }
    // With one sender they wait for a few time-outs at most; senders of their own do not wait.
    EXPECT_LE(world_.clock.now().micros - begun.micros, 100'000'000);
}

TEST_F(NotifierUnderTest, sends_again_under_the_same_id_what_a_killed_one_had_sent) {
    world_.add_channel(1);
    world_.add_message(1);
    ASSERT_TRUE(workers::notifier::fan_out(files_.store(), world_.clock).ok());
    // Claimed and sent, and then the process was gone before anything was noted.
    ASSERT_TRUE(world_.lanes.claim().value().has_value());
    world_.run();
    EXPECT_EQ(world_.client.sent.size(), 0U) << "the lease holds";
    world_.clock.advance(milliseconds{61'000});
    world_.run();
    EXPECT_EQ(world_.client.sent.size(), 1U);
    EXPECT_EQ(world_.deliveries(), Lines{"delivered|1|~"});
}

TEST_F(NotifierUnderTest, takes_up_at_once_what_its_own_name_held_before) {
    world_.add_channel(1);
    world_.add_message(1);
    ASSERT_TRUE(workers::notifier::fan_out(files_.store(), world_.clock).ok());
    ASSERT_TRUE(world_.lanes.claim().value().has_value());
    workers::notifier::Lanes other(files_.store(), world_.clock, world_.zones, "other");
    ASSERT_TRUE(other.release_all().ok());
    EXPECT_FALSE(world_.lanes.claim().value().has_value());
    ASSERT_TRUE(world_.lanes.release_all().ok());
    world_.run();
    EXPECT_EQ(world_.client.sent.size(), 1U);
}

TEST_F(NotifierUnderTest, writes_nothing_under_a_lease_that_ran_out) {
    world_.add_channel(1);
    world_.add_message(1);
    ASSERT_TRUE(workers::notifier::fan_out(files_.store(), world_.clock).ok());
    const auto slow = world_.lanes.claim().value().value();
    world_.clock.advance(milliseconds{61'000});
    world_.run();
    ASSERT_EQ(world_.deliveries(), Lines{"delivered|1|~"});
    world_.courier.deliver(slow);
    EXPECT_EQ(world_.client.sent.size(), 2U) << "at least once";
    EXPECT_EQ(world_.deliveries(), Lines{"delivered|1|~"});
}

TEST_F(NotifierUnderTest, gives_back_what_it_has_not_begun_when_it_stops) {
    world_.add_channel(1);
    for (int message = 1; message <= 5; ++message) world_.add_message(message);
    world_.client.answers[world_.url_of(1)] = [&] {
        world_.courier.stop();
        return status(200);
    };
    ASSERT_TRUE(workers::notifier::fan_out(files_.store(), world_.clock).ok());
    world_.courier.deliver(world_.lanes.claim().value().value());
    EXPECT_EQ(world_.client.sent.size(), 1U) << "the attempt under way is the last one";
    workers::notifier::Lanes other(files_.store(), world_.clock, world_.zones, "other");
    const auto taken = other.claim().value();
    ASSERT_TRUE(taken.has_value()) << "nobody waits for the lease of one that has ended";
    EXPECT_EQ(taken->deliveries.size(), 4U);
}

TEST_F(NotifierUnderTest, drains_what_piled_up_while_it_was_down) {
    world_.add_channel(1);
    for (int message = 1; message <= 300; ++message) world_.add_message(message);
    world_.run();
    EXPECT_EQ(world_.client.sent.size(), 300U);
    EXPECT_EQ(world_.ids_sent().size(), 300U);
}

TEST_F(NotifierUnderTest, drops_what_waits_for_a_removed_channel) {
    const auto channel = world_.add_channel(1);
    world_.client.answers[world_.url_of(1)] = [] { return status(500); };
    world_.add_message(1);
    world_.run();
    ASSERT_TRUE(change(files_.store(), "DELETE FROM read.channels").ok());
    world_.run_for(10s, 1s);
    EXPECT_EQ(world_.client.sent.size(), 1U);
    EXPECT_EQ(world_.deliveries(), Lines{"dead|1|the channel was removed"});
    EXPECT_EQ(world_.lane(channel, "due_at"), "~");
}

TEST_F(NotifierUnderTest, keeps_what_waits_for_a_paused_channel) {
    world_.add_channel(1);
    world_.client.answers[world_.url_of(1)] = [] { return status(500); };
    world_.add_message(1);
    world_.run();
    ASSERT_TRUE(change(files_.store(), "UPDATE read.channels SET state = 'paused'").ok());
    world_.run_for(1h, 1min);
    EXPECT_EQ(world_.client.sent.size(), 1U);
    world_.client.answers.clear();
    ASSERT_TRUE(change(files_.store(), "UPDATE read.channels SET state = 'active'").ok());
    world_.run_for(2min, 1s);
    EXPECT_EQ(world_.deliveries(), Lines{"delivered|2|~"});
}

TEST_F(NotifierUnderTest, does_not_send_what_it_cannot_sign) {
    world_.add_channel(1);
    world_.add_message(1);
    workers::notifier::Courier stranger(world_.lanes, world_.clock, world_.complaints,
                                        {world_.client, nullptr, {platform::Secret{9}}},
                                        [] { return false; });
    ASSERT_TRUE(workers::notifier::fan_out(files_.store(), world_.clock).ok());
    stranger.deliver(world_.lanes.claim().value().value());
    EXPECT_EQ(world_.client.sent.size(), 0U);
    EXPECT_NE(world_.deliveries().front().find("cannot be opened"), std::string::npos);
    EXPECT_EQ(rows_of(files_.store(), "SELECT error_class, request FROM outlay.delivery_attempts"),
              Lines{"setup|~"});
}

}  // namespace
}  // namespace outlay::tests
