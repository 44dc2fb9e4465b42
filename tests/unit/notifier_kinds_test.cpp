// Promise: every kind of channel is treated by its own manners: what people read is gathered and
// paced, what is unconfirmed gets its test message only, and routing lets through what was chosen.
#include <gtest/gtest.h>

#include "tests/unit/notifier_world.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;

const domain::BudgetId food{platform::uuid_of_name({}, "food")};
const domain::BudgetId travel{platform::uuid_of_name({}, "travel")};
const domain::MemberId ada{platform::uuid_of_name({}, "a member")};

class NotifierOfKinds : public testing::Test {
protected:
    std::vector<std::string> lanes_without_end() {
        return rows_of(files_.store(),
                       "SELECT disabled_reason FROM outlay.channel_lanes WHERE disabled_at IS NOT"
                       " NULL");
    }

    SqliteProjectorStore files_;
    NotifierWorld world_{files_.store()};
};

TEST_F(NotifierOfKinds, gathers_what_people_read_and_tells_programs_everything) {
    world_.add_channel(1);
    world_.add_channel(2, {.kind = "slack"});
    world_.add_channel(3, {.kind = "email", .address = "all@example.org"});
    world_.add_channel(4, {.kind = "pagerduty", .address = "https://4.example/ key"});
    for (int message = 1; message <= 30; ++message)
        world_.add_message(message, {.budget = message % 2 == 0 ? food : travel});
    world_.run_for(20s, 1s);
    EXPECT_EQ(world_.client.count(world_.url_of(1)), 30U);
    EXPECT_EQ(world_.client.count(world_.url_of(2)), 2U) << "one message per budget";
    EXPECT_EQ(world_.mailer.sent.size(), 2U) << "one mail per budget";
    EXPECT_EQ(world_.client.count("https://4.example/"), 30U);
    EXPECT_EQ(world_.deliveries(), Lines(120, "delivered|1|~"));
}

TEST_F(NotifierOfKinds, sends_one_message_a_second_to_a_chat) {
    world_.add_channel(1, {.kind = "slack"});
    for (int message = 1; message <= 3; ++message)
        world_.add_message(message,
                           {.budget = {platform::uuid_of_name({}, std::to_string(message))}});
    const auto begun = world_.clock.now();
    world_.run_for(10s, 100ms);
    std::vector<std::int64_t> seconds;
    for (const auto& sent : world_.client.sent)
        seconds.push_back((sent.at.micros - begun.micros) / 1'000'000);
    EXPECT_EQ(seconds, (std::vector<std::int64_t>{5, 6, 7}));
}

TEST_F(NotifierOfKinds, gives_up_an_endpoint_whose_refusal_is_final_for_its_kind) {
    struct Row {
        std::string kind;
        int answer;
        Lines disabled;
    };
    const std::vector<Row> table{
        {"webhook", 404, {}},
        {"webhook", 410, {"gone"}},
        {"slack", 404, {"refused"}},
        {"slack", 403, {"refused"}},
        {"slack", 429, {}},
        {"slack", 500, {}},
        {"pagerduty", 400, {"refused"}},
        {"pagerduty", 429, {}},
        {"pagerduty", 500, {}},
        {"ntfy", 403, {"refused"}},
        {"ntfy", 507, {}},
    };
    int number = 0;
    for (const auto& row : table) {
        ++number;
        world_.add_channel(number, {.kind = row.kind});
        const auto answer = row.answer;
        for (const auto& url :
             {world_.url_of(number), "https://" + std::to_string(number) + ".example"})
            world_.client.answers[url] = [answer] { return status(answer); };
        world_.add_message(number);
        world_.run_for(8s, 1s);
        EXPECT_EQ(lanes_without_end(), row.disabled) << row.kind << " " << row.answer;
        for (const char* table_name : {"read.channels", "outlay.channel_lanes"})
            ASSERT_TRUE(change(files_.store(), std::string("DELETE FROM ") + table_name).ok());
    }
}

TEST_F(NotifierOfKinds, repeats_a_mail_under_one_id_unless_it_is_refused_for_good) {
    world_.add_channel(1, {.kind = "email", .address = "all@example.org"});
    world_.mailer.answer = {false, false, 450, "450 mailbox busy"};
    world_.add_message(1);
    world_.run_for(20s, 1s);
    world_.mailer.answer = {false, true, 550, "550 no such user"};
    world_.run_for(10min, 10s);
    ASSERT_EQ(world_.mailer.sent.size(), 3U);
    const auto message_id = [](const platform::Mail& mail) {
        return mail.text.substr(mail.text.find("Message-ID"), 50);
    };
    EXPECT_EQ(message_id(world_.mailer.sent[0]), message_id(world_.mailer.sent[2]));
    EXPECT_EQ(world_.deliveries(), Lines{"dead|3|mail server: 550 no such user"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT number, error_class FROM outlay.delivery_attempts"),
              (Lines{"1|status", "2|status", "3|rejected"}));
    const auto logged =
        rows_of(files_.store(), "SELECT DISTINCT request FROM outlay.delivery_attempts");
    ASSERT_EQ(logged.size(), 1U) << "all under one id";
    EXPECT_EQ(logged[0].find(R"({"Message-ID":"<dlv_)"), 0U) << logged[0];
    EXPECT_EQ(lanes_without_end(), Lines{}) << "another message may be taken";
}

TEST_F(NotifierOfKinds, tells_an_import_in_one_mail_per_budget) {
    world_.add_channel(1, {.kind = "email", .address = "all@example.org"});
    constexpr int messages = 600;
    for (int number = 1; number <= messages; ++number) {
        world_.add_message(number, {.budget = number % 3 == 0 ? travel : food});
        world_.run();
        world_.clock.advance(100ms);
    }
    EXPECT_EQ(world_.mailer.sent.size(), 0U) << "there is more to come";
    world_.run_for(10s, 1s);
    EXPECT_EQ(world_.mailer.sent.size(), 2U);
    EXPECT_EQ(world_.deliveries(), Lines(messages, "delivered|1|~"));
}

TEST_F(NotifierOfKinds, tells_what_never_ends_every_other_minute) {
    world_.add_channel(1, {.kind = "email", .address = "all@example.org"});
    for (int number = 1; number <= 150; ++number) {
        world_.add_message(number, {.budget = food});
        world_.run();
        world_.clock.advance(2s);
    }
    EXPECT_EQ(world_.mailer.sent.size(), 2U) << "in five minutes";
}

TEST_F(NotifierOfKinds, waits_for_minutes_before_it_asks_pagerduty_again) {
    world_.add_channel(1, {.kind = "pagerduty", .address = "https://1.example/ key"});
    world_.client.answers[world_.url_of(1)] = [] { return status(500); };
    world_.add_message(1);
    world_.run_for(100s, 1s);
    EXPECT_EQ(world_.client.sent.size(), 1U);
    world_.run_for(40s, 1s);
    EXPECT_EQ(world_.client.sent.size(), 2U);
}

TEST_F(NotifierOfKinds, leads_people_to_what_they_are_told_of) {
    const domain::AlertId first{platform::uuid_of_name({}, "first alert")};
    const domain::AlertId second{platform::uuid_of_name({}, "second alert")};
    const auto about = [](const domain::AlertId& alert, const domain::BudgetId& budget) {
        return NotifierWorld::About{.document = R"({"id":")" + alert.text() + R"("})",
                                    .budget = budget};
    };
    world_.add_channel(1, {.kind = "pagerduty", .address = "https://1.example/ key"});
    world_.add_channel(2, {.kind = "slack"});
    world_.add_message(1, about(first, food));
    world_.run_for(8s, 1s);
    const auto place = "https://outlay.example/v1/workspaces/" + world_.home.text() + "/alerts";
    ASSERT_EQ(world_.client.sent.size(), 2U);
    for (const auto& sent : world_.client.sent)
        EXPECT_NE(sent.body.find(place + "/" + first.text()), std::string::npos) << sent.body;
    world_.add_message(2, about(first, food));
    world_.add_message(3, about(second, food));
    world_.run_for(8s, 1s);
    ASSERT_EQ(world_.client.count(world_.url_of(2)), 2U) << "both in one";
    const auto both = std::ranges::find_if(world_.client.sent, [&](const auto& sent) {
        return sent.body.find(place + "?budget=" + food.text()) != std::string::npos;
    });
    EXPECT_NE(both, world_.client.sent.end());
}

TEST_F(NotifierOfKinds, sends_an_unconfirmed_channel_its_test_message_only) {
    const auto channel = world_.add_channel(1, {.state = "unconfirmed", .kind = "slack"});
    world_.add_message(1);
    ASSERT_TRUE(change(files_.store(),
                       "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition,"
                       " log_offset, created_at, channel) VALUES ($1, $2, 'channel.test', '{}', 0,"
                       " 2, $3, $4)",
                       {platform::uuid_of_name({}, "test").text(), world_.home.value.text(),
                        world_.now(), channel.value.text()})
                    .ok());
    world_.run_for(5s, 1s);
    ASSERT_EQ(world_.client.sent.size(), 1U);
    EXPECT_NE(world_.client.sent[0].body.find("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
              std::string::npos)
        << "what is sealed beside the channel is its code";
    EXPECT_EQ(world_.deliveries(), Lines{"delivered|1|~"}) << "alerts were never laid out for it";
}

TEST_F(NotifierOfKinds, keeps_alerts_from_a_channel_that_has_to_be_confirmed_again) {
    world_.add_channel(1, {.kind = "slack"});
    world_.client.answers[world_.url_of(1)] = [] { return status(500); };
    world_.add_message(1);
    world_.run_for(6s, 1s);
    ASSERT_EQ(world_.client.sent.size(), 1U);
    ASSERT_TRUE(change(files_.store(), "UPDATE read.channels SET state = 'unconfirmed'").ok());
    world_.client.answers.clear();
    world_.run_for(10min, 10s);
    EXPECT_EQ(world_.client.sent.size(), 1U);
    ASSERT_TRUE(change(files_.store(), "UPDATE read.channels SET state = 'active'").ok());
    world_.run_for(1min, 1s);
    EXPECT_EQ(world_.deliveries(), Lines{"delivered|2|~"});
}

TEST_F(NotifierOfKinds, lets_through_what_a_channel_chose) {
    world_.add_channel(1, {.routing = R"({"severities":["critical"]})"});
    world_.add_channel(2, {.routing = R"({"budgets":[")" + food.text() + R"("]})"});
    world_.add_channel(
        3, {.routing = R"({"severities":["warning"],"members":[")" + ada.text() + R"("]})"});
    world_.add_message(1, {.severity = "critical", .budget = travel});
    world_.add_message(2, {.severity = "warning", .budget = food});
    world_.add_message(3, {.severity = "warning", .budget = travel, .member = ada});
    world_.add_message(4, {.severity = "critical", .budget = food, .member = ada});
    world_.run_for(3s, 1s);
    EXPECT_EQ(world_.client.count(world_.url_of(1)), 2U);
    EXPECT_EQ(world_.client.count(world_.url_of(2)), 2U);
    EXPECT_EQ(world_.client.count(world_.url_of(3)), 1U);
}

TEST_F(NotifierOfKinds, tells_others_once_a_day_what_failed) {
    world_.add_channel(1);
    world_.add_channel(2, {.patterns = R"(["operations.*"])", .registered_at = 1'000'000});
    world_.client.answers[world_.url_of(1)] = [] { return status(500); };
    for (int message = 1; message <= 3; ++message) world_.add_message(message);
    world_.run_for(24h * 4, 30min);
    std::vector<std::string> told;
    for (const auto& sent : world_.client.sent) {
        if (sent.url == world_.url_of(2)) told.push_back(sent.body.substr(0, sent.body.find(',')));
    }
    EXPECT_EQ(told, std::vector<std::string>{R"({"type":"operations.delivery_dead")"});
    EXPECT_EQ(lanes_without_end(), Lines{});
}

TEST_F(NotifierOfKinds, tells_changes_to_programs_and_operators_of_halts) {
    world_.add_channel(1, {.patterns = R"(["*"])"});
    world_.add_channel(2, {.patterns = R"(["*"])", .kind = "slack"});
    world_.add_channel(3, {.patterns = R"(["alert.*"])"});
    world_.add_message(1, {.kind = "expense.recorded"});
    ASSERT_TRUE(change(files_.store(),
                       "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition,"
                       " log_offset, created_at) VALUES ($1, $2, 'operations.partition_halted',"
                       " $3, -1, -1, $4)",
                       {platform::uuid_of_name({}, "halt").text(), world_.home.value.text(),
                        R"({"partition":3,"position":"3:17","cause":"event_type",)"
                        R"("next_step":"Upgrade."})",
                        world_.now()})
                    .ok());
    world_.run_for(6s, 1s);
    EXPECT_EQ(world_.client.count(world_.url_of(1)), 2U);
    ASSERT_EQ(world_.client.count(world_.url_of(2)), 1U);
    EXPECT_EQ(world_.client.count(world_.url_of(3)), 0U);
    for (const auto& sent : world_.client.sent) {
        if (sent.url != world_.url_of(2)) continue;
        EXPECT_NE(sent.body.find("stands still"), std::string::npos);
        EXPECT_NE(sent.body.find("3:17"), std::string::npos);
        EXPECT_NE(sent.body.find("Upgrade."), std::string::npos);
    }
}

}  // namespace
}  // namespace outlay::tests
