// Promise: a message and its deliveries are forgotten together, 30 days after the last thing that
// happened to them, and never while something waits to be sent.
#include "tests/unit/notifier_world.hpp"
#include "workers/notifier/retention.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;

class Retention : public testing::Test {
protected:
    void forget() {
        for (auto more = true; more;) {
            const auto forgotten = workers::notifier::forget_some(files_.store(), world_.clock);
            ASSERT_TRUE(forgotten.ok()) << forgotten.error().detail;
            more = *forgotten;
        }
    }
    std::size_t count(const std::string& table) {
        return rows_of(files_.store(), "SELECT 1 FROM outlay." + table).size();
    }
    Lines horizons() {
        return rows_of(files_.store(), "SELECT log_offset FROM outlay.message_horizons");
    }

    SqliteProjectorStore files_;
    NotifierWorld world_{files_.store()};
};

TEST_F(Retention, forgets_a_message_with_its_deliveries_and_attempts) {
    world_.add_channel(1);
    world_.add_channel(2);
    world_.add_message(1);
    world_.add_message(2);
    world_.run();
    world_.clock.advance(24h * 29);
    forget();
    EXPECT_EQ(count("outbox"), 2U);
    EXPECT_EQ(count("deliveries"), 4U);
    EXPECT_EQ(count("delivery_attempts"), 4U);
    world_.add_message(3);
    world_.run();
    world_.clock.advance(24h * 2);
    forget();
    EXPECT_EQ(rows_of(files_.store(), "SELECT log_offset FROM outlay.outbox"), Lines{"3"});
    EXPECT_EQ(count("deliveries"), 2U);
    EXPECT_EQ(count("delivery_attempts"), 2U);
    EXPECT_EQ(horizons(), Lines{"2"});
    world_.run();
    EXPECT_EQ(world_.client.sent.size(), 6U) << "nothing comes back";
}

TEST_F(Retention, keeps_what_waits_and_what_went_on_since_with_all_that_belongs_to_it) {
    world_.add_channel(1);
    const auto paused = world_.add_channel(2);
    world_.add_message(1);
    ASSERT_TRUE(workers::notifier::fan_out(files_.store(), world_.clock).ok());
    ASSERT_TRUE(change(files_.store(), "UPDATE read.channels SET state = 'paused' WHERE id = $1",
                       {paused.value.text()})
                    .ok());
    world_.run();
    world_.clock.advance(24h * 31);
    forget();
    EXPECT_EQ(count("outbox"), 1U);
    EXPECT_EQ(count("deliveries"), 2U) << "one of them waits";
    ASSERT_TRUE(change(files_.store(), "UPDATE read.channels SET state = 'active'").ok());
    world_.run_for(2min, 30s);
    forget();
    EXPECT_EQ(count("deliveries"), 2U) << "one of them ended just now";
    world_.clock.advance(24h * 31);
    forget();
    EXPECT_EQ(count("outbox"), 0U);
    EXPECT_EQ(count("deliveries"), 0U);
}

TEST_F(Retention, keeps_what_was_not_laid_out_however_old_it_is) {
    world_.add_message(1);
    world_.clock.advance(24h * 40);
    forget();
    EXPECT_EQ(count("outbox"), 1U);
}

TEST_F(Retention, takes_many_in_steps) {
    constexpr int messages = 1200;
    for (int message = 1; message <= messages; ++message) world_.add_message(message);
    world_.run();
    world_.clock.advance(24h * 31);
    const auto first = workers::notifier::forget_some(files_.store(), world_.clock);
    ASSERT_TRUE(first.ok() && *first);
    EXPECT_GT(count("outbox"), 0U) << "the writer is not held for all of them";
    forget();
    EXPECT_EQ(count("outbox"), 0U);
    EXPECT_EQ(horizons(), Lines{std::to_string(messages)});
}

}  // namespace
}  // namespace outlay::tests
