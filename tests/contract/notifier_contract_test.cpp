// Promise: on every store messages reach their channels, two notifiers never hold one lane, and the
// API's role sees the deliveries and lanes of one workspace only.
#include "tests/contract/store_subject.hpp"
#include "tests/unit/notifier_world.hpp"

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
    workers::notifier::Lanes other(*store_, world_->clock, "other");
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

INSTANTIATE_TEST_SUITE_P(Stores, NotifierContract, every_store, name_of_store);

}  // namespace
}  // namespace outlay::tests
