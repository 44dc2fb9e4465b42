// Promise: what piled up while the notifier was down drains in order of age, to each channel as
// fast as that one bears, and nothing is told twice (F-83).
#include <gtest/gtest.h>

#include <numeric>

#include "tests/unit/notifier_world.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;

constexpr int alerts = 10'000;
const domain::BudgetId food{platform::uuid_of_name({}, "food")};

class Backlog : public testing::Test {
protected:
    struct Told {
        int number = 0;
        std::string kind = "alert.raised";
        std::string severity = "warning";
    };
    // All in one transaction; each arose a moment after the one before.
    void pile_up(const std::vector<Told>& told) {
        const auto done = files_.store().transact(
            {sql::Access::project, std::nullopt}, [&](sql::Session& session) -> sql::Status {
                for (const auto& one : told) {
                    const auto added = session.execute(insertion, cells_of(one));
                    if (!added.ok()) return domain::Fail{added.error()};
                    world_.clock.advance(1ms);
                }
                return domain::Done{};
            });
        ASSERT_TRUE(done.ok()) << done.error().detail;
    }
    // Laying a handful out takes its time.
    void lay_out() {
        for (auto laid = workers::notifier::fan_out(files_.store(), world_.clock);
             laid.ok() && *laid > 0;
             laid = workers::notifier::fan_out(files_.store(), world_.clock))
            world_.clock.advance(1ms);
    }
    // The numbers of the messages that an endpoint was sent, in that order.
    std::vector<int> numbers_at(const std::string& url) const {
        std::vector<int> numbers;
        for (const auto& sent : world_.client.sent) {
            if (sent.url != url) continue;
            constexpr std::string_view label = R"("n":)";
            numbers.push_back(std::stoi(sent.body.substr(sent.body.find(label) + label.size())));
        }
        return numbers;
    }
    // The most that an endpoint was sent within a span that begins with something sent.
    std::ptrdiff_t most_within(const std::string& url, std::chrono::microseconds span) const {
        std::vector<std::int64_t> times;
        for (const auto& sent : world_.client.sent)
            if (sent.url == url) times.push_back(sent.at.micros);
        std::ptrdiff_t most = 0;
        for (auto at = times.begin(); at != times.end();) {
            const auto end = std::ranges::lower_bound(at, times.end(), *at + span.count());
            most = std::max(most, end - at);
            at = end;
        }
        return most;
    }

    SqliteProjectorStore files_;
    NotifierWorld world_{files_.store()};

private:
    static constexpr const char* insertion =
        "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition, log_offset,"
        " created_at, severity, budget, member) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9)";

    std::vector<sql::Value> cells_of(const Told& told) const {
        const auto name = "message " + std::to_string(told.number);
        return {platform::uuid_of_name({}, name).text(),
                world_.home.value.text(),
                told.kind,
                "{\"n\":" + std::to_string(told.number) + "}",
                std::int64_t{told.number},
                world_.now(),
                told.severity,
                food.value.text(),
                domain::MemberId{}.value.text()};
    }
};

TEST_F(Backlog, of_ten_thousand_alerts_drains_by_age_within_every_channels_limits) {
    world_.add_channel(1);
    world_.add_channel(2, {.kind = "slack"});
    world_.add_channel(3, {.routing = R"({"severities":["critical"]})",
                           .timing = R"({"rate_limit":{"messages":100,"per":"minute"}})"});
    world_.add_channel(4, {.kind = "email", .address = "all@example.org"});
    std::vector<Told> told;
    for (int number = 1; number <= alerts; ++number)
        told.push_back({number, "alert.raised", number % 10 == 0 ? "critical" : "warning"});
    pile_up(told);
    world_.clock.advance(6h);  // nobody is there
    lay_out();
    world_.run_for(11min, 1s);
    world_.run_for(4h, 30s);

    std::vector<int> all(alerts);
    std::iota(all.begin(), all.end(), 1);
    EXPECT_EQ(numbers_at(world_.url_of(1)), all) << "once each, the oldest first";
    std::vector<int> critical;
    std::ranges::copy_if(all, std::back_inserter(critical), [](int n) { return n % 10 == 0; });
    EXPECT_EQ(numbers_at(world_.url_of(3)), critical);
    EXPECT_LE(most_within(world_.url_of(3), 1min), 100);
    EXPECT_LE(most_within(world_.url_of(2), 1s), 1) << "one message a second";
    EXPECT_LE(most_within(world_.url_of(2), 1h), 60);
    EXPECT_LE(world_.mailer.sent.size(), 60U) << "20 mails an hour";
    EXPECT_EQ(world_.deliveries(), Lines(3 * alerts + alerts / 10, "delivered|1|~"));
}

TEST_F(Backlog, tells_in_the_order_of_the_log_that_an_alert_was_raised_and_is_over) {
    world_.add_channel(1);
    world_.add_channel(2, {.kind = "pagerduty", .address = "https://2.example/ key"});
    std::vector<Told> told;
    for (int number = 1; number <= 60; ++number)
        told.push_back({number, number % 2 == 1 ? "alert.raised" : "alert.resolved", "warning"});
    pile_up(told);
    lay_out();
    world_.run_for(3s, 1s);
    const auto numbers = numbers_at(world_.url_of(1));
    EXPECT_EQ(numbers.size(), 60U);
    EXPECT_TRUE(std::ranges::is_sorted(numbers));
    std::string actions;
    for (const auto& sent : world_.client.sent) {
        if (sent.url != "https://2.example/") continue;
        actions += sent.body.find(R"("event_action":"resolve")") == std::string::npos ? 't' : 'r';
    }
    std::string expected;
    for (int pair = 0; pair < 30; ++pair) expected += "tr";
    EXPECT_EQ(actions, expected) << "no incident stays open";
}

}  // namespace
}  // namespace outlay::tests
