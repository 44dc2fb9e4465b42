// Commands with their deciders, as the API's resources build them.
#include "tests/simulation/wishes.hpp"

#include <algorithm>

#include "platform/hash.hpp"
#include "tests/simulation/deciding.hpp"

namespace outlay::simulation {

namespace {

constexpr std::uint32_t chosen_expenses = 2;  // per home, with ids that clients choose

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
    static const std::vector<std::pair<Make, int>> weights{
        {&Wishes::record, 3},           {&Wishes::record_again, 2},  {&Wishes::amend, 4},
        {&Wishes::void_one, 2},         {&Wishes::restore, 1},       {&Wishes::refund, 3},
        {&Wishes::take_back_refund, 2}, {&Wishes::create_budget, 2}, {&Wishes::edit_budget, 3},
        {&Wishes::shelve_budget, 1},    {&Wishes::hush_budget, 3},   {&Wishes::adjust_period, 1},
        {&Wishes::move_funds, 2},       {&Wishes::handle_alert, 1},  {&Wishes::create_category, 1},
        {&Wishes::edit_category, 2},    {&Wishes::add_member, 2},    {&Wishes::change_role, 1},
        {&Wishes::remove_member, 1},    {&Wishes::rename_home, 1},
    };
    static const std::vector<Make> makes = [] {
        std::vector<Make> all;
        for (const auto& [make, weight] : weights)
            all.insert(all.end(), static_cast<std::size_t>(weight), make);
        return all;
    }();
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
    auto& home = *std::ranges::find(homes_, wish.command.workspace, &Home::id);
    if (wish.refund) home.refunds.emplace_back(wish.command.target, *wish.refund);
    if (!wish.makes.empty()) home.known.push_back(wish.makes);
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
    wish.refund = domain::RefundId{journal::derived_id(wish.command.id, 0)};
    wish.command.decide = decide_expense(wish.command.target, std::move(refund));
    return wish;
}

Wish Wishes::take_back_refund(Home& home) {
    if (home.refunds.empty()) return refund(home);
    const auto& [expense, known] = random_.pick(home.refunds);
    auto wish = begin(home, expense, "member");
    wish.demand.expense = expense;
    wish.command.decide =
        decide_expense(expense, domain::expense::TakeBackRefund{known, std::nullopt});
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
