// Promise: who follows the link of a mail gets no more, whatever is on its way at that moment.
#include <gtest/gtest.h>

#include "platform/clock.hpp"
#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"
#include "views/channel_seals.hpp"
#include "workers/notifier/lanes.hpp"

namespace outlay::tests {
namespace {

TEST(Unsubscribing, is_not_undone_by_an_attempt_that_is_under_way) {
    ApiNode api;
    const auto workspace = api.workspace();
    const auto made = api.post(workspace + "/channels",
                               R"({"kind":"email","to":"ada@example.org","verify":false})");
    ASSERT_EQ(made.status(), 201) << made.response.body;
    const auto path = workspace + "/channels/" + made.text("id");
    ASSERT_EQ(api.post(path + "/test").status(), 202);
    const platform::SystemClock clock;
    workers::notifier::Lanes lanes(api.store(), clock, "one");
    const auto claim = lanes.claim().value();
    ASSERT_TRUE(claim.has_value());
    ASSERT_EQ(claim->deliveries.size(), 1U);

    const auto token =
        views::unsubscribe_token(api.node().seal_keys, {claim->workspace, claim->channel});
    ASSERT_EQ(api.ask("", api::Method::post, "/v1/unsubscribe/" + token).status(), 200);
    const auto kept = lanes.record(*claim, claim->deliveries, claim->health,
                                   {.end = workers::notifier::End::delivered});
    ASSERT_TRUE(kept.ok());
    EXPECT_FALSE(kept->has_value()) << "whoever held the lane has lost it";
    EXPECT_EQ(api.get(path).text("disabled_reason"), "unsubscribed");
    EXPECT_FALSE(lanes.claim().value().has_value());
}

}  // namespace
}  // namespace outlay::tests
