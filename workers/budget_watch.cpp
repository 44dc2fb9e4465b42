// Which facts move which budgets, and when thresholds are looked at.
#include "workers/budget_watch.hpp"

#include <array>

#include "domain/budget/rollover.hpp"
#include "domain/budget/spending.hpp"

namespace outlay::workers {

namespace {

using budget_usage::Place;
using domain::budget::Budget;
using domain::expense::Expense;

constexpr std::string_view rule_changed = "rule_changed";
constexpr std::string_view day_passed = "day_passed";
constexpr std::string_view carried = "carried";

std::string_view cause_of(const domain::expense::Event& event) {
    struct Name {
        std::string_view operator()(const domain::expense::ExpenseRecorded&) { return "recorded"; }
        std::string_view operator()(const domain::expense::ExpenseAmended&) { return "amended"; }
        std::string_view operator()(const domain::expense::ExpenseVoided&) { return "voided"; }
        std::string_view operator()(const domain::expense::ExpenseRestored&) { return "restored"; }
        std::string_view operator()(const domain::expense::ExpenseRefunded&) { return "refunded"; }
        std::string_view operator()(const domain::expense::RefundTakenBack&) {
            return "refund_taken_back";
        }
    };
    return std::visit(Name{}, event);
}

// How an event of a budget changes its rules, if it does.
struct RuleOf {
    struct Answer {
        std::optional<domain::Date> today;
        bool recount = false;
        bool is_day = false;
    };
    Answer operator()(const domain::budget::BudgetCreated& event) { return {event.today, true}; }
    Answer operator()(const domain::budget::BudgetScopeChanged& event) {
        return {event.today, true};
    }
    Answer operator()(const domain::budget::BudgetLimitRevised& event) {
        return {event.today, false};
    }
    Answer operator()(const domain::budget::ThresholdAdded& event) { return {event.today, false}; }
    Answer operator()(const domain::budget::BudgetRestored& event) { return {event.today, false}; }
    // A removed threshold cannot fire. Whatever else is reached is held: it has not changed.
    Answer operator()(const domain::budget::ThresholdRemoved&) { return {domain::Date{}, false}; }
    Answer operator()(const domain::budget::BudgetRenamed&) { return {}; }
    Answer operator()(const domain::budget::BudgetArchived&) { return {}; }
    Answer operator()(const domain::budget::AlertAcknowledged&) { return {}; }
    Answer operator()(const domain::budget::BudgetPaused&) { return {}; }
    Answer operator()(const domain::budget::BudgetResumed& event) { return {event.today, false}; }
    Answer operator()(const domain::budget::BudgetMuted&) { return {}; }
    Answer operator()(const domain::budget::BudgetUnmuted&) { return {}; }
    Answer operator()(const domain::budget::AlertSnoozed&) { return {}; }
    Answer operator()(const domain::budget::BudgetPeriodAdjusted& event) {
        return {event.today, false};
    }
    Answer operator()(const domain::budget::BudgetFundsMoved& event) {
        return {event.today, false};
    }
    Answer operator()(const domain::budget::BudgetRolloverChanged& event) {
        return {event.today, false};
    }
    Answer operator()(const domain::budget::BudgetDayPassed& event) {
        return {event.today, false, true};
    }
};

// The spending of each member is kept only while a threshold watches it.
bool begins_or_ends_members(const Fact& fact) {
    return std::get<Budget>(*fact.before).has_member_thresholds() !=
           std::get<Budget>(*fact.after).has_member_thresholds();
}

}  // namespace

BudgetWatch::BudgetWatch(sql::Session& session, RowChanges& changes, const Known& known,
                         std::optional<effects::Marks> effects_from)
    : session_(session),
      changes_(changes),
      books_(known.books),
      effects_from_(std::move(effects_from)),
      ledger_(session, changes, known.folders) {}

// Most facts record an expense: nothing was there before, and no budget has to be asked about that.
BudgetWatch::Moves BudgetWatch::moves_of(const Fact& fact) const {
    Moves moves;
    const auto& book = books_.at(fact.workspace);
    const std::array sides{std::pair{fact.before.get(), -1}, std::pair{fact.after.get(), 1}};
    for (const auto& [side, sign] : sides) {
        const auto& expense = std::get<Expense>(*side);
        if (!expense.counts()) continue;
        for (const auto& [id, state] : book.budgets) {
            const auto& budget = std::get<Budget>(*state);
            for (const auto& [period, posting] : counted(budget, expense, book.categories())) {
                moves.push_back({{{fact.workspace, id}, period, budget.has_member_thresholds()},
                                 posting,
                                 expense.member,
                                 sign,
                                 budget.has_rollover()});
            }
        }
    }
    return moves;
}

sql::Result<BudgetWatch::Moves> BudgetWatch::take_moves(const Fact& fact) {
    if (auto expected = expected_.extract(&fact)) return std::move(expected.mapped());
    auto moves = moves_of(fact);
    std::vector<Move*> all;
    for (auto& move : moves) all.push_back(&move);
    if (const auto loaded = load_cells(all); !loaded.ok()) return domain::Fail{loaded.error()};
    return moves;
}

void BudgetWatch::apply(const Fact& fact) {
    books_.at(fact.workspace).apply(fact);
    expected_.clear();
}

sql::Status BudgetWatch::expect(std::span<const AdmittedCommit> commits) {
    std::vector<Move*> all;
    for (const auto& commit : commits) {
        for (const auto& fact : commit.facts) {
            if (!std::holds_alternative<Expense>(*fact.after)) continue;
            for (auto& move : expected_.emplace(&fact, moves_of(fact)).first->second)
                all.push_back(&move);
        }
    }
    return load_cells(all);
}

// Budgets with rollover are loaded whole before an expense counts for them.
sql::Status BudgetWatch::load_cells(std::span<Move* const> moves) {
    budget_usage::Ledger::Rules chains;
    std::vector<Place> missing;
    for (auto* const move : moves) {
        const auto& key = move->place.key;
        move->usage = ledger_.find(key, move->place.period.start);
        if (move->usage == nullptr) missing.push_back(move->place);
        if (move->has_rollover && !ledger_.is_whole(key))
            chains.emplace(key, books_.at(key.workspace).budget(key.budget).period);
    }
    if (const auto loaded = ledger_.load_all(chains); !loaded.ok()) return loaded;
    if (const auto loaded = ledger_.load(missing); !loaded.ok()) return loaded;
    for (auto* const move : moves) {
        if (move->usage == nullptr)
            move->usage = ledger_.find(move->place.key, move->place.period.start);
    }
    return domain::Done{};
}

sql::Status BudgetWatch::observe(const AdmittedCommit& commit) {
    Touched touched;
    for (const auto& fact : commit.facts) {
        sql::Status done = domain::Done{};
        switch (static_cast<domain::AggregateKind>(fact.event.index())) {
            case domain::AggregateKind::workspace:
                break;
            case domain::AggregateKind::categories:
                observe_tree(fact, touched);
                break;
            case domain::AggregateKind::expense:
                done = observe_expense(fact, touched);
                break;
            case domain::AggregateKind::budget:
                done = observe_budget(fact, touched);
                break;
            case domain::AggregateKind::channel:
                if (has_effects(commit)) effects::ask_to_confirm(fact, changes_);
                break;
        }
        if (!done.ok()) return done;
    }
    if (const auto settled = settle_rules(touched); !settled.ok()) return settled;
    evaluate(commit, std::move(touched));
    return domain::Done{};
}

sql::Status BudgetWatch::observe_expense(const Fact& fact, Touched& touched) {
    const auto moves = take_moves(fact);
    if (!moves.ok()) return domain::Fail{moves.error()};
    const alerts::Occasion occasion{cause_of(std::get<domain::expense::Event>(fact.event)),
                                    domain::ExpenseId::parse(fact.aggregate), true,
                                    std::get<Expense>(*fact.after).member};
    auto& looks = touched.by_expense;
    for (const auto& move : *moves) {
        const auto& key = move.place.key;
        auto done = ledger_.count(key, *move.usage, move.posting, move.sign);
        if (done.ok() && move.place.has_members)
            done = ledger_.count_member(key, *move.usage, move.member, move.posting, move.sign);
        if (!done.ok()) return done;
        // Most facts have their moves in the order of budgets.
        looks.insert_or_assign(looks.end(), {key, move.place.period.start},
                               Look{move.usage, occasion});
    }
    return domain::Done{};
}

sql::Status BudgetWatch::observe_budget(const Fact& fact, Touched& touched) {
    const auto id = domain::BudgetId::parse(fact.aggregate);
    CHECK(id.has_value(), "a fact of a budget names it");
    apply(fact);
    const auto& event = std::get<domain::budget::Event>(fact.event);
    if (const auto* acknowledged = std::get_if<domain::budget::AlertAcknowledged>(&event)) {
        return alerts::acknowledge(session_, changes_, fact, acknowledged->alert);
    }
    if (const auto* snoozed = std::get_if<domain::budget::AlertSnoozed>(&event)) {
        return alerts::snooze(session_, changes_, fact, *snoozed);
    }
    const auto rule = std::visit(RuleOf{}, event);
    if (rule.today) {
        auto& [place, change] =
            *touched.by_rule.try_emplace({fact.workspace, *id}, RuleChange{{}, false, true, {}})
                 .first;
        change.today = std::max(change.today, *rule.today);
        change.recount = change.recount || rule.recount || begins_or_ends_members(fact);
        change.is_day = change.is_day && rule.is_day;
        if (rule.is_day) change.day_before = std::get<Budget>(*fact.before).day;
    }
    return domain::Done{};
}

// A moved category changes what scopes with categories mean.
void BudgetWatch::observe_tree(const Fact& fact, Touched& touched) {
    apply(fact);
    const auto* moved = std::get_if<domain::categories::CategoryMoved>(
        &std::get<domain::categories::Event>(fact.event));
    if (moved == nullptr) return;
    for (const auto& [id, state] : books_.at(fact.workspace).budgets) {
        if (std::get<Budget>(*state).scope.categories.empty()) continue;
        touched.by_rule[{fact.workspace, id}] = {moved->today, true, false, {}};
    }
}

sql::Status BudgetWatch::settle_rules(const Touched& touched) {
    for (const auto& [key, change] : touched.by_rule) {
        const auto& budget = books_.at(key.workspace).budget(key.budget);
        if (!budget.exists) continue;
        const auto done = settle_rule(key, change, budget);
        if (!done.ok()) return done;
    }
    return domain::Done{};
}

sql::Status BudgetWatch::settle_rule(const BudgetKey& key, const RuleChange& change,
                                     const Budget& budget) {
    if (change.is_day && !budget.has_rollover())
        return ledger_.load_since(key, budget, change.day_before);
    if (!change.recount) return ledger_.load_all({{key, budget.period}});
    return ledger_.recount(key, budget, books_.at(key.workspace).categories());
}

// What is carried changes for periods behind the first one that an expense touched. Those that
// ended before the commit's day in every zone are set in silence, like past ones after a change of
// rules.
void BudgetWatch::add_carried(const AdmittedCommit& commit, Looks& looks) {
    const auto earliest_today = alerts::earliest_today(commit.decided_at);
    std::optional<BudgetKey> done;
    for (const auto& [place, look] : looks) {  // the earliest period comes first
        const auto& [key, start] = place;
        if (done == key || !books_.at(key.workspace).budget(key.budget).has_rollover()) continue;
        done = key;
        carry(key);
        for (auto& [later, usage] : ledger_.cells(key)) {
            const bool fires = usage.period.end >= earliest_today;
            if (later <= start) continue;
            const alerts::Occasion occasion{carried, look.occasion.expense, fires};
            looks.try_emplace({key, later}, Look{&usage, occasion});
        }
    }
}

void BudgetWatch::add_by_rules(const Touched& touched, Looks& looks) {
    for (const auto& [key, change] : touched.by_rule) {
        carry(key);
        for (auto& [start, usage] : ledger_.cells(key)) {
            if (change.is_day && usage.period.end < change.day_before && !usage.holds()) continue;
            if (!change.is_day) usage.judged.reset();
            const bool fires = change.is_day || usage.period.contains(change.today);
            const auto cause = change.is_day ? day_passed : rule_changed;
            const bool is_ahead = start > change.today;
            const alerts::Occasion occasion{cause, std::nullopt, fires, {}, is_ahead};
            looks.try_emplace({key, start}, Look{&usage, occasion});
        }
    }
}

void BudgetWatch::carry(const BudgetKey& key) {
    const auto& budget = books_.at(key.workspace).budget(key.budget);
    if (!budget.exists) return;
    // Without a rollover it comes to nothing, whatever was carried before.
    domain::budget::CarryWalk walk(budget);
    for (auto& [start, usage] : ledger_.cells(key)) {
        usage.carried_minor = walk.into(usage.period);
        walk.spend(usage.all.spent.minor);
    }
}

bool BudgetWatch::has_effects(const AdmittedCommit& commit) const {
    return effects_from_ && effects::has_effects(*effects_from_, commit);
}

void BudgetWatch::evaluate(const AdmittedCommit& commit, Touched touched) {
    auto looks = std::move(touched.by_expense);
    add_carried(commit, looks);
    add_by_rules(touched, looks);
    auto* const notices = has_effects(commit) ? &notices_ : nullptr;
    for (const auto& [place, look] : looks) {
        const auto& key = place.first;
        const auto& budget = books_.at(key.workspace).budget(key.budget);
        if (!budget.exists || budget.is_silent()) continue;
        const bool is_muted = budget.is_muted_at(commit.decided_at);
        const auto as_of = alerts::forecast_day(budget, commit.decided_at);
        alerts::evaluate({commit, key, budget, look.occasion, notices, is_muted, as_of},
                         *look.usage, changes_);
    }
}

}  // namespace outlay::workers
