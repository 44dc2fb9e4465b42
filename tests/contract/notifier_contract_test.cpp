// Promise: on every store messages reach their channels, two notifiers never hold one lane, and the
// API's role sees the deliveries and lanes of one workspace only.
#include "tests/contract/store_subject.hpp"
#include "tests/unit/notifier_world.hpp"
#include "workers/notifier/digest.hpp"
#include "workers/notifier/retention.hpp"
#include "workers/pausing.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;

std::span<const migrations::Migration> migrations_of(const StoreKind& kind) {
    return std::string_view(kind.name) == "sqlite" ? migrations::sqlite() : migrations::postgres();
}

class NotifierContract : public testing::TestWithParam<StoreKind> {
protected:
    void SetUp() override {
        subject_ = GetParam().make();
        ASSERT_NE(subject_, nullptr) << "OUTLAY_TEST_POSTGRES names no server";
        store_ = subject_->open({});
        ASSERT_DONE(workers::migrate(*store_, migrations_of(GetParam()), ManualClock{}));
        world_ = std::make_unique<NotifierWorld>(*store_);
    }

    std::unique_ptr<StoreSubject> subject_;
    std::unique_ptr<sql::Store> store_;
    std::unique_ptr<NotifierWorld> world_;
};

TEST_P(NotifierContract, a_message_is_repeated_until_it_is_delivered) {
    world_->add_channel(1);
    world_->add_channel(2);
    int asked = 0;
    world_->client.answers[world_->url_of(1)] = [&] { return status(++asked < 3 ? 500 : 200); };
    world_->add_message(1);
    world_->run_for(10min, 30s);
    EXPECT_EQ(world_->client.count(world_->url_of(1)), 3U);
    EXPECT_EQ(world_->client.count(world_->url_of(2)), 1U);
    EXPECT_EQ(world_->ids_sent().size(), 1U);
    EXPECT_EQ(world_->deliveries(), (Lines{"delivered|1|~", "delivered|3|~"}));
}

TEST_P(NotifierContract, a_lane_has_one_holder_until_its_lease_runs_out) {
    world_->add_channel(1);
    world_->add_message(1);
    ASSERT_TRUE(workers::notifier::fan_out(*store_, world_->clock).ok());
    workers::notifier::Lanes other(*store_, world_->clock, world_->zones, "other");
    const auto held = world_->lanes.claim();
    ASSERT_TRUE(held.ok() && *held);
    EXPECT_EQ((*held)->deliveries.size(), 1U);
    EXPECT_FALSE(other.claim().value().has_value());
    EXPECT_FALSE(other.has_work().value());
    world_->clock.advance(61s);
    EXPECT_TRUE(other.has_work().value());
    ASSERT_TRUE(other.claim().value().has_value());
    world_->courier.deliver(**held);
    EXPECT_EQ(world_->deliveries(), Lines{"pending|0|~"}) << "the lease was lost";
}

TEST_P(NotifierContract, a_rate_limit_counts_in_its_window) {
    world_->add_channel(1, {.timing = R"({"rate_limit":{"messages":2,"per":"minute"}})"});
    for (int message = 1; message <= 5; ++message) world_->add_message(message);
    world_->run_for(50s, 5s);
    EXPECT_EQ(world_->client.sent.size(), 2U);
    world_->run_for(2min, 5s);
    EXPECT_EQ(world_->client.sent.size(), 5U);
}

TEST_P(NotifierContract, quiet_hours_put_off_and_lose_nothing) {
    const domain::MemberId ada{platform::uuid_of_name({}, "ada")};
    ASSERT_DONE(change(*store_,
                       "INSERT INTO read.members (workspace, id, kind, name, role, added_at,"
                       " time_zone, quiet_from, quiet_to) VALUES ($1, $2, 'person', '', 'member',"
                       " $3, 'UTC', '11:00', '12:00')",
                       {world_->home.value.text(), ada.value.text(), world_->now()}));
    world_->add_channel(1, {.kind = "email",
                            .timing = R"({"recipient":")" + ada.text() + R"("})",
                            .address = "a@example.org"});
    world_->add_message(1);
    world_->run_for(53min, 1min);
    EXPECT_TRUE(world_->mailer.sent.empty());
    world_->run_for(2min, 10s);
    EXPECT_EQ(world_->deliveries(), Lines{"delivered|1|~"});
}

// A day in which something was spent has one digest, a day in which nothing was has none.
TEST_P(NotifierContract, digests_are_composed_once) {
    ASSERT_DONE(change(*store_,
                       "INSERT INTO read.workspaces (workspace, name, base_currency, time_zone,"
                       " archived, week_start, fiscal_year_start, version, created_at, updated_at)"
                       " VALUES ($1, 'Home', 'EUR', 'UTC', FALSE, 'monday', '01-01', 1, $2, $2)",
                       {world_->home.value.text(), world_->now()}));
    ASSERT_DONE(change(*store_,
                       "INSERT INTO read.spending (workspace, spent_on, category, member, currency,"
                       " amount_minor, expense_count) VALUES ($1, '2026-11-18', $2, $2, 'EUR', 700,"
                       " 2)",
                       {world_->home.value.text(), domain::Uuid{}.text()}));
    world_->add_channel(1, {.patterns = "[]",
                            .kind = "email",
                            .timing = R"({"digest":{"every":"day","at":"08:00"}})",
                            .address = "a@example.org"});
    const auto compose = [&] {
        const auto composed =
            workers::notifier::compose_digests(*store_, world_->clock, world_->zones);
        EXPECT_TRUE(composed.ok()) << composed.error().detail;
        return composed.ok() ? composed->composed : 0;
    };
    EXPECT_EQ(compose(), 0U);
    world_->clock.advance(24h);
    EXPECT_EQ(compose(), 1U);
    EXPECT_EQ(compose(), 0U);
    world_->clock.advance(24h);
    EXPECT_EQ(compose(), 0U);
    world_->run();
    ASSERT_EQ(world_->mailer.sent.size(), 1U);
    EXPECT_NE(world_->mailer.sent[0].text.find(platform::base64("Outlay: 2026-11-18")),
              std::string::npos);
}

TEST_P(NotifierContract, a_given_up_endpoint_is_left_alone) {
    const auto channel = world_->add_channel(1);
    world_->client.answers[world_->url_of(1)] = [] { return status(410); };
    world_->add_message(1);
    world_->run_for(1h, 1min);
    world_->add_message(2);
    world_->run_for(1h, 1min);
    EXPECT_EQ(world_->client.sent.size(), 1U);
    EXPECT_EQ(world_->lane(channel, "disabled_reason"), "gone");
    EXPECT_EQ(world_->deliveries().size(), 1U);
}

TEST_P(NotifierContract, what_an_operator_pauses_is_kept_and_goes_out_afterwards) {
    world_->add_channel(1);
    world_->add_message(1);
    ASSERT_TRUE(workers::notifier::fan_out(*store_, world_->clock).ok());
    const auto held = world_->lanes.claim().value().value();
    EXPECT_TRUE(world_->lanes.is_unchanged(held).value());
    const workers::PauseWish wish{
        {journal::Pausable::deliveries, world_->home}, "test", "op@host", world_->clock.now()};
    const auto paused = workers::make_pause(*store_, wish);
    ASSERT_TRUE(paused.ok()) << paused.error().detail;
    EXPECT_EQ(paused->pause.scope, wish.scope);
    EXPECT_FALSE(world_->lanes.is_unchanged(held).value());
    ASSERT_DONE(world_->lanes.release(held));
    world_->run_for(1h, 1min);
    EXPECT_TRUE(world_->client.sent.empty());
    EXPECT_FALSE(world_->lanes.has_work().value());
    const auto resumed = workers::end_pause(*store_, wish);
    ASSERT_TRUE(resumed.ok() && resumed->has_value());
    world_->run();
    EXPECT_EQ(world_->deliveries(), Lines{"delivered|1|~"});
}

TEST_P(NotifierContract, what_was_laid_out_while_a_lane_was_held_is_not_forgotten) {
    world_->add_channel(1);
    world_->add_message(1);
    ASSERT_TRUE(workers::notifier::fan_out(*store_, world_->clock).ok());
    const auto held = world_->lanes.claim().value().value();
    world_->add_message(2);
    ASSERT_TRUE(workers::notifier::fan_out(*store_, world_->clock).ok());
    world_->courier.deliver(held);
    EXPECT_EQ(world_->client.sent.size(), 1U);
    world_->run();
    EXPECT_EQ(world_->client.sent.size(), 2U);
}

TEST_P(NotifierContract, a_change_of_a_channel_holds_for_what_waits_behind_the_message_under_way) {
    struct Row {
        const char* change;
        Lines deliveries;  // right after it
    };
    const std::vector<Row> table{
        {"DELETE FROM read.channels",
         {"dead|0|the channel was removed", "dead|0|the channel was removed", "delivered|1|~"}},
        {"UPDATE read.channels SET state = 'paused', version = version + 1",
         {"delivered|1|~", "pending|0|~", "pending|0|~"}}};
    for (const auto& row : table) {
        SCOPED_TRACE(row.change);
        world_->add_channel(1);
        world_->client.sent.clear();
        world_->client.answers[world_->url_of(1)] = [&] {
            EXPECT_TRUE(change(*store_, row.change).ok());
            return status(204);
        };
        for (int message = 1; message <= 3; ++message) world_->add_message(message);
        world_->run();
        EXPECT_EQ(world_->client.sent.size(), 1U);
        EXPECT_EQ(world_->deliveries(), row.deliveries);
        for (const char* name :
             {"read.channels", "outlay.channel_lanes", "outlay.delivery_attempts",
              "outlay.deliveries", "outlay.outbox", "outlay.channel_seals"}) {
            const auto cleared =
                change(*store_, std::string("DELETE FROM ") + name, {}, sql::Access::admin);
            ASSERT_TRUE(cleared.ok()) << name;
        }
    }
}

TEST_P(NotifierContract, a_workspace_holds_no_more_lanes_than_leave_some_senders_to_others) {
    constexpr int each = 12;
    const auto elsewhere = [](int number) {
        return domain::WorkspaceId{
            platform::uuid_of_name({}, "elsewhere " + std::to_string(number))};
    };
    for (int number = 0; number < 3 * each; ++number) world_->add_channel(number);
    world_->add_message(1);
    ASSERT_TRUE(workers::notifier::fan_out(*store_, world_->clock).ok());
    for (int number = each; number < 3 * each; ++number) {
        const domain::ChannelId channel{
            platform::uuid_of_name({}, "channel " + std::to_string(number))};
        ASSERT_DONE(change(*store_,
                           "UPDATE outlay.channel_lanes SET workspace = $1, due_at = $3"
                           " WHERE channel = $2",
                           {elsewhere(number / each).value.text(), channel.value.text(),
                            workers::cell(domain::Instant{world_->clock.now().micros + number})}));
    }
    world_->clock.advance(1s);
    std::vector<domain::WorkspaceId> holders;
    for (auto claim = world_->lanes.claim().value(); claim; claim = world_->lanes.claim().value())
        holders.push_back(claim->workspace);
    EXPECT_EQ(std::ranges::count(holders, world_->home), 8) << "half of sixteen";
    EXPECT_EQ(std::ranges::count(holders, elsewhere(1)), 4) << "half of what is left";
    EXPECT_EQ(std::ranges::count(holders, elsewhere(2)), 2);
    EXPECT_FALSE(world_->lanes.has_work().value()) << "nothing that may be claimed";
    world_->clock.advance(61s);
    EXPECT_TRUE(world_->lanes.has_work().value());
    EXPECT_TRUE(world_->lanes.claim().value().has_value());
}

TEST_P(NotifierContract, what_ended_long_ago_is_forgotten_and_what_waits_is_not) {
    world_->add_channel(1);
    const auto paused = world_->add_channel(2);
    world_->add_message(1);
    world_->run();
    world_->add_message(2);
    ASSERT_TRUE(workers::notifier::fan_out(*store_, world_->clock).ok());
    ASSERT_DONE(change(*store_, "UPDATE read.channels SET state = 'paused' WHERE id = $1",
                       {paused.value.text()}));
    world_->run();
    world_->clock.advance(24h * 31);
    workers::notifier::RetentionRound round;
    const auto more = workers::notifier::forget_some(*store_, world_->clock, round);
    ASSERT_TRUE(more.ok()) << more.error().detail;
    EXPECT_FALSE(*more);
    EXPECT_EQ(rows_of(*store_, "SELECT log_offset FROM outlay.outbox"), Lines{"2"});
    EXPECT_EQ(rows_of(*store_, "SELECT state FROM outlay.deliveries"),
              (Lines{"delivered", "pending"}));
    EXPECT_EQ(rows_of(*store_, "SELECT 1 FROM outlay.delivery_attempts"), Lines{});
    EXPECT_EQ(rows_of(*store_, "SELECT log_offset FROM outlay.message_horizons"), Lines{"1"});
    world_->add_message(3);
    world_->run();
    world_->clock.advance(24h * 31);
    ASSERT_TRUE(workers::notifier::forget_some(*store_, world_->clock, round).ok());
    EXPECT_EQ(rows_of(*store_, "SELECT log_offset FROM outlay.message_horizons"), Lines{"3"});
}

INSTANTIATE_TEST_SUITE_P(Stores, NotifierContract, every_store, name_of_store);

}  // namespace
}  // namespace outlay::tests
