// A scripted case that the simulation found: a copy of a request learns behind its deadline that
// the command was settled before.
#include <gtest/gtest.h>

#include "tests/simulation/claims.hpp"
#include "tests/simulation/processes.hpp"

namespace outlay::simulation {
namespace {

class LateOutcome : public testing::Test {
protected:
    LateOutcome() {
        broker_.set_calm(true);
        worker_.link().assign(0);
        submit(first_, wishes_.found(wishes_.homes().front()), milliseconds{1'000});
        settle();
    }
    void submit(Node& node, const Wish& wish, milliseconds patience) {
        auto command = wish.command;
        command.deadline = node.in(patience);
        answer_.reset();
        node.submit(std::move(command), [this](journal::Answer answer) { answer_ = answer; });
    }
    // Everything but the pollers.
    void go_on() {
        for (int i = 0; i < 10; ++i) {
            for (auto* node : {&first_, &second_}) {
                while (node->step()) {
                }
            }
            while (broker_.has_traffic()) broker_.step();
        }
        while (worker_.step()) {
        }
    }
    void settle() {
        for (int i = 0; i < 5; ++i) {
            go_on();
            first_.poll();
            second_.poll();
        }
        go_on();
    }

    Random random_{1};
    Time time_;
    Broker broker_{1, time_, random_};
    StoreFile files_;
    platform::SystemZones zones_;
    Surroundings around_{time_, random_, broker_, files_.store(), zones_, [] {}};
    Wishes wishes_{random_, 1};
    Worker worker_{around_, 1};
    Node first_{around_, 2, {}};
    Node second_{around_, 3, {}};
    std::optional<journal::Answer> answer_;
};

TEST_F(LateOutcome, of_a_copy_is_the_outcome_of_the_command_and_no_lost_race) {
    const auto wish = wishes_.found(wishes_.homes().front());
    ASSERT_TRUE(answer_ && std::holds_alternative<journal::Applied>(*answer_));
    const auto applied = std::get<journal::Applied>(*answer_);
    submit(second_, wish, milliseconds{100});
    go_on();  // appended, acknowledged and judged: a duplicate
    ASSERT_FALSE(answer_.has_value());
    time_.advance(milliseconds{200});
    second_.poll();
    go_on();
    ASSERT_TRUE(answer_.has_value());
    const auto* replayed = std::get_if<journal::Applied>(&*answer_);
    ASSERT_NE(replayed, nullptr) << text_of(*answer_);
    EXPECT_TRUE(replayed->replayed);
    EXPECT_EQ(replayed->position, applied.position);
}

}  // namespace
}  // namespace outlay::simulation
