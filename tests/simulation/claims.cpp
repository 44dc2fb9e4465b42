// Answers against facts: nobody is told a success or a failure that is none (P1, P2, P8).
#include "tests/simulation/claims.hpp"

#include <algorithm>
#include <array>

namespace outlay::simulation {

namespace {

using journal::Answer;
using State = journal::OperationState::Kind;

constexpr std::array<const char*, 8> answer_names{
    "applied",   "refused", "key reused", "precondition failed",
    "lost race", "closed",  "pending",    "unavailable"};
constexpr std::array<const char*, 5> state_names{"pending", "applied", "closed", "key reused",
                                                 "unavailable"};

int rank_of(const std::string& role) {
    constexpr std::array<std::string_view, 4> roles{"viewer", "member", "admin", "owner"};
    const auto found = std::ranges::find(roles, role);
    return found == roles.end() ? -1 : static_cast<int>(found - roles.begin());
}

std::vector<std::string> standing(const domain::expense::Expense& expense) {
    std::vector<std::string> ids;
    for (const auto& refund : expense.refunds) {
        if (refund.stands) ids.push_back(refund.id.text());
    }
    return ids;
}

std::string text_of(const std::optional<journal::Position>& position) {
    return position ? " at " + position->text() : "";
}

}  // namespace

std::string text_of(const Answer& answer) {
    std::string text = answer_names.at(answer.index());
    if (const auto* applied = std::get_if<journal::Applied>(&answer)) {
        text += text_of(applied->position) + " version " +
                std::to_string(applied->target.head.version) +
                (applied->replayed ? " replayed" : "");
    }
    if (const auto* pending = std::get_if<journal::Pending>(&answer))
        text += text_of(pending->position);
    if (const auto* refused = std::get_if<journal::Refused>(&answer))
        text += ": " + refused->refusal.detail;
    if (const auto* unavailable = std::get_if<journal::Unavailable>(&answer))
        text += ": " + unavailable->detail;
    return text;
}

std::string text_of(const journal::OperationState& state) {
    return state_names.at(static_cast<std::size_t>(state.kind)) + text_of(state.position);
}

bool LookUp::is_final() const {
    return state && state->kind != State::pending && state->kind != State::unavailable;
}

Claims::Claims(const Oracle& oracle, std::int32_t partitions) : oracle_(oracle) {
    for (std::int32_t p = 0; p < partitions; ++p) {
        for (const auto& record : oracle.judged(p)) {
            if (!record.trace.empty()) by_trace_[record.trace].push_back(&record);
        }
    }
}

void Claims::require(bool holds, const std::string& who, const std::string& what) {
    if (!holds) contradictions_.push_back(who + " " + what);
}

const Judged* Claims::fate_of(const Exchange& exchange) const {
    const auto& command = exchange.wish.command;
    return oracle_.fate_of(command.workspace.text(), command.id.text());
}

std::vector<const Judged*> Claims::own_records(const Exchange& exchange) const {
    const auto found = by_trace_.find(exchange.trace());
    return found == by_trace_.end() ? std::vector<const Judged*>{} : found->second;
}

bool Claims::applied_itself(const Exchange& exchange) const {
    for (const auto* record : own_records(exchange)) {
        if (record->verdict == "admitted") return true;
    }
    return false;
}

void Claims::check(const Exchange& exchange) {
    judge_power(exchange);
    if (!exchange.answer) return;
    std::visit([&](const auto& answer) { judge(exchange, answer); }, *exchange.answer);
    judge_known_key(exchange);
}

// What applied was allowed by everything before it.
void Claims::judge_power(const Exchange& exchange) {
    const auto& demand = exchange.wish.demand;
    for (const auto* record : own_records(exchange)) {
        if (record->verdict != "admitted" || demand.least.empty()) continue;
        const auto& ledger = oracle_.ledger(record->workspace);
        const auto member = ledger.member_of(demand.user, record->position.offset);
        require(rank_of(member.role) >= rank_of(demand.least), exchange.trace(),
                "applied without the power to do so");
        require(demand.category.empty() ||
                    ledger.has_category(demand.category, record->position.offset),
                exchange.trace(), "applied with a category that did not exist");
    }
}

// A key whose fate was exposed before the request was sent tells of that fate alone.
void Claims::judge_known_key(const Exchange& exchange) {
    const auto* fate = fate_of(exchange);
    if (!exchange.wish.command.keyed || fate == nullptr) return;
    if (fate->position.offset >= exchange.from) return;
    const auto& answer = *exchange.answer;
    const bool is_unknown = std::holds_alternative<journal::Pending>(answer) ||
                            std::holds_alternative<journal::Unavailable>(answer);
    const bool is_right = fate->verdict == "closed_now"
                              ? std::holds_alternative<journal::Closed>(answer)
                          : fate->fingerprint != exchange.wish.command.fingerprint
                              ? std::holds_alternative<journal::KeyReused>(answer)
                              : std::holds_alternative<journal::Applied>(answer);
    require(is_unknown || is_right, exchange.trace(),
            "was told \"" + text_of(answer) + "\", but its key was " + fate->verdict + " before");
}

void Claims::judge(const Exchange& exchange, const journal::Applied& applied) {
    if (!applied.position) return judge_noop(exchange, applied);
    const auto who = exchange.trace();
    const auto* fate = fate_of(exchange);
    const bool is_admitted = fate != nullptr && fate->verdict == "admitted";
    require(is_admitted, who, "was told applied, but is not admitted");
    if (!is_admitted) return;
    require(fate->position == *applied.position, who,
            "was told applied at " + applied.position->text() + ", but is admitted at " +
                fate->position.text());
    require(fate->fingerprint == exchange.wish.command.fingerprint, who,
            "was told applied, but another request spent the key");
    require(applied.replayed || fate->trace == who, who,
            "was told that it applied, but a copy did");
    require(fate->subject == applied.aggregate, who, "was answered with another resource");
    judge_target(who, *fate, applied.target, exchange.to);
}

void Claims::judge_target(const std::string& who, const Judged& fate,
                          const journal::Versioned& target, std::int64_t to) {
    require(fate.position.offset < to, who, "was told applied before that was exposed");
    require(target.head.version == fate.subject_version, who,
            "was answered with version " + std::to_string(target.head.version) + ", but made " +
                std::to_string(fate.subject_version));
    const auto* shown = std::get_if<domain::expense::Expense>(&target.state);
    const auto* is = oracle_.ledger(fate.workspace).expense(fate.subject, fate.position.offset + 1);
    if (shown == nullptr || is == nullptr) return;
    const bool same = (shown->status == domain::expense::Status::voided) == is->is_voided &&
                      shown->amount->minor == is->minor &&
                      shown->amount->currency.code() == is->currency &&
                      shown->spent_on == is->spent_on &&
                      (shown->category ? shown->category->text() : "") == is->category &&
                      std::ranges::equal(standing(*shown), is->refunds, {}, {}, &SeenRefund::id);
    require(same, who, "was answered with another content");
}

// Nothing was appended because the wished state was there.
void Claims::judge_noop(const Exchange& exchange, const journal::Applied& applied) {
    const auto who = exchange.trace();
    const auto& command = exchange.wish.command;
    require(!command.keyed, who, "has a key that a no-op did not spend");
    require(!applied_itself(exchange), who, "was told of no change, but made one");
    bool was_there = false;
    for (auto next = exchange.from; next <= exchange.to; ++next) {
        was_there = was_there || oracle_.version(command.workspace.text(), command.target, next) ==
                                     applied.target.head.version;
    }
    require(was_there, who, "was told of no change at a version that was not exposed");
}

void Claims::judge(const Exchange& exchange, const journal::Refused& refused) {
    const auto who = exchange.trace();
    require(!applied_itself(exchange), who, "was refused, but applied");
    require(!must_be_allowed(exchange), who,
            "was refused without a reason: " + refused.refusal.detail);
}

std::int64_t Claims::last_basis(const Exchange& exchange) const {
    const auto* fate = exchange.wish.command.keyed ? fate_of(exchange) : nullptr;
    return fate == nullptr ? exchange.to : std::min(exchange.to, fate->position.offset);
}

// All that the answer can rest on allows it.
bool Claims::must_be_allowed(const Exchange& exchange) const {
    if (exchange.wish.demand.subject == Demand::Subject::unjudged) return false;
    for (auto next = exchange.from; next <= last_basis(exchange); ++next) {
        if (!is_clear(exchange, next)) return false;
    }
    return true;
}

bool Claims::is_clear(const Exchange& exchange, std::int64_t next) const {
    const auto& demand = exchange.wish.demand;
    const auto& ledger = oracle_.ledger(exchange.wish.command.workspace.text());
    const auto member = ledger.member_of(demand.user, next);
    if (rank_of(member.role) < rank_of(demand.role)) return false;
    if (!demand.category.empty() && !ledger.has_category(demand.category, next)) return false;
    const auto* expense = ledger.expense(demand.expense, next);
    switch (demand.subject) {
        case Demand::Subject::nothing:
        case Demand::Subject::new_expense:
            return true;
        case Demand::Subject::recorded_expense:
            // What came back for it may stand against an amendment.
            return expense != nullptr && !expense->is_voided && expense->refunds.empty();
        case Demand::Subject::any_expense:
            return expense != nullptr;
        case Demand::Subject::member:
            return !ledger.member_of(demand.about, next).role.empty();
        case Demand::Subject::unjudged:
            return false;
    }
    return false;
}

void Claims::judge(const Exchange& exchange, const journal::KeyReused&) {
    const auto* fate = fate_of(exchange);
    require(fate != nullptr && fate->verdict == "admitted" &&
                fate->fingerprint != exchange.wish.command.fingerprint,
            exchange.trace(), "was told of another request with its key, but there is none");
    require(!applied_itself(exchange), exchange.trace(), "was told of a spent key, but applied");
}

void Claims::judge(const Exchange& exchange, const journal::PreconditionFailed& failed) {
    const auto who = exchange.trace();
    const auto& command = exchange.wish.command;
    require(!applied_itself(exchange), who, "failed its precondition, but applied");
    require(std::ranges::count(command.if_match, failed.current_version) == 0, who,
            "failed its precondition at a version that it accepts");
    bool was_there = false;
    for (auto next = exchange.from; next <= last_basis(exchange); ++next) {
        was_there = was_there || oracle_.version(command.workspace.text(), command.target, next) ==
                                     failed.current_version;
    }
    require(was_there, who,
            "failed its precondition at version " + std::to_string(failed.current_version) +
                ", which was not exposed meanwhile");
}

void Claims::judge(const Exchange& exchange, const journal::LostRace&) {
    const auto who = exchange.trace();
    const auto own = own_records(exchange);
    require(!own.empty(), who, "lost a race without taking part");
    for (const auto* record : own) {
        require(record->verdict != "admitted", who, "was told that it lost, but applied");
        require(record->verdict != "duplicate", who,
                "was told that it lost, but a copy of it applied before its try");
    }
}

void Claims::judge(const Exchange& exchange, const journal::Closed&) {
    const auto* fate = fate_of(exchange);
    require(fate != nullptr && fate->verdict == "closed_now", exchange.trace(),
            "was told closed, but is not");
}

// An acknowledgement names a record that is there.
void Claims::judge(const Exchange& exchange, const journal::Pending& pending) {
    if (!pending.position) return;
    bool is_there = false;
    for (const auto* record : own_records(exchange))
        is_there = is_there || record->position == *pending.position;
    require(is_there, exchange.trace(),
            "was acknowledged at " + pending.position->text() + ", where it is not");
}

void Claims::judge(const Exchange& exchange, const journal::Unavailable&) {
    require(own_records(exchange).empty(), exchange.trace(),
            "was told that nothing was done, but has a record in the journal");
}

void Claims::check(const LookUp& look_up) {
    if (!look_up.is_final()) return;
    const auto& state = *look_up.state;
    const auto who = "look-up " + std::to_string(look_up.number);
    const auto* fate =
        oracle_.fate_of(look_up.query.workspace.text(), look_up.query.command.text());
    require(fate != nullptr, who, "was told " + text_of(state) + " of an open command");
    if (fate == nullptr) return;
    const bool is_admitted = fate->verdict == "admitted";
    const bool is_own = fate->fingerprint == look_up.query.fingerprint;
    const auto expected = !is_admitted ? State::closed
                          : is_own     ? State::applied
                                       : State::key_reused;
    require(state.kind == expected, who,
            "was told " + text_of(state) + ", but the command is " + fate->verdict);
    require(fate->position.offset < look_up.to, who, "was told of what was not exposed");
    if (state.kind != State::applied || expected != State::applied) return;
    require(state.position == fate->position, who, "was told another position");
    judge_target(who, *fate, *state.target, look_up.to);
}

}  // namespace outlay::simulation
