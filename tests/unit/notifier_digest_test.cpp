// Promise: a digest is composed once for each day or week of its channel, whatever restarts and
// clocks do, tells what happened, and is not sent where nothing did; and a channel of escalation is
// told of alerts that nobody has seen to in time, and of no others.
#include <gtest/gtest.h>

#include "platform/zones/system_zones.hpp"
#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"
#include "workers/notifier/closing.hpp"
#include "workers/notifier/digest.hpp"
#include "workers/notifier/fan_out.hpp"
#include "workers/notifier/lanes.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
namespace notifier = workers::notifier;

// Runs beside the clock of the node.
class LaterClock final : public platform::Clock {
public:
    domain::Instant now() const override { return notifier::later(base, passed); }
    std::chrono::steady_clock::time_point monotonic() const override { return {}; }

    domain::Instant base = platform::SystemClock().now();
    notifier::Pause passed{};
};

// A household with a budget of 10.00 EUR a month that warns at 80 %.
class NotifierOfAlerts : public testing::Test {
protected:
    NotifierOfAlerts() { budget_ = make_budget("Food", 1000); }
    std::string make_budget(const std::string& name, int limit) {
        return made("/budgets", R"({"name":")" + name + R"(","limit":{"amount":)" +
                                    std::to_string(limit) + R"(,"currency":"EUR"},)" +
                                    R"("period":{"every":"month"},"thresholds":[{"percent":80}]})");
    }
    std::string made(const std::string& path, const std::string& body) {
        const auto answer = api_.post(workspace_ + path, body);
        EXPECT_EQ(answer.status(), 201) << answer.response.body;
        return answer.text("id");
    }
    std::string today() { return zones_.local_day("Europe/Berlin", clock_.base).text(); }
    std::string spend(int amount, const std::string& day) {
        return made("/expenses", R"({"amount":{"amount":)" + std::to_string(amount) +
                                     R"(,"currency":"EUR"},"spent_on":")" + day + "\"}");
    }
    void go_to(const std::string& day, const char* time) {
        const auto at = zones_.instant_at(
            "Europe/Berlin", {*domain::Date::parse(day), *domain::TimeOfDay::parse(time)});
        clock_.passed = notifier::Pause{at.micros - clock_.base.micros};
    }
    std::size_t compose() {
        const auto composed = notifier::compose_digests(api_.store(), clock_, zones_);
        EXPECT_TRUE(composed.ok());
        return composed.ok() ? composed->composed : 0;
    }
    Lines digests() {
        return rows_of(api_.store(),
                       "SELECT payload FROM outlay.outbox WHERE kind LIKE 'digest.%'"
                       " ORDER BY created_at");
    }
    // The kinds of what may be sent now; nothing is sent.
    std::vector<std::string> due() {
        EXPECT_TRUE(notifier::fan_out(api_.store(), clock_).ok());
        std::vector<std::string> kinds;
        notifier::Lanes lanes(api_.store(), clock_, zones_, "one");
        const auto claim = lanes.claim();
        if (!claim.ok() || !*claim) return kinds;
        for (const auto& delivery : (*claim)->deliveries) kinds.push_back(delivery.message.kind);
        EXPECT_TRUE(lanes.release(**claim).ok());
        return kinds;
    }
    // Sends what is due.
    void deliver() {
        notifier::Lanes lanes(api_.store(), clock_, zones_, "one");
        const auto claim = lanes.claim().value();
        ASSERT_TRUE(claim.has_value());
        ASSERT_TRUE(
            lanes
                .record(*claim, claim->deliveries, claim->health, {.end = notifier::End::delivered})
                .ok());
        ASSERT_TRUE(lanes.release(*claim).ok());
    }
    std::string alert() { return api_.get(workspace_ + "/alerts").data("id").front(); }
    Lines states() { return rows_of(api_.store(), "SELECT state FROM outlay.deliveries"); }

    ApiNode api_;
    platform::SystemZones zones_;
    LaterClock clock_;
    std::string workspace_ = api_.workspace();
    std::string budget_;
};

std::string day_after(const std::string& day, int days) {
    return domain::Date::parse(day)->plus_days(days).text();
}

TEST_F(NotifierOfAlerts, composes_a_digest_once_a_day) {
    made("/channels", R"({"kind":"email","to":"a@example.org","verify":false,"events":[],)"
                      R"("digest":{"every":"day","at":"00:00"}})");
    const auto day = today();
    spend(900, day);
    EXPECT_EQ(compose(), 0U) << "asked for just now";
    go_to(day, "23:59");
    EXPECT_EQ(compose(), 0U);
    go_to(day_after(day, 1), "00:00");
    EXPECT_EQ(compose(), 1U);
    EXPECT_EQ(compose(), 0U);
    go_to(day, "22:00");
    EXPECT_EQ(compose(), 0U) << "the clock was put back";
    go_to(day_after(day, 1), "23:00");
    EXPECT_EQ(compose(), 0U);
    ASSERT_EQ(digests().size(), 1U);
    const auto text = digests().front();
    EXPECT_NE(text.find(R"("from":")" + day + R"(","to":")" + day + "\""), std::string::npos);
    EXPECT_NE(text.find(R"("spending":[{"amount":{"amount":900,"currency":"EUR"},"expenses":1}])"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find(R"("alerts_raised":1,"alerts_open":1)"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("limit":{"amount":1000,"currency":"EUR"},)"
                        R"("spent":{"amount":900,"currency":"EUR"})"),
              std::string::npos)
        << text;
    EXPECT_EQ(due(), std::vector<std::string>{"digest.daily"});
}

TEST_F(NotifierOfAlerts, sends_no_digest_of_nothing_and_leaves_no_day_out) {
    made("/channels", R"({"kind":"email","to":"a@example.org","verify":false,"events":[],)"
                      R"("digest":{"every":"day","at":"00:00"}})");
    const auto day = today();
    go_to(day_after(day, 1), "00:00");
    EXPECT_EQ(compose(), 0U);
    spend(100, day_after(day, 1));
    spend(200, day_after(day, 3));
    go_to(day_after(day, 4), "10:00");  // nobody composed for two days
    EXPECT_EQ(compose(), 1U);
    ASSERT_EQ(digests().size(), 1U);
    EXPECT_NE(digests().front().find(R"("from":")" + day_after(day, 1) + R"(","to":")" +
                                     day_after(day, 3) + "\""),
              std::string::npos)
        << digests().front();
    EXPECT_NE(digests().front().find(R"({"amount":300,"currency":"EUR"})"), std::string::npos);
}

TEST_F(NotifierOfAlerts, composes_a_weekly_digest_for_whom_it_was_routed) {
    const auto day = today();
    const auto member = api_.get(workspace_ + "/members").data("id").front();
    ASSERT_EQ(
        api_.patch(workspace_ + "/members/" + member, R"({"time_zone":"Asia/Tokyo"})").status(),
        200);
    made("/channels", R"({"kind":"slack","url":"https://hooks.example.org/x","verify":false,)"
                      R"("recipient":")" +
                          member + R"(","budgets":[")" + make_budget("Rent", 90'000) +
                          R"("],)"
                          R"("digest":{"every":"week","weekday":"friday","at":"08:00"}})");
    spend(900, day);
    const auto friday =
        domain::Weekday::parse("friday")->on_or_before(*domain::Date::parse(day_after(day, 8)));
    go_to(friday.text(), "00:01");  // 08:01 in Tokyo, or 07:01
    compose();
    go_to(friday.text(), "01:01");
    compose();
    ASSERT_EQ(digests().size(), 1U);
    const auto text = digests().front();
    EXPECT_NE(text.find(R"("name":"Rent")"), std::string::npos) << text;
    EXPECT_EQ(text.find(R"("name":"Food")"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("budgets_total":1,"alerts_raised":0)"), std::string::npos) << text;
}

TEST_F(NotifierOfAlerts, sends_no_digest_of_this_morning_to_who_asks_for_another_time) {
    const auto channel =
        made("/channels", R"({"kind":"email","to":"a@example.org","verify":false,"events":[],)"
                          R"("digest":{"every":"day","at":"00:00"}})");
    const auto day = today();
    spend(900, day_after(day, -2));
    ASSERT_TRUE(change(api_.store(),
                       "INSERT INTO outlay.channel_digests (channel, workspace, through,"
                       " alerts_until, alerts_offset) SELECT id, workspace, $1, created_at, 0 FROM"
                       " read.channels",
                       {day_after(day, -3)})
                    .ok());
    EXPECT_EQ(compose(), 0U);
    go_to(day_after(day, 1), "00:00");
    EXPECT_EQ(compose(), 1U);
    EXPECT_NE(digests().front().find(R"("from":")" + day_after(day, -3)), std::string::npos);
}

TEST_F(NotifierOfAlerts, tells_of_other_peoples_expenses_only_who_asked_for_them) {
    const auto person = api_.post(workspace_ + "/members",
                                  R"({"name":"Ada","email":"a@example.org","role":"member"})");
    made("/channels", R"({"kind":"email","to":"a@example.org","verify":false,"events":[],)"
                      R"("members":[")" +
                          person.text("id") + R"("],"digest":{"every":"day","at":"00:00"}})");
    spend(900, today());
    go_to(day_after(today(), 1), "00:00");
    EXPECT_EQ(compose(), 0U) << (digests().empty() ? "" : digests().front());
}

class Escalation : public NotifierOfAlerts {
protected:
    Escalation() {
        made("/channels", R"({"kind":"webhook","url":"https://hooks.example.org/x",)"
                          R"("unacknowledged_minutes":30})");
        expense_ = spend(900, today());
    }
    void wait(std::chrono::minutes time) { clock_.passed += time; }
    void void_expense() {
        EXPECT_LT(api_.remove(workspace_ + "/expenses/" + expense_).status(), 300);
    }

    std::string expense_;
};

TEST_F(Escalation, tells_of_an_alert_that_nobody_saw_to) {
    EXPECT_EQ(due(), std::vector<std::string>{});
    wait(29min);
    EXPECT_EQ(due(), std::vector<std::string>{});
    wait(2min);
    EXPECT_EQ(due(), std::vector<std::string>{"alert.raised"});
    deliver();
    void_expense();
    EXPECT_EQ(due(), std::vector<std::string>{"alert.resolved"}) << "who was told hears the end";
}

TEST_F(Escalation, is_silent_about_what_was_acknowledged_in_time) {
    EXPECT_EQ(due(), std::vector<std::string>{});
    ASSERT_EQ(api_.post(workspace_ + "/alerts/" + alert() + "/acknowledge").status(), 200);
    wait(31min);
    EXPECT_EQ(due(), std::vector<std::string>{});
    EXPECT_EQ(states(), Lines{"dropped"});
    void_expense();
    EXPECT_EQ(due(), std::vector<std::string>{});
    EXPECT_EQ(states(), (Lines{"dropped", "dropped"})) << "nor is its end told";
}

TEST_F(Escalation, waits_for_a_snooze) {
    EXPECT_EQ(due(), std::vector<std::string>{});
    const auto until = notifier::later(clock_.base, 2h);
    ASSERT_EQ(api_.post(workspace_ + "/alerts/" + alert() + "/snooze",
                        R"({"until":")" + until.text() + "\"}")
                  .status(),
              200);
    wait(31min);
    EXPECT_EQ(due(), std::vector<std::string>{});
    wait(90min);
    EXPECT_EQ(due(), std::vector<std::string>{"alert.raised"});
}

class Incidents : public NotifierOfAlerts {
protected:
    Incidents() {
        made("/channels", R"({"kind":"pagerduty","routing_key":"0123456789abcdef0123456789abcdef",)"
                          R"("verify":false})");
        expense_ = spend(900, today());
        EXPECT_EQ(due(), std::vector<std::string>{"alert.raised"});
        deliver();
    }
    // What is to be sent after that time.
    std::vector<std::string> due_after(std::chrono::hours time) {
        clock_.passed += time;
        EXPECT_TRUE(notifier::close_incidents(api_.store(), clock_, zones_).ok());
        return due();
    }

    std::string expense_;
};

TEST_F(Incidents, are_closed_once_when_their_period_is_over) {
    EXPECT_EQ(due_after(25h * 31), std::vector<std::string>{"alert.resolved"});
    deliver();
    EXPECT_EQ(due_after(24h), std::vector<std::string>{});
    EXPECT_EQ(api_.get(workspace_ + "/alerts").data("state").front(), "raised")
        << "the alert stays what it is";
}

TEST_F(Incidents, are_closed_when_their_budget_is_archived) {
    ASSERT_LT(api_.post(workspace_ + "/budgets/" + budget_ + "/archive").status(), 300);
    EXPECT_EQ(due_after(1h), std::vector<std::string>{}) << "people see it for a day";
    EXPECT_EQ(due_after(24h), std::vector<std::string>{"alert.resolved"});
}

TEST_F(Incidents, are_left_alone_if_they_were_resolved) {
    ASSERT_LT(api_.remove(workspace_ + "/expenses/" + expense_).status(), 300);
    EXPECT_EQ(due(), std::vector<std::string>{"alert.resolved"});
    deliver();
    EXPECT_EQ(due_after(25h * 31), std::vector<std::string>{});
}

}  // namespace
}  // namespace outlay::tests
