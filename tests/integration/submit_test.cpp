// A command takes effect at most once and nobody is told a falsehood, whatever happens to its
// append: submit on a journal with faults, a real store and a real projector.
#include <gtest/gtest.h>

#include "tests/integration/submit_world.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using journal::Answer;

const domain::UserId founder{{{1, 2, 3}}};

domain::CommandId command_id(std::uint8_t number) {
    domain::CommandId id;
    id.value.bytes[0] = number;
    return id;
}

class Submit : public testing::Test {
protected:
    void SetUp() override { make_workspace(); }

    void make_workspace() {
        journal::Command command;
        command.id = command_id(1);
        command.workspace = workspace_;
        command.principal.user = founder;
        command.target = domain::workspace_name;
        command.creates_workspace = true;
        command.deadline = world_.in(5s);
        command.decide =
            [](const journal::Loaded& loaded,
               const domain::Context& context) -> domain::Decision<std::vector<journal::Proposed>> {
            const domain::workspace::CreateWorkspace create{"Home", *domain::Currency::parse("EUR"),
                                                            "Europe/Berlin", founder};
            auto events = domain::workspace::decide(loaded.workspace, create, context);
            if (!events.ok()) return domain::Fail{events.error()};
            return std::vector<journal::Proposed>{
                {std::string(domain::workspace_name), domain::Event(events->front())}};
        };
        auto answer = world_.submit(std::move(command));
        expect_projected_answer<journal::Applied>(answer);
    }

    journal::Command record(std::uint8_t number, std::string fingerprint = "k1:a") {
        journal::Command command;
        command.id = command_id(number);
        command.keyed = true;
        command.fingerprint = std::move(fingerprint);
        command.workspace = workspace_;
        command.principal.user = founder;
        command.target = domain::ExpenseId{journal::derived_id(command.id, 0)}.text();
        command.target_is_new = true;
        command.deadline = world_.in(5s);
        command.decide = [name = command.target](const journal::Loaded& loaded,
                                                 const domain::Context& context)
            -> domain::Decision<std::vector<journal::Proposed>> {
            const auto role = domain::workspace::authorise(
                loaded.workspace, context.actor, domain::workspace::Action::record_expenses);
            if (!role.ok()) return domain::Fail{role.error()};
            domain::expense::RecordExpense wish{{1250, *domain::Currency::parse("EUR")},
                                                *domain::Date::parse("2026-11-20"),
                                                {},
                                                {},
                                                {},
                                                {},
                                                {}};
            auto events =
                domain::expense::decide(std::get<domain::expense::Expense>(loaded.target), wish,
                                        {loaded.workspace, nullptr, *role}, context);
            if (!events.ok()) return domain::Fail{events.error()};
            std::vector<journal::Proposed> proposed;
            for (auto& event : *events) proposed.push_back({name, domain::Event(event)});
            return proposed;
        };
        return command;
    }

    // Projects until the answer is there.
    Answer answer_of(std::future<Answer>& future) {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (future.wait_for(2ms) != std::future_status::ready) {
            EXPECT_LT(std::chrono::steady_clock::now(), deadline) << "no answer in time";
            world_.project();
        }
        return future.get();
    }
    template <typename Kind>
    Kind expect_projected_answer(std::future<Answer>& future) {
        auto answer = answer_of(future);
        EXPECT_TRUE(std::holds_alternative<Kind>(answer)) << "answer kind " << answer.index();
        return std::holds_alternative<Kind>(answer) ? std::get<Kind>(std::move(answer)) : Kind{};
    }
    journal::OperationState state_of(const journal::Command& command,
                                     domain::Instant settle_after) {
        auto future =
            world_.operation({command.workspace, command.id, command.fingerprint, settle_after});
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (future.wait_for(2ms) != std::future_status::ready) {
            EXPECT_LT(std::chrono::steady_clock::now(), deadline) << "no state in time";
            world_.project();
        }
        return future.get();
    }

    SubmitWorld world_{{5s, 60s, 100}};
    domain::WorkspaceId workspace_{journal::derived_id(command_id(1), 0)};
};

TEST_F(Submit, applies_and_answers_with_the_state_at_the_commit) {
    auto future = world_.submit(record(2));
    const auto applied = expect_projected_answer<journal::Applied>(future);
    EXPECT_FALSE(applied.replayed);
    EXPECT_EQ(applied.target.head.version, 1U);
    EXPECT_EQ(std::get<domain::expense::Expense>(applied.target.state).amount->minor, 1250);
}

TEST_F(Submit, repeats_the_answer_of_a_command_that_is_sent_again) {
    auto first = world_.submit(record(2));
    const auto applied = expect_projected_answer<journal::Applied>(first);
    auto second = world_.submit(record(2));
    const auto again = expect_projected_answer<journal::Applied>(second);
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.position, applied.position);
    EXPECT_EQ(again.target.head, applied.target.head);
}

TEST_F(Submit, tells_another_request_under_the_same_key_that_the_key_is_used) {
    auto first = world_.submit(record(2));
    expect_projected_answer<journal::Applied>(first);
    auto second = world_.submit(record(2, "k1:b"));
    expect_projected_answer<journal::KeyReused>(second);
}

TEST_F(Submit, a_lost_acknowledgement_of_a_written_record_ends_as_applied) {
    world_.log().fail_next_append(memory::AppendFault::lost_ack);
    auto future = world_.submit(record(2));
    const auto applied = expect_projected_answer<journal::Applied>(future);
    EXPECT_EQ(applied.target.head.version, 1U);
}

TEST_F(Submit, a_store_that_leaves_after_the_append_makes_nobody_say_that_nothing_was_done) {
    world_.log().fail_next_append(memory::AppendFault::lost_ack);
    auto command = record(2);
    command.on_append = [this] { world_.submitters_store().leave(); };
    auto future = world_.submit(command);
    const auto pending = expect_projected_answer<journal::Pending>(future);
    world_.submitters_store().come_back();
    EXPECT_EQ(state_of(command, pending.settle_after).kind, journal::OperationState::Kind::applied);
}

TEST_F(Submit, a_lost_append_is_unknown_until_it_is_settled_and_then_closed_for_ever) {
    world_.log().fail_next_append(memory::AppendFault::lost_append);
    auto command = record(2);
    command.deadline = world_.in(50ms);
    auto future = world_.submit(command);
    const auto pending = expect_projected_answer<journal::Pending>(future);
    EXPECT_FALSE(pending.position.has_value());
    EXPECT_EQ(state_of(command, pending.settle_after).kind, journal::OperationState::Kind::pending);
    world_.clock().advance(61s);
    const auto closed = state_of(command, pending.settle_after);
    EXPECT_EQ(closed.kind, journal::OperationState::Kind::closed);
    EXPECT_EQ(closed.problem.code, "not_applied");
    auto late = world_.submit(record(2));
    expect_projected_answer<journal::Closed>(late);
}

TEST_F(Submit, an_append_that_was_surely_not_written_is_unavailable_and_leaves_nothing) {
    const auto before = world_.end();
    world_.log().fail_next_append(memory::AppendFault::not_written);
    auto future = world_.submit(record(2));
    const auto unavailable = expect_projected_answer<journal::Unavailable>(future);
    EXPECT_EQ(unavailable.why, journal::Unavailable::Why::journal);
    EXPECT_EQ(world_.end(), before);
}

TEST_F(Submit, an_acknowledged_command_that_is_not_judged_in_time_is_pending_and_applies_later) {
    auto command = record(2);
    command.deadline = world_.in(30ms);
    auto future = world_.submit(command);
    ASSERT_EQ(future.wait_for(20s), std::future_status::ready);  // nothing is projected meanwhile
    const auto answer = future.get();
    ASSERT_TRUE(std::holds_alternative<journal::Pending>(answer));
    world_.project();
    const auto state = state_of(command, std::get<journal::Pending>(answer).settle_after);
    EXPECT_EQ(state.kind, journal::OperationState::Kind::applied);
}

TEST_F(Submit, an_operation_of_a_command_that_another_request_spent_says_so) {
    auto first = world_.submit(record(2));
    expect_projected_answer<journal::Applied>(first);
    auto other = record(2, "k1:b");
    EXPECT_EQ(state_of(other, world_.clock().now()).kind,
              journal::OperationState::Kind::key_reused);
}

TEST_F(Submit, a_refusal_appends_nothing_and_rests_on_a_fresh_look) {
    const auto before = world_.end();
    auto command = record(2);
    command.principal.user = domain::UserId{{{9, 9}}};  // no member
    auto future = world_.submit(std::move(command));
    const auto refused = expect_projected_answer<journal::Refused>(future);
    EXPECT_EQ(refused.refusal.code, domain::RefusalCode::not_found);
    EXPECT_EQ(world_.end(), before);
}

TEST_F(Submit, a_hundred_parallel_copies_are_one_fact_with_one_answer) {
    std::vector<std::future<Answer>> futures;
    for (int i = 0; i < 100; ++i) futures.push_back(world_.submit(record(2)));
    std::size_t fresh = 0;
    std::optional<journal::Position> position;
    for (auto& future : futures) {
        const auto applied = expect_projected_answer<journal::Applied>(future);
        fresh += applied.replayed ? 0 : 1;
        if (position) {
            EXPECT_EQ(applied.position, position);
        }
        position = applied.position;
    }
    EXPECT_EQ(fresh, 1U);
}

}  // namespace
}  // namespace outlay::tests
