// Promise: money comes back for an expense within its amount, in its currency and in open periods,
// and what happens to the expense afterwards leaves its refunds right.
#include "domain/expense/postings.hpp"
#include "tests/domain/expense_spec.hpp"

namespace outlay::domain::expense {
namespace {

using namespace spec;

const RefundId first = id<RefundId>(1);
const RefundId second = id<RefundId>(2);
const ExpenseRecorded shoes{
    money(8000), day("2026-11-20"), std::nullopt, member, std::nullopt, std::nullopt, {}};

ExpenseRefunded back(std::int64_t minor, std::string_view on = "2026-12-03",
                     CountsIn counts_in = CountsIn::received, const RefundId& refund = first) {
    return {refund, money(minor), day(on), counts_in, std::nullopt};
}

RefundExpense ask(std::int64_t minor, std::string_view on = "2026-12-03",
                  CountsIn counts_in = CountsIn::received) {
    return {money(minor), day(on), counts_in, false, std::nullopt};
}

// The event that a first refund by a command becomes.
ExpenseRefunded made(const RefundExpense& command) {
    return {derived<RefundId>(0), command.amount, command.received_on, command.counts_in,
            command.reason};
}

class ARefund : public HouseholdExpense {};

TEST_F(ARefund, comes_in_parts_and_whole) {
    given({shoes}).when(ask(3000)).then({made(ask(3000))});
    given({shoes, back(3000)}).when(ask(5000)).then({made(ask(5000))});
    given({shoes}).when(ask(8000)).then({made(ask(8000))});
    given({shoes}).when(ask(1, "2026-11-01")).then({made(ask(1, "2026-11-01"))});
}

TEST_F(ARefund, stays_within_the_amount_unless_it_is_forced_with_a_reason) {
    const auto refused = RefusalCode::refund_exceeds_amount;
    given({shoes}).when(ask(8001)).then_refused_at(refused, {"/amount/amount"});
    given({shoes, back(3000)}).when(ask(5001)).then_refused_at(refused, {"/amount/amount"});
    given({shoes, back(3000), RefundTakenBack{first, {}}}).when(ask(8000)).then({made(ask(8000))});
    auto more = ask(9000);
    more.force = true;
    given({shoes}).when(more).then_invalid({"/reason"});
    more.reason = FreeText{"a voucher on top"};
    given({shoes}).when(more).then({made(more)});
    more.force = false;
    given({shoes}).when(more).then_refused(refused);
}

TEST_F(ARefund, has_the_currency_of_its_expense) {
    auto command = ask(10);
    command.amount = money(10, "USD");
    given({shoes}).when(command).then_refused_at(RefusalCode::currency_mismatch,
                                                 {"/amount/currency"});
}

TEST_F(ARefund, keeps_the_field_rules) {
    auto command = ask(0, "1900-01-01");
    command.received_on = command.received_on.plus_days(-1);
    command.reason = FreeText{""};
    given({shoes}).when(command).then_invalid({"/amount/amount", "/received_on", "/reason"});
    given({shoes}).when(ask(amount_minor_max + 1)).then_invalid({"/amount/amount"});
    given({shoes, back(1)}).when(TakeBackRefund{first, FreeText{" "}}).then_invalid({"/reason"});
}

TEST_F(ARefund, is_one_of_at_most_a_hundred) {
    std::vector<Event> events{shoes};
    for (std::uint32_t i = 0; i < refunds_max; ++i) {
        events.emplace_back(back(1, "2026-12-03", CountsIn::received, id<RefundId>(i)));
        if (i > 0) events.emplace_back(RefundTakenBack{id<RefundId>(i), {}});
    }
    given(events).when(ask(1)).then_refused(RefusalCode::limit_reached);
}

TEST_F(ARefund, belongs_to_the_member_of_its_expense) {
    auto of_admin = shoes;
    of_admin.member = admin;
    const auto refused = RefusalCode::forbidden;
    given({of_admin}).when(ask(1)).then_refused(refused);
    given({of_admin, back(1)}).when(TakeBackRefund{first, {}}).then_refused(refused);
    given({shoes}).by(viewer).when(ask(1)).then_refused(refused);
    given({shoes}).by(admin).when(ask(1)).then({made(ask(1))});
}

TEST_F(ARefund, needs_an_expense_that_counts) {
    given({}).when(ask(1)).then_refused(RefusalCode::not_found);
    given({shoes, ExpenseVoided{}}).when(ask(1)).then_refused(RefusalCode::state_conflict);
    given({shoes, ExpenseVoided{}, ExpenseRestored{}}).when(ask(1)).then({made(ask(1))});
    evolve(workspace_, workspace::WorkspaceArchived{}, meta_of(9, owner));
    given({shoes}).when(ask(1)).then_refused(RefusalCode::workspace_archived);
}

TEST_F(ARefund, is_made_once_by_one_command) {
    given({shoes, made(ask(3000))}).when(ask(3000)).then_nothing();
    given({shoes, back(3000)}).when(ask(3000)).then({made(ask(3000))});
}

TEST_F(ARefund, is_taken_back_once) {
    const TakeBackRefund command{first, FreeText{"the bank returned it"}};
    given({shoes, back(1)}).when(command).then({RefundTakenBack{first, command.reason}});
    given({shoes, back(1), RefundTakenBack{first, {}}}).when(command).then_nothing();
    given({shoes, back(1)}).when(TakeBackRefund{second, {}}).then_refused(RefusalCode::not_found);
    given({shoes, back(1), ExpenseVoided{}})
        .when(command)
        .then_refused(RefusalCode::state_conflict);
}

TEST_F(ARefund, counts_in_an_open_period) {
    const auto refused = RefusalCode::period_closed;
    close("2026-11-30");
    given({shoes}).when(ask(1)).then({made(ask(1))});
    given({shoes}).when(ask(1, "2026-11-30")).then_refused_at(refused, {"/received_on"});
    given({shoes})
        .when(ask(1, "2026-12-03", CountsIn::original))
        .then_refused_at(refused, {"/counts_in"});
    given({shoes, back(1, "2026-12-03", CountsIn::original)})
        .when(TakeBackRefund{first, {}})
        .then_refused(refused);
    given({shoes, back(1, "2026-11-30"), back(1, "2026-12-01", CountsIn::received, second)})
        .when(TakeBackRefund{second, {}})
        .then({RefundTakenBack{second, {}}});
}

TEST_F(ARefund, neither_leaves_nor_enters_a_closed_period_with_its_expense) {
    // The expense is dated behind the money that came back for it.
    auto late = shoes;
    late.spent_on = day("2026-12-20");
    const std::vector<Event> events{late, back(1, "2026-11-30")};
    close("2026-11-30");
    const auto refused = RefusalCode::period_closed;
    given(events).when(AmendExpense{.tags = std::vector<std::string>{"x"}}).then_refused(refused);
    given(events)
        .when(AmendExpense{.merchant = std::optional<std::string>{"x"}})
        .then_refused(refused);
    given(events).by(admin).when(AmendExpense{.member = admin}).then_refused(refused);
    given(events).when(VoidExpense{}).then_refused(refused);
    auto voided = events;
    voided.emplace_back(ExpenseVoided{});
    given(voided).when(RestoreExpense{}).then_refused(refused);
    given(events)
        .when(AmendExpense{.amount = money(9000), .spent_on = day("2026-12-21")})
        .then({ExpenseAmended{.amount = Change<Money>{money(8000), money(9000)},
                              .spent_on = Change<Date>{late.spent_on, day("2026-12-21")}}});
    auto settled = events;
    settled.emplace_back(RefundTakenBack{first, {}});
    given(settled).when(VoidExpense{}).then({ExpenseVoided{}});
}

TEST_F(ARefund, keeps_its_expense_from_falling_below_it) {
    const auto refused = RefusalCode::refund_exceeds_amount;
    const std::vector<Event> half{shoes, back(3000)};
    given(half)
        .when(AmendExpense{.amount = money(2999)})
        .then_refused_at(refused, {"/amount/amount"});
    given(half)
        .when(AmendExpense{.amount = money(3000)})
        .then({ExpenseAmended{.amount = Change<Money>{money(8000), money(3000)}}});
    given(half)
        .when(AmendExpense{.amount = money(9000, "USD")})
        .then_refused_at(RefusalCode::currency_mismatch, {"/amount/currency"});
    // More came back than was paid: the gap may become smaller.
    const std::vector<Event> forced{shoes, back(9000)};
    given(forced)
        .when(AmendExpense{.amount = money(8500)})
        .then({ExpenseAmended{.amount = Change<Money>{money(8000), money(8500)}}});
    given(forced).when(AmendExpense{.amount = money(7999)}).then_refused(refused);
    given({shoes, back(3000), RefundTakenBack{first, {}}})
        .when(AmendExpense{.amount = money(1, "USD")})
        .then({ExpenseAmended{.amount = Change<Money>{money(8000), money(1, "USD")}}});
}

using Posted = std::vector<std::tuple<std::string, std::int64_t, std::int64_t>>;

Posted posted(const std::vector<Event>& events) {
    Posted found;
    for (const auto& [on, minor, count] : postings(Given<Expense, Event>(events).state()))
        found.emplace_back(on.text(), minor, count);
    return found;
}

TEST_F(ARefund, lowers_the_sum_of_its_day) {
    const auto original = back(500, "2026-12-05", CountsIn::original, second);
    EXPECT_EQ(posted({shoes, back(3000), original}),
              (Posted{{"2026-11-20", 8000, 1}, {"2026-12-03", -3000, 0}, {"2026-11-20", -500, 0}}));
    const ExpenseAmended moved{.spent_on = Change<Date>{shoes.spent_on, day("2026-11-25")}};
    EXPECT_EQ(posted({shoes, back(3000), original, moved}),
              (Posted{{"2026-11-25", 8000, 1}, {"2026-12-03", -3000, 0}, {"2026-11-25", -500, 0}}));
    EXPECT_EQ(posted({shoes, back(3000), original, RefundTakenBack{first, {}}}),
              (Posted{{"2026-11-20", 8000, 1}, {"2026-11-20", -500, 0}}));
    EXPECT_EQ(posted({shoes, back(3000), ExpenseVoided{}}), Posted{});
    EXPECT_EQ(posted({}), Posted{});
}

TEST_F(ARefund, folds_from_its_events) {
    auto told = back(3000);
    told.reason = FreeText{"too small"};
    const auto state =
        Given<Expense, Event>({shoes, told, back(9, "2026-12-04", CountsIn::original, second),
                               RefundTakenBack{second, {}}})
            .state();
    EXPECT_EQ(state.refunds,
              (std::vector<Refund>{{first, money(3000), day("2026-12-03"), CountsIn::received,
                                    FreeText{"too small"}, owner, Instant{2}, true},
                                   {second, money(9), day("2026-12-04"), CountsIn::original,
                                    std::nullopt, owner, Instant{3}, false}}));
    EXPECT_EQ(state.refunded_minor(), 3000);
    EXPECT_EQ(state.updated_at, Instant{4});
}

}  // namespace
}  // namespace outlay::domain::expense
