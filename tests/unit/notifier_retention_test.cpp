// Promise: a message and its deliveries are forgotten together, 30 days after the last thing that
// happened to them, and never while something waits to be sent.
#include "tests/unit/notifier_world.hpp"
#include "tests/unit/relayed_session.hpp"
#include "workers/notifier/retention.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;

class Retention : public testing::Test {
protected:
    void forget() {
        while (forget_some()) {
        }
    }
    bool forget_some() {
        const auto more = workers::notifier::forget_some(files_.store(), world_.clock, round_);
        EXPECT_TRUE(more.ok()) << more.error().detail;
        return more.ok() && *more;
    }
    // Messages with one delivery each.
    void lay_out(int first, int last) {
        for (int message = first; message <= last; ++message) world_.add_message(message);
        for (auto laid = workers::notifier::fan_out(files_.store(), world_.clock);
             laid.ok() && *laid > 0;)
            laid = workers::notifier::fan_out(files_.store(), world_.clock);
    }
    std::size_t count(const std::string& table) {
        return rows_of(files_.store(), "SELECT 1 FROM outlay." + table).size();
    }
    Lines horizons() {
        return rows_of(files_.store(), "SELECT log_offset FROM outlay.message_horizons");
    }

    SqliteProjectorStore files_;
    NotifierWorld world_{files_.store()};
    workers::notifier::RetentionRound round_;
};

// Somebody else's statement comes in between the first one of each transaction and the others.
class InterruptedStore final : public sql::Store {
public:
    InterruptedStore(sql::Store& store, std::string statement)
        : store_(store), statement_(std::move(statement)) {}

    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override {
        return store_.transact(options, [&](sql::Session& session) {
            InterruptedSession interrupted(session, statement_);
            return body(interrupted);
        });
    }
    sql::Status run_script(std::string_view script, std::int64_t generation) override {
        return store_.run_script(script, generation);
    }

private:
    class InterruptedSession final : public RelayedSession {
    public:
        InterruptedSession(sql::Session& session, const std::string& statement)
            : RelayedSession(session), statement_(statement) {}
        sql::Result<sql::Rows> query(std::string_view statement,
                                     std::span<const sql::Value> parameters) override {
            auto rows = RelayedSession::query(statement, parameters);
            if (!std::exchange(is_interrupted_, true)) {
                EXPECT_TRUE(session_.execute(statement_, {}).ok());
            }
            return rows;
        }

    private:
        const std::string& statement_;
        bool is_interrupted_ = false;
    };

    sql::Store& store_;
    std::string statement_;
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

TEST_F(Retention, keeps_a_message_whole_if_one_of_its_deliveries_is_asked_for_meanwhile) {
    const auto asked = world_.add_channel(1);
    world_.add_channel(2);
    world_.add_message(1);
    world_.run();
    world_.clock.advance(24h * 31);
    InterruptedStore store(files_.store(),
                           "UPDATE outlay.deliveries SET state = 'pending' WHERE channel = '" +
                               asked.value.text() + "'");
    ASSERT_TRUE(workers::notifier::forget_some(store, world_.clock, round_).ok());
    EXPECT_EQ(count("outbox"), 1U);
    EXPECT_EQ(count("deliveries"), 2U);
    EXPECT_EQ(horizons(), Lines{}) << "it is not gone";
}

TEST_F(Retention, ends_what_waits_for_a_removed_channel_that_was_given_up) {
    const auto channel = world_.add_channel(1);
    lay_out(1, 1);
    ASSERT_TRUE(
        change(files_.store(), "UPDATE outlay.channel_lanes SET disabled_at = $1", {world_.now()})
            .ok());
    world_.clock.advance(24h * 31);
    world_.run();
    forget();
    EXPECT_EQ(world_.deliveries(), Lines{"pending|0|~"}) << "it may be resumed";
    ASSERT_TRUE(
        change(files_.store(), "DELETE FROM read.channels WHERE id = $1", {channel.value.text()})
            .ok());
    world_.run();
    forget();
    EXPECT_EQ(world_.deliveries(), Lines{"dead|0|the channel was removed"});
    world_.clock.advance(24h * 31);
    forget();
    EXPECT_EQ(count("outbox"), 0U);
    EXPECT_EQ(count("deliveries"), 0U);
}

TEST_F(Retention, looks_once_in_a_round_at_what_it_keeps) {
    world_.add_channel(1);
    lay_out(1, 600);
    world_.clock.advance(1s);
    lay_out(601, 700);
    const auto end = [&](const std::string& messages) {
        return change(files_.store(),
                      "UPDATE outlay.deliveries SET state = 'delivered' WHERE message IN"
                      " (SELECT id FROM outlay.outbox WHERE log_offset " +
                          messages + ")")
            .ok();
    };
    ASSERT_TRUE(end("> 600"));
    world_.clock.advance(24h * 31);
    ASSERT_TRUE(forget_some());
    EXPECT_EQ(count("outbox"), 700U) << "a step looks at so many, not for so many";
    ASSERT_TRUE(end("<= 600"));
    EXPECT_FALSE(forget_some());
    EXPECT_EQ(count("outbox"), 512U) << "it went on behind those that it had kept";
    forget();
    EXPECT_EQ(count("outbox"), 0U) << "the next round begins anew";
}

TEST_F(Retention, takes_many_in_steps) {
    constexpr int messages = 1200;
    for (int message = 1; message <= messages; ++message) world_.add_message(message);
    world_.run();
    world_.clock.advance(24h * 31);
    ASSERT_TRUE(forget_some());
    EXPECT_GT(count("outbox"), 0U) << "the writer is not held for all of them";
    forget();
    EXPECT_EQ(count("outbox"), 0U);
    EXPECT_EQ(horizons(), Lines{std::to_string(messages)});
}

}  // namespace
}  // namespace outlay::tests
