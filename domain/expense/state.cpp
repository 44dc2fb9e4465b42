// How events change an expense. Events are facts: they are applied without being questioned.
#include "domain/expense/state.hpp"

#include "domain/values/check.hpp"

namespace outlay::domain::expense {

namespace {

void apply(Expense& state, const ExpenseRecorded& event, const EventMeta& meta) {
    state.status = Status::recorded;
    state.amount = event.amount;
    state.spent_on = event.spent_on;
    state.category = event.category;
    state.member = event.member;
    state.merchant = event.merchant;
    state.note = event.note;
    state.tags = event.tags;
    state.created_by = meta.actor.member;
    state.created_at = meta.decided_at;
}

void apply(Expense& state, const ExpenseAmended& event, const EventMeta&) {
    if (event.amount) state.amount = event.amount->after;
    if (event.spent_on) state.spent_on = event.spent_on->after;
    if (event.category) state.category = event.category->after;
    if (event.member) state.member = event.member->after;
    if (event.merchant) state.merchant = event.merchant->after;
    if (event.note) state.note = event.note->after;
    if (event.tags) state.tags = event.tags->after;
}

void apply(Expense& state, const ExpenseVoided&, const EventMeta&) {
    state.status = Status::voided;
}

void apply(Expense& state, const ExpenseRestored&, const EventMeta&) {
    state.status = Status::recorded;
}

void apply(Expense& state, const ExpenseRefunded& event, const EventMeta& meta) {
    state.refunds.push_back({event.refund, event.amount, event.received_on, event.counts_in,
                             event.reason, meta.actor.member, meta.decided_at, true});
}

void apply(Expense& state, const RefundTakenBack& event, const EventMeta&) {
    for (auto& refund : state.refunds) {
        if (refund.id == event.refund) refund.stands = false;
    }
}

}  // namespace

std::string_view name_of(CountsIn counts_in) {
    switch (counts_in) {
        case CountsIn::received:
            return "received";
        case CountsIn::original:
            return "original";
    }
    CHECK(false, "a counting day outside its enumeration");
    return {};
}

std::int64_t Expense::refunded_minor() const {
    std::int64_t sum = 0;
    for (const auto& refund : refunds) sum += refund.stands ? refund.amount.minor : 0;
    return sum;
}

Date Expense::counting_day(const Refund& refund) const {
    switch (refund.counts_in) {
        case CountsIn::received:
            return refund.received_on;
        case CountsIn::original:
            return spent_on;
    }
    CHECK(false, "a counting day outside its enumeration");
    return {};
}

void evolve(Expense& state, const Event& event, const EventMeta& meta) {
    std::visit([&](const auto& fact) { apply(state, fact, meta); }, event);
    state.updated_at = meta.decided_at;
}

}  // namespace outlay::domain::expense
