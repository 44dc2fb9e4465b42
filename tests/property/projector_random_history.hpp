// Random histories of two workspaces: what people do with expenses, categories and budgets, and
// between it the noise that a journal has (repeated, stale, closed, foreign and broken records).
#pragma once

#include <string>
#include <vector>

#include "tests/property/random_input.hpp"
#include "tests/unit/projector_author.hpp"

namespace outlay::tests {

class RandomHistory {
public:
    RandomHistory(property::RandomInput& random, Author& author)
        : random_(random), author_(author) {
        author_.write_genesis();
        for (int i = 0; i < 2; ++i) begin_workspace();
    }

    void live(int steps) {
        for (int i = 0; i < steps; ++i) step();
    }
    // Called with the id of an alert that may be acknowledged.
    std::function<std::optional<std::pair<domain::BudgetId, domain::AlertId>>(
        const domain::WorkspaceId&)>
        pick_alert;

private:
    struct Home {
        domain::WorkspaceId id;
        std::vector<domain::CategoryId> categories;
        std::vector<domain::MemberId> members;
        std::vector<domain::ExpenseId> expenses;
        std::vector<domain::BudgetId> budgets;
        std::vector<domain::ChannelId> channels{};
    };
    using Step = void (RandomHistory::*)(Home&);

    void begin_workspace() {
        Home home{author_.create_workspace(), {}, {}, {}, {}};
        author_.ask_workspace(home.id,
                              domain::workspace::AddServiceAccount{"bot", domain::Role::admin});
        for (const auto& [member, about] : author_.people(home.id).members) {
            home.members.push_back(member);
        }
        homes_.push_back(home);
        create_category(homes_.back());
        create_budget(homes_.back());
    }

    void step() {
        static const std::vector<Step> steps{
            &RandomHistory::record,
            &RandomHistory::record,
            &RandomHistory::record,
            &RandomHistory::record,
            &RandomHistory::record,
            &RandomHistory::amend,
            &RandomHistory::amend,
            &RandomHistory::amend,
            &RandomHistory::void_one,
            &RandomHistory::void_one,
            &RandomHistory::restore,
            &RandomHistory::restore,
            &RandomHistory::refund,
            &RandomHistory::refund,
            &RandomHistory::refund,
            &RandomHistory::take_back_refund,
            &RandomHistory::edit_budget,
            &RandomHistory::edit_budget,
            &RandomHistory::create_budget,
            &RandomHistory::shelve_budget,
            &RandomHistory::create_category,
            &RandomHistory::move_category,
            &RandomHistory::acknowledge,
            &RandomHistory::noise,
            &RandomHistory::noise,
            &RandomHistory::grow_older,
            &RandomHistory::hush_budget,
            &RandomHistory::adjust_period,
            &RandomHistory::pass_day,
            &RandomHistory::pass_day,
            &RandomHistory::snooze,
            &RandomHistory::move_funds,
            &RandomHistory::move_funds,
            &RandomHistory::snooze,
            &RandomHistory::roll_over,
            &RandomHistory::listen,
            &RandomHistory::listen_otherwise,
        };
        (this->*random_.pick(steps))(homes_[static_cast<std::size_t>(random_.number(0, 1))]);
    }

    domain::Date any_day() {
        return day("2026-09-01").plus_days(static_cast<int>(random_.number(0, 120)));
    }
    domain::Money any_amount() {
        return {random_.number(1, 40) * 10, currency(random_.one_in(6) ? "USD" : "EUR")};
    }
    std::optional<domain::CategoryId> any_category(const Home& home) {
        if (random_.one_in(4)) return std::nullopt;
        return random_.pick(home.categories);
    }
    std::optional<std::string> any_merchant() {
        static const std::vector<std::string> merchants{"Cafe", "Kiosk", "Rail"};
        if (random_.one_in(3)) return std::nullopt;
        return random_.pick(merchants);
    }
    std::vector<std::string> any_tags() {
        static const std::vector<std::string> tags{"team", "trip", "gift"};
        std::vector<std::string> chosen;
        for (const auto& tag : tags) {
            if (random_.one_in(3)) chosen.push_back(tag);
        }
        return chosen;
    }

    void record(Home& home) {
        const auto id = author_.make_id<domain::ExpenseId>();
        const domain::expense::RecordExpense command{
            any_amount(),   any_day(), any_category(home), random_.pick(home.members),
            any_merchant(), {},        any_tags()};
        if (author_.ask_expense(home.id, id, command)) home.expenses.push_back(id);
    }
    void amend(Home& home) {
        if (home.expenses.empty()) return;
        domain::expense::AmendExpense command;
        if (random_.one_in(2)) command.amount = any_amount();
        if (random_.one_in(3)) command.spent_on = any_day();
        if (random_.one_in(3)) command.category = any_category(home);
        if (random_.one_in(4)) command.merchant = any_merchant();
        if (random_.one_in(4)) command.tags = any_tags();
        if (random_.one_in(5)) command.member = random_.pick(home.members);
        if (random_.one_in(5)) command.note = domain::FreeText{"again"};
        author_.ask_expense(home.id, random_.pick(home.expenses), command);
    }
    void void_one(Home& home) {
        if (home.expenses.empty()) return;
        author_.ask_expense(home.id, random_.pick(home.expenses), domain::expense::VoidExpense{});
    }
    void restore(Home& home) {
        if (home.expenses.empty()) return;
        author_.ask_expense(home.id, random_.pick(home.expenses),
                            domain::expense::RestoreExpense{});
    }

    void refund(Home& home) {
        if (home.expenses.empty()) return;
        const auto id = random_.pick(home.expenses);
        const auto& expense = std::get<domain::expense::Expense>(author_.state(home.id, id.text()));
        domain::expense::RefundExpense command{
            {random_.number(1, 30) * 10, expense.amount->currency}, any_day()};
        if (random_.one_in(3)) command.counts_in = domain::expense::CountsIn::original;
        if (random_.one_in(3)) {
            command.force = true;
            command.reason = domain::FreeText{"more"};
        }
        author_.ask_expense(home.id, id, command);
    }
    void take_back_refund(Home& home) {
        if (home.expenses.empty()) return;
        const auto id = random_.pick(home.expenses);
        const auto& expense = std::get<domain::expense::Expense>(author_.state(home.id, id.text()));
        if (expense.refunds.empty()) return;
        author_.ask_expense(home.id, id,
                            domain::expense::TakeBackRefund{random_.pick(expense.refunds).id, {}});
    }

    domain::budget::Scope any_scope(const Home& home) {
        domain::budget::Scope scope;
        if (random_.one_in(2)) scope.categories.push_back(random_.pick(home.categories));
        if (random_.one_in(5)) scope.members.push_back(random_.pick(home.members));
        if (random_.one_in(5)) scope.merchants = {"Cafe", "Rail"};
        if (random_.one_in(5)) scope.tags = {"team", "gift"};
        return scope;
    }
    std::vector<domain::budget::NewThreshold> any_thresholds() {
        std::vector<domain::budget::NewThreshold> chosen;
        if (random_.one_in(2)) chosen.push_back({50, std::nullopt});
        if (random_.one_in(2)) chosen.push_back({100, std::nullopt});
        if (random_.one_in(3)) chosen.push_back({std::nullopt, 400});
        if (random_.one_in(3)) chosen.push_back({100, {}, {}, domain::budget::Basis::forecast});
        using domain::budget::Basis;
        using domain::budget::Per;
        if (random_.one_in(4)) chosen.push_back({60, {}, {}, Basis::actual, Per::member});
        if (random_.one_in(6)) chosen.push_back({{}, 300, {}, Basis::forecast, Per::member});
        return chosen;
    }
    domain::budget::PeriodRule any_rule() {
        domain::budget::PeriodRule rule;
        rule.unit = random_.one_in(3) ? domain::budget::Unit::day : domain::budget::Unit::month;
        if (random_.one_in(6)) rule.unit = domain::budget::Unit::once;
        rule.count =
            static_cast<int>(rule.unit == domain::budget::Unit::month ? random_.number(1, 2)
                                                                      : random_.number(5, 20));
        rule.anchor = day("2026-10-01").plus_days(static_cast<int>(random_.number(0, 27)));
        return rule;
    }
    domain::budget::NewRollover any_rollover() {
        using domain::budget::Carry;
        static const std::vector<Carry> carries{Carry::none, Carry::unspent,
                                                Carry::unspent_and_overspend, Carry::capped};
        domain::budget::NewRollover rollover{random_.pick(carries), {}};
        if (rollover.carry == Carry::capped)
            rollover.cap = domain::Money{random_.number(1, 120) * 10, currency("EUR")};
        return rollover;
    }
    // Of a budget with a single range it is refused.
    void roll_over(Home& home) {
        domain::budget::EditBudget command;
        command.rollover = any_rollover();
        if (random_.one_in(2)) command.rollover_from = any_day();
        author_.ask_budget(home.id, random_.pick(home.budgets), command);
    }
    void create_budget(Home& home) {
        if (home.budgets.size() >= 4) return;
        const auto id = author_.make_id<domain::BudgetId>();
        domain::budget::CreateBudget command{"Budget",
                                             any_scope(home),
                                             {random_.number(0, 120) * 10, currency("EUR")},
                                             any_rule(),
                                             any_thresholds()};
        if (random_.one_in(2) && command.period.unit != domain::budget::Unit::once)
            command.rollover = any_rollover();
        if (author_.ask_budget(home.id, id, command)) home.budgets.push_back(id);
    }
    void edit_budget(Home& home) {
        domain::budget::EditBudget command;
        if (random_.one_in(2))
            command.limit = domain::Money{random_.number(0, 120) * 10, currency("EUR")};
        if (command.limit && random_.one_in(2)) {
            command.limit_from = any_day();
            command.reason = domain::FreeText{"as we agreed"};
        }
        if (random_.one_in(3)) command.scope = any_scope(home);
        if (random_.one_in(3)) command.thresholds = any_thresholds();
        if (random_.one_in(4)) command.name = "Renamed";
        author_.ask_budget(home.id, random_.pick(home.budgets), command);
    }
    void shelve_budget(Home& home) {
        const auto id = random_.pick(home.budgets);
        if (!author_.ask_budget(home.id, id, domain::budget::RestoreBudget{})) {
            author_.ask_budget(home.id, id, domain::budget::ArchiveBudget{});
        }
    }
    // Pauses, resumes, mutes and unmutes.
    void hush_budget(Home& home) {
        const auto id = random_.pick(home.budgets);
        if (random_.one_in(2)) {
            if (author_.ask_budget(home.id, id, domain::budget::ResumeBudget{})) return;
            author_.ask_budget(home.id, id, domain::budget::PauseBudget{});
            return;
        }
        if (author_.ask_budget(home.id, id, domain::budget::UnmuteBudget{})) return;
        // The clock moves on by a millisecond with each command.
        constexpr std::int64_t micros_of_ten_commands = 10'000;
        domain::budget::MuteBudget mute;
        if (random_.one_in(2))
            mute.until = domain::Instant{author_.now().micros + micros_of_ten_commands};
        author_.ask_budget(home.id, id, mute);
    }
    void adjust_period(Home& home) {
        author_.ask_budget(home.id, random_.pick(home.budgets),
                           domain::budget::AdjustPeriod{
                               any_day(), {random_.number(-20, 20) * 10, currency("EUR")}, {}});
    }
    void move_funds(Home& home) {
        const auto from = random_.pick(home.budgets);
        const auto to = random_.pick(home.budgets);
        if (from == to) return;
        author_.move_funds(home.id,
                           {from, to, any_day(), {random_.number(1, 20) * 10, currency("EUR")}});
    }
    void pass_day(Home& home) {
        author_.set_today(author_.today().plus_days(static_cast<int>(random_.number(0, 3))));
        for (const auto& id : home.budgets)
            author_.ask_budget(home.id, id, domain::budget::PassDay{random_.number(0, 1) == 0});
    }
    void snooze(Home& home) {
        if (!pick_alert) return;
        if (const auto alert = pick_alert(home.id)) {
            author_.ask_budget(home.id, alert->first,
                               domain::budget::SnoozeAlert{
                                   alert->second, domain::Instant{author_.now().micros * 2}});
        }
    }
    std::vector<std::string> any_patterns() {
        static const std::vector<std::string> patterns{
            "*", "alert.*", "expense.*", "budget.*", "expense.voided", "budget.limit_revised"};
        return {random_.pick(patterns), random_.pick(patterns)};
    }
    // Chats that ask for changes are refused.
    void listen(Home& home) {
        domain::channel::RegisterChannel command;
        if (random_.one_in(4)) command.kind = domain::channel::Kind::slack;
        command.events = any_patterns();
        command.is_trusted = true;
        const auto id = author_.make_id<domain::ChannelId>();
        if (author_.ask_channel(home.id, id, command)) home.channels.push_back(id);
    }
    void listen_otherwise(Home& home) {
        if (home.channels.empty()) return;
        const auto id = random_.pick(home.channels);
        domain::channel::EditChannel command;
        if (random_.one_in(2)) command.events = any_patterns();
        if (random_.one_in(2)) command.paused = random_.one_in(2);
        if (random_.one_in(2)) {
            author_.ask_channel(home.id, id, domain::channel::RemoveChannel{});
        } else {
            author_.ask_channel(home.id, id, command);
        }
    }
    void create_category(Home& home) {
        // A tree that went on below itself would come to be too deep.
        constexpr std::size_t nested_max = 5;
        const bool is_nested = !home.categories.empty() && home.categories.size() < nested_max;
        const auto parent = is_nested ? any_category(home) : std::nullopt;
        const auto name = "Category " + std::to_string(home.categories.size());
        home.categories.push_back(author_.create_category(home.id, name, parent));
    }
    void move_category(Home& home) {
        author_.ask_categories(home.id, domain::categories::MoveCategory{
                                            random_.pick(home.categories), any_category(home)});
    }
    void acknowledge(Home& home) {
        if (!pick_alert) return;
        if (const auto alert = pick_alert(home.id)) {
            author_.ask_budget(home.id, alert->first,
                               domain::budget::AcknowledgeAlert{alert->second});
        }
    }
    void grow_older(Home&) {
        author_.set_today(author_.today().plus_days(static_cast<int>(random_.number(-20, 20))));
    }

    void noise(Home& home) {
        const auto here = author_.partition_of(home.id);
        switch (random_.number(0, 5)) {
            case 0:
                author_.append(here, author_.last_value());
                return;
            case 1:
                author_.append(1 - here, author_.last_value());
                return;
            case 2:
                author_.append(here, R"({"v":1,"journal":"journal-of-tests"})");
                return;
            case 3:
                author_.append(here, journal::encode_genesis("another", 2));
                return;
            case 4:
                stale(home, here);
                return;
            default:
                closed(home, here);
                return;
        }
    }
    void stale(Home& home, std::int32_t here) {
        auto commit = author_.empty_commit(home.id);
        commit.reads.push_back({"workspace", 0});
        author_.append(here, journal::encode(commit).value);
        commit = author_.empty_commit(home.id);
        commit.events.push_back(
            {"workspace", 1, {}, domain::workspace::Event{domain::workspace::WorkspaceArchived{}}});
        author_.append(here, journal::encode(commit).value);
    }
    void closed(Home& home, std::int32_t here) {
        const auto commit = author_.empty_commit(home.id);
        const auto close =
            journal::encode_close(Author::identity, home.id, commit.command, {"too_late", ""});
        author_.append(here, close);
        author_.append(here, journal::encode(commit).value);
        author_.append(here, close);
    }

    property::RandomInput& random_;
    Author& author_;
    std::vector<Home> homes_;
};

}  // namespace outlay::tests
