// Commands with their deciders, as the API's resources build them.
#include "tests/simulation/wishes.hpp"

#include <algorithm>

#include "domain/budget/decide.hpp"
#include "domain/categories/decide.hpp"
#include "domain/expense/decide.hpp"
#include "domain/workspace/authorise.hpp"
#include "domain/workspace/decide.hpp"
#include "platform/hash.hpp"

namespace outlay::simulation {

namespace {

using domain::workspace::Action;
using journal::Loaded;
using journal::Proposed;
using Decided = domain::Decision<std::vector<Proposed>>;

template <typename Event>
Decided propose(const std::string& target, domain::Decision<std::vector<Event>> decision) {
    if (!decision.ok()) return domain::Fail{decision.error()};
    std::vector<Proposed> proposed;
    for (auto& event : *decision) proposed.push_back({target, domain::Event(std::move(event))});
    return proposed;
}

// Asks for the power first, then decides by `rule(loaded, context, role)`.
template <typename Rule>
journal::Decide decide_as(Action action, std::string target, Rule rule) {
    return [action, target = std::move(target), rule = std::move(rule)](
               const Loaded& loaded, const domain::Context& context) -> Decided {
        const auto role = domain::workspace::authorise(loaded.workspace, context.actor, action);
        if (!role.ok()) return domain::Fail{role.error()};
        return propose(target, rule(loaded, context, *role));
    };
}

template <typename Command>
journal::Decide decide_expense(const std::string& target, Command wish) {
    return decide_as(Action::record_expenses, target,
                     [wish = std::move(wish)](const Loaded& loaded, const domain::Context& context,
                                              domain::Role role) {
                         return decide(std::get<domain::expense::Expense>(loaded.target), wish,
                                       {loaded.workspace, &loaded.categories, role}, context);
                     });
}

template <typename Command>
journal::Decide decide_categories(Command wish) {
    return decide_as(Action::manage_categories, std::string(domain::categories_name),
                     [wish = std::move(wish)](const Loaded& loaded, const domain::Context& context,
                                              domain::Role) {
                         return decide(std::get<domain::categories::Tree>(loaded.target), wish,
                                       context);
                     });
}

template <typename Command>
journal::Decide decide_budget(const std::string& target, Command wish) {
    return decide_as(Action::manage_budgets, target,
                     [wish = std::move(wish)](const Loaded& loaded, const domain::Context& context,
                                              domain::Role) {
                         const auto& budget = std::get<domain::budget::Budget>(loaded.target);
                         const domain::budget::Surroundings around{loaded.workspace,
                                                                   loaded.categories};
                         if constexpr (requires { decide(budget, wish, around, context); }) {
                             return decide(budget, wish, around, context);
                         } else {
                             return decide(budget, wish, context);
                         }
                     });
}

template <typename Command>
journal::Decide decide_workspace(Command wish) {
    return decide_as(
        Action::manage_members, std::string(domain::workspace_name),
        [wish = std::move(wish)](const Loaded& loaded, const domain::Context& context,
                                 domain::Role) { return decide(loaded.workspace, wish, context); });
}

// The member id of a user is known once the workspace is loaded.
template <typename Command>
journal::Decide decide_about_user(domain::UserId user, Command wish) {
    return decide_as(
        Action::manage_members, std::string(domain::workspace_name),
        [user, wish](const Loaded& loaded, const domain::Context& context, domain::Role) {
            Command about = wish;
            loaded.workspace.member_of_user(user, &about.member);
            return decide(loaded.workspace, about, context);
        });
}

constexpr std::uint32_t chosen_expenses = 2;  // per home, with ids that clients choose

domain::Currency currency(std::string_view code) {
    return *domain::Currency::parse(code);
}

std::string fingerprint_of(const domain::CommandId& command) {
    return "k1:" + command.text();
}

}  // namespace

Wishes::Wishes(Random& random, std::size_t homes) : random_(random) {
    for (std::size_t i = 0; i < homes; ++i) {
        Home home;
        home.founding = new_command(true);
        home.id = {journal::derived_id(home.founding, 0)};
        for (std::uint32_t user = 10; user < 13; ++user)
            home.users.push_back({journal::derived_id(home.founding, user)});
        for (std::uint32_t chosen = 20; chosen < 20 + chosen_expenses; ++chosen) {
            const domain::ExpenseId expense{journal::derived_id(home.founding, chosen)};
            home.expenses.push_back(expense.text());
        }
        homes_.push_back(std::move(home));
    }
}

domain::CommandId Wishes::new_command(bool is_keyed) {
    const domain::Uuid space{{1, 2, 3}};
    domain::CommandId id{
        platform::uuid_of_name(space, "simulated command " + std::to_string(++commands_))};
    constexpr std::size_t version_byte = 6;
    if (!is_keyed) id.value.bytes[version_byte] = 0x70;  // as those that nobody chose
    return id;
}

Wish Wishes::found(const Home& home) {
    Wish wish;
    auto& command = wish.command;
    command.workspace = home.id;
    command.id = home.founding;
    command.keyed = true;
    command.fingerprint = fingerprint_of(command.id);
    command.principal.user = home.users.front();
    command.target = domain::workspace_name;
    command.creates_workspace = true;
    const domain::workspace::CreateWorkspace create{"Home", currency("EUR"), "Europe/Berlin",
                                                    home.users.front()};
    command.decide = [create](const Loaded& loaded, const domain::Context& context) -> Decided {
        return propose(std::string(domain::workspace_name),
                       decide(loaded.workspace, create, context));
    };
    wish.demand.subject = Demand::Subject::unjudged;
    return wish;
}

Wish Wishes::any() {
    static const std::vector<Make> makes{
        &Wishes::record,          &Wishes::record,        &Wishes::record,
        &Wishes::record_again,    &Wishes::record_again,  &Wishes::amend,
        &Wishes::amend,           &Wishes::amend,         &Wishes::amend,
        &Wishes::void_one,        &Wishes::void_one,      &Wishes::restore,
        &Wishes::refund,          &Wishes::refund,        &Wishes::take_back_refund,
        &Wishes::create_budget,   &Wishes::create_budget, &Wishes::edit_budget,
        &Wishes::edit_budget,     &Wishes::edit_budget,   &Wishes::shelve_budget,
        &Wishes::create_category, &Wishes::edit_category, &Wishes::edit_category,
        &Wishes::add_member,      &Wishes::add_member,    &Wishes::change_role,
        &Wishes::remove_member,   &Wishes::rename_home,
    };
    return (this->*random_.pick(makes))(random_.pick(homes_));
}

Wish Wishes::reuse_key(const journal::Command& spent) {
    auto& home = *std::ranges::find(homes_, spent.workspace, &Home::id);
    auto wish = random_.one_in(2) ? amend(home) : record(home);
    wish.command.id = spent.id;
    wish.command.keyed = true;
    wish.command.fingerprint = "k1:another " + std::to_string(++commands_);
    wish.demand.subject = Demand::Subject::unjudged;
    return wish;
}

Wish Wishes::once_only() {
    auto& home = random_.pick(homes_);
    auto wish = random_.one_in(2) ? remove_member(home) : amend(home);
    auto& command = wish.command;
    command.keyed = true;
    command.principal.user = home.users.front();
    wish.demand.user = home.users.front().text();
    if (wish.demand.subject == Demand::Subject::recorded_expense) {
        command.has_if_match = true;
        command.if_match = {static_cast<std::uint64_t>(random_.number(1, 2))};
    }
    return wish;
}

std::array<Wish, 2> Wishes::power_race() {
    auto& home = random_.pick(homes_);
    auto loss = random_.one_in(2) ? change_role(home) : remove_member(home);
    auto act = record(home);
    const auto& user = home.users[1 + random_.index(home.users.size() - 1)];
    act.command.principal.user = user;
    act.demand.user = user.text();
    return {std::move(loss), std::move(act)};
}

Wish Wishes::begin(const Home& home, const std::string& target, const char* role) {
    Wish wish;
    auto& command = wish.command;
    command.workspace = home.id;
    command.keyed = random_.one_in(2);
    command.id = new_command(command.keyed);
    command.fingerprint = fingerprint_of(command.id);
    const auto& user = random_.percent(80) ? home.users.front() : random_.pick(home.users);
    command.principal.user = user;
    command.target = target;
    wish.demand.user = user.text();
    wish.demand.least = role;
    wish.demand.role = role;
    wish.demand.subject = Demand::Subject::unjudged;
    return wish;
}

void Wishes::learn(const Wish& wish) {
    if (wish.makes.empty()) return;
    std::ranges::find(homes_, wish.command.workspace, &Home::id)->known.push_back(wish.makes);
}

std::string Wishes::any_of(const Home& home, const std::vector<std::string>& all) {
    const auto kind = all.front().substr(0, 4);
    std::vector<std::string> known;
    for (const auto& one : home.known) {
        if (one.starts_with(kind)) known.push_back(one);
    }
    return random_.pick(!known.empty() && random_.percent(85) ? known : all);
}

domain::Money Wishes::any_amount() {
    return {random_.number(1, 40) * 10, currency(random_.one_in(8) ? "USD" : "EUR")};
}

domain::Date Wishes::any_day() {
    return domain::Date::parse("2026-10-15")->plus_days(static_cast<int>(random_.number(0, 60)));
}

std::optional<domain::CategoryId> Wishes::any_category(const Home& home) {
    if (home.categories.empty() || random_.one_in(2)) return std::nullopt;
    return domain::CategoryId::parse(any_of(home, home.categories));
}

Wish Wishes::record(Home& home) {
    auto wish = begin(home, "", "member");
    auto& command = wish.command;
    command.target = domain::ExpenseId{journal::derived_id(command.id, 0)}.text();
    command.target_is_new = true;
    wish.makes = command.target;
    home.expenses.push_back(command.target);
    domain::expense::RecordExpense record{any_amount(), any_day(), any_category(home), {}, {},
                                          {},           {}};
    command.reads_categories = record.category.has_value();
    wish.demand.subject = Demand::Subject::new_expense;
    if (record.category) wish.demand.category = record.category->text();
    command.decide = decide_expense(command.target, std::move(record));
    return wish;
}

// An expense with an id that a client chose: the same content again is no change.
Wish Wishes::record_again(Home& home) {
    auto wish = begin(home, home.expenses[random_.index(chosen_expenses)], "member");
    const auto& target = wish.command.target;
    wish.makes = target;
    const domain::expense::RecordExpense record{
        {100, currency("EUR")}, *domain::Date::parse("2026-11-01"), {}, {}, {}, {}, {}};
    wish.command.decide = decide_expense(target, record);
    return wish;
}

Wish Wishes::amend(Home& home) {
    auto wish = begin(home, any_of(home, home.expenses), "member");
    wish.demand.role = "admin";  // for those of others
    domain::expense::AmendExpense amend;
    if (!random_.one_in(4)) amend.amount = any_amount();
    if (random_.one_in(3)) amend.spent_on = any_day();
    if (random_.one_in(4)) {
        const auto category = any_category(home);
        amend.category = category;
        if (category) wish.demand.category = category->text();
    }
    auto& command = wish.command;
    command.reads_categories = amend.category.has_value();
    command.has_if_match = random_.one_in(3);
    if (command.has_if_match) command.if_match = {static_cast<std::uint64_t>(random_.number(1, 3))};
    wish.demand.subject = Demand::Subject::recorded_expense;
    wish.demand.expense = command.target;
    command.decide = decide_expense(command.target, std::move(amend));
    return wish;
}

Wish Wishes::void_one(Home& home) {
    auto wish = begin(home, any_of(home, home.expenses), "member");
    wish.demand.role = "admin";  // for those of others
    wish.demand.subject = Demand::Subject::any_expense;
    wish.demand.expense = wish.command.target;
    wish.command.decide = decide_expense(wish.command.target, domain::expense::VoidExpense{});
    return wish;
}

Wish Wishes::restore(Home& home) {
    auto wish = void_one(home);
    wish.demand.subject = Demand::Subject::unjudged;
    wish.command.decide = decide_expense(wish.command.target, domain::expense::RestoreExpense{});
    return wish;
}

Wish Wishes::refund(Home& home) {
    auto wish = void_one(home);
    wish.demand.subject = Demand::Subject::unjudged;
    domain::expense::RefundExpense refund{{random_.number(1, 20) * 10, currency("EUR")}, any_day()};
    if (random_.one_in(2)) refund.counts_in = domain::expense::CountsIn::original;
    refund.force = random_.one_in(4);
    if (refund.force) refund.reason = domain::FreeText{"more came back"};
    const domain::RefundId made{journal::derived_id(wish.command.id, 0)};
    home.refunds.emplace_back(wish.command.target, made);
    wish.command.decide = decide_expense(wish.command.target, std::move(refund));
    return wish;
}

Wish Wishes::take_back_refund(Home& home) {
    auto wish = void_one(home);
    wish.demand.subject = Demand::Subject::unjudged;
    if (home.refunds.empty()) return wish;
    const auto& [expense, refund] = random_.pick(home.refunds);
    wish.command.target = expense;
    wish.demand.expense = expense;
    wish.command.decide =
        decide_expense(expense, domain::expense::TakeBackRefund{refund, std::nullopt});
    return wish;
}

Wish Wishes::create_category(Home& home) {
    auto wish = begin(home, std::string(domain::categories_name), "member");
    const auto name = "Category " + std::to_string(commands_);
    wish.command.decide =
        decide_categories(domain::categories::CreateCategory{name, any_category(home)});
    wish.makes = domain::CategoryId{journal::derived_id(wish.command.id, 0)}.text();
    home.categories.push_back(wish.makes);
    return wish;
}

Wish Wishes::edit_category(Home& home) {
    if (home.categories.empty()) return create_category(home);
    auto wish = begin(home, std::string(domain::categories_name), "member");
    const auto category = *domain::CategoryId::parse(any_of(home, home.categories));
    if (random_.one_in(3)) {
        const auto name = "Category " + std::to_string(commands_);
        wish.command.decide = decide_categories(domain::categories::RenameCategory{category, name});
    } else {
        wish.command.decide =
            decide_categories(domain::categories::MoveCategory{category, any_category(home)});
    }
    return wish;
}

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
    command.decide = decide_budget(command.target, std::move(create));
    return wish;
}

Wish Wishes::edit_budget(Home& home) {
    if (home.budgets.empty()) return create_budget(home);
    auto wish = begin(home, any_of(home, home.budgets), "admin");
    wish.command.reads_categories = true;
    domain::budget::EditBudget edit;
    if (random_.one_in(2)) edit.limit = {random_.number(1, 60) * 10, currency("EUR")};
    if (random_.one_in(3)) {
        edit.scope.emplace();
        if (const auto category = any_category(home)) edit.scope->categories = {*category};
    }
    if (random_.one_in(3)) edit.thresholds = {{80, {}, {}}, {100, {}, {}}};
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

Wish Wishes::add_member(Home& home) {
    auto wish = begin(home, std::string(domain::workspace_name), "admin");
    const auto role = static_cast<domain::Role>(random_.number(1, 2));
    wish.command.decide = decide_workspace(
        domain::workspace::AddMember{home.users[1 + random_.index(home.users.size() - 1)], role});
    return wish;
}

Wish Wishes::change_role(Home& home) {
    const auto role = static_cast<domain::Role>(random_.number(0, 2));
    auto wish = about_member(home);
    wish.command.decide = decide_about_user(*domain::UserId::parse(wish.demand.about),
                                            domain::workspace::ChangeRole{{}, role});
    return wish;
}

Wish Wishes::remove_member(Home& home) {
    auto wish = about_member(home);
    wish.command.decide = decide_about_user(*domain::UserId::parse(wish.demand.about),
                                            domain::workspace::RemoveMember{});
    return wish;
}

Wish Wishes::about_member(Home& home) {
    auto wish = begin(home, std::string(domain::workspace_name), "admin");
    wish.demand.role = "owner";
    wish.demand.subject = Demand::Subject::member;
    wish.demand.about = home.users[1 + random_.index(home.users.size() - 1)].text();
    return wish;
}

Wish Wishes::rename_home(Home& home) {
    auto wish = begin(home, std::string(domain::workspace_name), "admin");
    domain::workspace::ChangeSettings change;
    change.name = "Home " + std::to_string(commands_);
    wish.demand.subject = Demand::Subject::nothing;
    wish.command.decide = decide_workspace(std::move(change));
    return wish;
}

}  // namespace outlay::simulation
