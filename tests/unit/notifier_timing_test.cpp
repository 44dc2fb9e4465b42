// Promise: nobody is woken in their quiet hours, and no channel is asked more often than it may be;
// what waits is not lost and is told as a summary where people read it.
#include "workers/notifier/timing.hpp"

#include <gtest/gtest.h>

#include "tests/unit/notifier_world.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using namespace workers::notifier;

domain::Instant at(std::string_view text) {
    return *domain::Instant::parse(text);
}
domain::TimeOfDay time_of(std::string_view text) {
    return *domain::TimeOfDay::parse(text);
}

TEST(QuietHours, end_on_the_clocks_of_their_zone) {
    struct Row {
        const char* from;
        const char* to;
        const char* now;
        const char* until;  // "" : not quiet
    };
    const std::vector<Row> table{
        {"22:00", "07:00", "2026-11-18T20:59:59Z", ""},
        {"22:00", "07:00", "2026-11-18T21:00:00Z", "2026-11-19T06:00:00Z"},
        {"22:00", "07:00", "2026-11-19T05:59:59Z", "2026-11-19T06:00:00Z"},
        {"22:00", "07:00", "2026-11-19T06:00:00Z", ""},
        {"12:00", "13:30", "2026-11-18T11:30:00Z", "2026-11-18T12:30:00Z"},
        {"12:00", "13:30", "2026-11-18T13:00:00Z", ""},
        // A night that is an hour shorter, and one that ends in the hour that is shown twice.
        {"22:00", "07:00", "2026-03-28T21:30:00Z", "2026-03-29T05:00:00Z"},
        {"22:00", "02:30", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"},
        {"22:00", "02:30", "2026-10-25T00:15:00Z", "2026-10-25T00:30:00Z"},
        {"22:00", "02:30", "2026-10-25T01:15:00Z", ""},
    };
    const platform::SystemZones zones;
    for (const auto& row : table) {
        const auto until =
            quiet_until(zones, {"Europe/Berlin", time_of(row.from), time_of(row.to)}, at(row.now));
        EXPECT_EQ(until ? until->text() : "", row.until)
            << row.from << " to " << row.to << ", " << row.now;
    }
}

TEST(RateLimits, count_in_windows_that_begin_with_a_message) {
    const domain::channel::RateLimit limit{3, domain::channel::Span::minute};
    const auto begun = at("2026-11-18T10:00:00Z");
    const auto fresh = allowance_of(limit, {}, 0, begun);
    EXPECT_EQ(fresh.left, 3);
    EXPECT_EQ(fresh.window_until.text(), "2026-11-18T10:01:00Z");
    EXPECT_EQ(allowance_of(limit, begun, 2, at("2026-11-18T10:00:59Z")).left, 1);
    EXPECT_EQ(allowance_of(limit, begun, 2, at("2026-11-18T10:00:59Z")).window_from, begun);
    EXPECT_EQ(allowance_of(limit, begun, 3, at("2026-11-18T10:01:00Z")).left, 3);
    EXPECT_EQ(allowance_of(limit, begun, 3, at("2026-11-18T09:00:00Z")).left, 3) << "put back";
}

TEST(DigestDays, are_the_newest_whose_time_has_come) {
    using domain::channel::Digest;
    using domain::channel::Every;
    const platform::SystemZones zones;
    const auto day = [&](const Digest& digest, const char* now) {
        return digest_day(zones, "Asia/Tokyo", digest, at(now)).text();
    };
    const Digest daily{Every::day, time_of("08:00"), {}};
    EXPECT_EQ(day(daily, "2026-11-17T22:59:59Z"), "2026-11-17");
    EXPECT_EQ(day(daily, "2026-11-17T23:00:00Z"), "2026-11-18");
    const Digest weekly{Every::week, time_of("08:00"), domain::Weekday::parse("friday")};
    EXPECT_EQ(day(weekly, "2026-11-19T22:59:59Z"), "2026-11-13");
    EXPECT_EQ(day(weekly, "2026-11-19T23:00:00Z"), "2026-11-20");
    EXPECT_EQ(day(weekly, "2026-11-26T00:00:00Z"), "2026-11-20");
}

// The clock of these begins at 11:06:40 UTC.
class TimingOfLanes : public testing::Test {
protected:
    domain::BudgetId budget(int number) {
        return {platform::uuid_of_name({}, "budget " + std::to_string(number))};
    }
    void add_messages(int count) {
        for (int number = 1; number <= count; ++number)
            world_.add_message(++messages_, {.budget = budget(number)});
    }
    std::string recipient(const std::string& from, const std::string& to) {
        const domain::MemberId member{platform::uuid_of_name({}, "ada")};
        EXPECT_TRUE(change(files_.store(),
                           "INSERT INTO read.members (workspace, id, kind, name, role, added_at,"
                           " time_zone, quiet_from, quiet_to) VALUES ($1, $2, 'person', '',"
                           " 'member', $3, 'UTC', $4, $5)",
                           {world_.home.value.text(), member.value.text(), world_.now(), from, to})
                        .ok());
        return R"({"recipient":")" + member.text() + R"("})";
    }

    SqliteProjectorStore files_;
    NotifierWorld world_{files_.store()};
    int messages_ = 0;
};

TEST_F(TimingOfLanes, people_are_told_after_their_quiet_hours_what_waited) {
    const auto timing = recipient("11:00", "12:00");
    world_.add_channel(1, {.kind = "email", .timing = timing, .address = "a@example.org"});
    world_.add_channel(2, {.kind = "webhook", .timing = timing});
    add_messages(1);
    add_messages(1);
    world_.run_for(53min, 1min);
    EXPECT_TRUE(world_.mailer.sent.empty());
    EXPECT_EQ(world_.client.sent.size(), 2U) << "programs do not sleep";
    world_.run_for(2min, 10s);
    EXPECT_EQ(world_.mailer.sent.size(), 1U) << "one mail tells both";
    EXPECT_EQ(world_.deliveries(), Lines(4, "delivered|1|~"));
}

TEST_F(TimingOfLanes, a_test_message_is_sent_in_quiet_hours_too) {
    const auto channel = world_.add_channel(
        1, {.kind = "email", .timing = recipient("11:00", "12:00"), .address = "a@example.org"});
    world_.add_message(1, {.kind = "channel.test"});
    ASSERT_TRUE(
        change(files_.store(), "UPDATE outlay.outbox SET channel = $1", {channel.value.text()})
            .ok());
    world_.run();
    EXPECT_EQ(world_.mailer.sent.size(), 1U);
}

// Who may not send to somebody cannot make them bear test messages either.
TEST_F(TimingOfLanes, a_limit_holds_for_test_messages_too_and_wakes_nobody) {
    const auto channel =
        world_.add_channel(1, {.state = "unconfirmed",
                               .kind = "email",
                               .timing = R"({"rate_limit":{"messages":2,"per":"hour"}})",
                               .address = "a@example.org"});
    for (int number = 1; number <= 5; ++number)
        world_.add_message(number, {.kind = "channel.test"});
    ASSERT_TRUE(change(files_.store(), "UPDATE outlay.outbox SET channel = $1, budget = NULL",
                       {channel.value.text()})
                    .ok());
    world_.run_for(30min, 10s);
    EXPECT_EQ(world_.mailer.sent.size(), 2U);
    EXPECT_FALSE(world_.lanes.has_work().value());
    world_.run_for(40min, 10s);
    EXPECT_EQ(world_.mailer.sent.size(), 4U);
}

TEST_F(TimingOfLanes, a_program_gets_every_message_at_the_pace_it_bears) {
    world_.add_channel(1, {.timing = R"({"rate_limit":{"messages":2,"per":"minute"}})"});
    add_messages(5);
    const auto begun = world_.clock.now();
    world_.run_for(3min, 1s);
    std::vector<std::int64_t> minutes;
    for (const auto& sent : world_.client.sent)
        minutes.push_back((sent.at.micros - begun.micros) / 60'000'000);
    EXPECT_EQ(minutes, (std::vector<std::int64_t>{0, 0, 1, 1, 2}));
    EXPECT_EQ(world_.ids_sent().size(), 5U);
}

TEST_F(TimingOfLanes, people_get_a_summary_when_their_limit_is_used_up) {
    world_.add_channel(1, {.kind = "email",
                           .timing = R"({"rate_limit":{"messages":2,"per":"hour"}})",
                           .address = "a@example.org"});
    add_messages(5);
    world_.run_for(10min, 1s);
    ASSERT_EQ(world_.mailer.sent.size(), 2U);
    const auto title = platform::base64("Outlay: 4 messages on several budgets");
    EXPECT_NE(world_.mailer.sent[1].text.find(title), std::string::npos)
        << world_.mailer.sent[1].text;
    EXPECT_EQ(world_.deliveries(), Lines(5, "delivered|1|~"));
    add_messages(3);
    world_.run_for(40min, 1min);
    EXPECT_EQ(world_.mailer.sent.size(), 2U) << "the hour is not over";
    world_.run_for(15min, 1min);
    EXPECT_EQ(world_.mailer.sent.size(), 4U);
    EXPECT_EQ(world_.deliveries(), Lines(8, "delivered|1|~"));
}

TEST_F(TimingOfLanes, a_hundred_budgets_at_once_are_twenty_mails) {
    world_.add_channel(1, {.kind = "email", .address = "a@example.org"});
    add_messages(100);
    world_.run_for(10min, 1s);
    EXPECT_EQ(world_.mailer.sent.size(), 20U);
    EXPECT_EQ(world_.deliveries(), Lines(100, "delivered|1|~"));
}

TEST_F(TimingOfLanes, what_may_go_at_once_does_not_wait_for_what_may_not) {
    world_.add_channel(1, {.timing = R"({"unacknowledged_minutes":1440})"});
    for (int number = 1; number <= 10; ++number)
        world_.add_message(number, {.kind = number % 2 == 0 ? "alert.resolved" : "alert.raised"});
    world_.run();
    EXPECT_EQ(world_.client.sent.size(), 5U);
}

TEST_F(TimingOfLanes, a_lane_that_rests_is_not_woken_by_what_has_to_wait) {
    const auto channel = world_.add_channel(
        1, {.kind = "email", .timing = recipient("11:00", "12:00"), .address = "a@example.org"});
    add_messages(1);
    world_.run_for(10s, 1s);
    add_messages(1);
    ASSERT_TRUE(workers::notifier::fan_out(files_.store(), world_.clock).ok());
    world_.clock.advance(10s);
    EXPECT_FALSE(world_.lanes.has_work().value());
    EXPECT_TRUE(world_.mailer.sent.empty());
    // What somebody asks for wakes it, and nothing else goes with it.
    world_.add_message(++messages_, {.kind = "channel.test"});
    ASSERT_TRUE(change(files_.store(),
                       "UPDATE outlay.outbox SET channel = $1 WHERE kind ="
                       " 'channel.test'",
                       {channel.value.text()})
                    .ok());
    world_.run_for(10s, 1s);
    EXPECT_EQ(world_.mailer.sent.size(), 1U);
    EXPECT_EQ(world_.deliveries(), (Lines{"delivered|1|~", "pending|0|~", "pending|0|~"}));
}

TEST_F(TimingOfLanes, a_channel_that_has_changed_is_not_kept_waiting) {
    const auto channel = world_.add_channel(1, {.state = "unconfirmed", .kind = "slack"});
    world_.add_message(++messages_, {.kind = "channel.test"});
    ASSERT_TRUE(
        change(files_.store(), "UPDATE outlay.outbox SET channel = $1", {channel.value.text()})
            .ok());
    world_.run();
    ASSERT_EQ(world_.client.sent.size(), 1U);
    ASSERT_TRUE(
        change(files_.store(), "UPDATE read.channels SET state = 'active', version = 2").ok());
    add_messages(2);
    world_.run_for(7s, 1s);
    EXPECT_EQ(world_.client.sent.size(), 3U);
}

TEST_F(TimingOfLanes, what_waits_for_a_limit_keeps_its_turn) {
    world_.add_channel(1, {.timing = R"({"rate_limit":{"messages":1,"per":"minute"}})"});
    std::vector<std::string> ids;
    for (int number = 1; number <= 6; ++number) {
        ids.push_back(world_.add_message(number).text());
        world_.run_for(1s, 1s);
    }
    world_.run_for(10min, 5s);
    std::vector<std::string> sent;
    for (const auto& request : world_.client.sent) sent.push_back(request.id);
    EXPECT_EQ(sent, ids);
}

TEST_F(TimingOfLanes, a_summary_swallows_nothing_that_a_line_could_not_say) {
    world_.add_channel(1, {.patterns = R"(["*"])",
                           .kind = "email",
                           .timing = R"({"rate_limit":{"messages":1,"per":"hour"}})",
                           .address = "a@example.org"});
    add_messages(3);
    world_.add_message(++messages_, {.kind = "operations.delivery_dead"});
    ASSERT_TRUE(change(files_.store(),
                       "UPDATE outlay.outbox SET budget = NULL WHERE kind ="
                       " 'operations.delivery_dead'")
                    .ok());
    world_.run_for(2h, 1min);
    ASSERT_EQ(world_.mailer.sent.size(), 2U) << "the notice, and a summary of three alerts";
    EXPECT_NE(world_.mailer.sent[0].text.find(
                  platform::base64("Outlay: a message could not be delivered")),
              std::string::npos);
}

}  // namespace
}  // namespace outlay::tests
