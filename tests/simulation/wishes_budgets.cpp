// Wishes about budgets: their rules, their silence, single periods, and their alerts.
#include "tests/simulation/deciding.hpp"
#include "tests/simulation/wishes.hpp"

namespace outlay::simulation {

namespace {

domain::budget::NewThreshold forecast(int percent) {
    return {percent, {}, {}, domain::budget::Basis::forecast};
}

// Both budgets change in one commit, the source last.
Decided decide_move(const Loaded& loaded, const domain::Context& context,
                    const domain::budget::MoveFunds& wish) {
    const auto role =
        domain::workspace::authorise(loaded.workspace, context.actor, Action::manage_budgets);
    if (!role.ok()) return domain::Fail{role.error()};
    const auto moved = decide(std::get<domain::budget::Budget>(loaded.target),
                              std::get<domain::budget::Budget>(*loaded.also), wish, context);
    if (!moved.ok()) return domain::Fail{moved.error()};
    return std::vector<Proposed>{
        {wish.to.text(), domain::Event(domain::budget::Event(moved->to))},
        {wish.from.text(), domain::Event(domain::budget::Event(moved->from))}};
}

}  // namespace

Wish Wishes::create_budget(Home& home) {
    auto wish = begin(home, "", "admin");
    auto& command = wish.command;
    wish.makes = domain::BudgetId{journal::derived_id(command.id, 0)}.text();
    command.target = wish.makes;
    command.target_is_new = true;
    command.reads_categories = true;
    home.budgets.push_back(wish.makes);
    domain::budget::CreateBudget create{"Budget " + std::to_string(commands_),
                                        {},
                                        {random_.number(1, 60) * 10, currency("EUR")},
                                        {},
                                        {{50, {}, {}}, {100, {}, {}}}};
    if (const auto category = any_category(home)) create.scope.categories = {*category};
    const bool by_day = random_.one_in(3);
    create.period = {by_day ? domain::budget::Unit::day : domain::budget::Unit::month,
                     by_day ? static_cast<int>(random_.number(5, 20)) : 1,
                     *domain::Date::parse("2026-10-05")};
    if (random_.one_in(3)) create.thresholds.push_back({{}, 400, {}});
    if (random_.one_in(2)) create.thresholds.push_back(forecast(100));
    vary_budget(create);
    command.decide = decide_budget(command.target, std::move(create));
    return wish;
}

void Wishes::vary_budget(domain::budget::CreateBudget& create) {
    using namespace domain::budget;
    if (random_.one_in(4)) create.thresholds.push_back({60, {}, {}, Basis::actual, Per::member});
    if (random_.one_in(6)) {
        create.period.unit = Unit::once;
        create.period.count = static_cast<int>(random_.number(5, 40));
    } else if (random_.one_in(2)) {
        create.rollover = any_rollover();
        create.rollover_from = create.period.anchor;
    }
}

domain::budget::NewRollover Wishes::any_rollover() {
    using domain::budget::Carry;
    const auto kind = random_.number(0, 3);
    if (kind == 0) return {Carry::none, {}};
    if (kind == 1) return {Carry::unspent, {}};
    if (kind == 2) return {Carry::unspent_and_overspend, {}};
    return {Carry::capped, domain::Money{random_.number(1, 60) * 10, currency("EUR")}};
}

Wish Wishes::edit_budget(Home& home) {
    if (home.budgets.empty()) return create_budget(home);
    auto wish = begin(home, any_of(home, home.budgets), "admin");
    wish.command.reads_categories = true;
    domain::budget::EditBudget edit;
    if (random_.one_in(2)) {
        edit.limit = {random_.number(1, 60) * 10, currency("EUR")};
        if (random_.one_in(2)) edit.limit_from = any_day();
        if (random_.one_in(2)) edit.reason = domain::FreeText{"as we agreed"};
    }
    if (random_.one_in(3)) {
        edit.scope.emplace();
        if (const auto category = any_category(home)) edit.scope->categories = {*category};
    }
    if (random_.one_in(3)) {
        edit.thresholds = {{80, {}, {}}, {100, {}, {}}};
        if (random_.one_in(2)) edit.thresholds->push_back(forecast(90));
    }
    if (random_.one_in(4)) {
        edit.rollover = any_rollover();
        if (random_.one_in(2)) edit.rollover_from = any_day();
    }
    wish.command.decide = decide_budget(wish.command.target, std::move(edit));
    return wish;
}

Wish Wishes::shelve_budget(Home& home) {
    if (home.budgets.empty()) return create_budget(home);
    auto wish = begin(home, any_of(home, home.budgets), "admin");
    wish.command.reads_categories = true;
    wish.command.decide = random_.one_in(2)
                              ? decide_budget(wish.command.target, domain::budget::ArchiveBudget{})
                              : decide_budget(wish.command.target, domain::budget::RestoreBudget{});
    return wish;
}

// Pauses or resumes, mutes or unmutes.
Wish Wishes::hush_budget(Home& home) {
    if (home.budgets.empty()) return create_budget(home);
    auto wish = begin(home, any_of(home, home.budgets), "admin");
    auto& command = wish.command;
    command.reads_categories = true;
    const auto chance = random_.number(1, 8);
    if (chance <= 2) {
        command.decide = decide_budget(command.target, domain::budget::PauseBudget{});
        return wish;
    }
    if (chance <= 5) {
        command.decide = decide_budget(command.target, domain::budget::ResumeBudget{});
        return wish;
    }
    if (chance <= 6) {
        command.decide = decide_budget(command.target, domain::budget::UnmuteBudget{});
        return wish;
    }
    domain::budget::MuteBudget mute;
    constexpr std::int64_t micros_of_mute_max = 20'000'000;
    if (random_.one_in(2))
        mute.until = domain::Instant{now().micros + random_.number(1, micros_of_mute_max)};
    command.decide = decide_budget(command.target, mute);
    return wish;
}

Wish Wishes::adjust_period(Home& home) {
    if (home.budgets.empty()) return create_budget(home);
    auto wish = begin(home, any_of(home, home.budgets), "admin");
    wish.command.reads_categories = true;
    const domain::budget::AdjustPeriod adjust{
        any_day(), {random_.number(-20, 20) * 10, currency("EUR")}, {}};
    wish.command.decide = decide_budget(wish.command.target, adjust);
    return wish;
}

Wish Wishes::move_funds(Home& home) {
    if (home.budgets.size() < 2) return create_budget(home);
    auto wish = begin(home, any_of(home, home.budgets), "admin");
    auto other = random_.pick(home.budgets);
    if (other == wish.command.target) other = home.budgets[other == home.budgets.front() ? 1 : 0];
    const domain::budget::MoveFunds move{*domain::BudgetId::parse(wish.command.target),
                                         *domain::BudgetId::parse(other),
                                         any_day(),
                                         {random_.number(1, 20) * 10, currency("EUR")}};
    wish.command.also = other;
    wish.command.decide = [move](const Loaded& loaded, const domain::Context& context) {
        return decide_move(loaded, context, move);
    };
    return wish;
}

// Acknowledges or snoozes an alert that is there.
Wish Wishes::handle_alert(Home& home) {
    const auto alerts = alerts_of(home.id);
    if (alerts.empty()) return record(home);
    const auto& [budget, alert] = random_.pick(alerts);
    auto wish = begin(home, budget, "admin");
    wish.command.reads_categories = true;
    if (random_.one_in(2)) {
        wish.command.decide = decide_budget(budget, domain::budget::AcknowledgeAlert{alert});
        return wish;
    }
    constexpr std::int64_t hour_micros = 3'600'000'000;
    const domain::budget::SnoozeAlert snooze{
        alert, domain::Instant{now().micros + hour_micros * random_.number(1, 3)}};
    wish.command.decide = decide_budget(budget, snooze);
    return wish;
}

}  // namespace outlay::simulation
