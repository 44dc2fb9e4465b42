// What the clients of a simulation wish: commands over households whose members, categories,
// budgets and expenses everybody knows by name, whether they exist already or not.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/budget/decide.hpp"
#include "journal/submit.hpp"
#include "tests/simulation/random.hpp"

namespace outlay::simulation {

// When a wish must not be refused: the user has this power, and the expense is in one of these
// states. What is left out may be refused for reasons that only the domain knows.
struct Demand {
    enum class Subject {
        nothing,           // the role decides alone
        new_expense,       // a category, if one is named, exists
        recorded_expense,  // the expense is recorded (and the category exists)
        any_expense,       // the expense is recorded or voided
        member,            // somebody is a member
        unjudged,          // the domain may have more reasons
    };
    std::string user;
    std::string least;  // the role without which it must not apply
    std::string role;   // the role with which it must not be refused for want of power
    Subject subject = Subject::nothing;
    std::string expense;   // "exp_..."
    std::string category;  // "cat_...", or empty
    std::string about;     // "usr_...": who is a member
};

struct Wish {
    journal::Command command;  // without deadline and trace
    Demand demand;
    std::string makes;  // what exists once it applied: "exp_...", "cat_...", "bud_..."
    std::optional<domain::RefundId> refund{};  // the same, of the command's target
};

struct Home {
    domain::WorkspaceId id;
    domain::CommandId founding;
    std::vector<domain::UserId> users;  // the first one founds it
    std::vector<std::string> expenses;
    std::vector<std::string> categories;
    std::vector<std::string> budgets;
    std::vector<std::pair<std::string, domain::RefundId>>
        refunds;                     // that are known, with their expenses
    std::vector<std::string> known;  // all of these that somebody was told to exist
};

// An alert that somebody has seen.
struct KnownAlert {
    std::string budget;  // "bud_..."
    domain::AlertId alert;
};

class Wishes {
public:
    Wishes(Random& random, std::size_t homes);

    // What clients can look up; to be set before the first wish.
    std::function<std::vector<KnownAlert>(const domain::WorkspaceId&)> alerts_of;
    std::function<domain::Instant()> now;

    const std::vector<Home>& homes() const { return homes_; }
    // A client was told that the wish was granted.
    void learn(const Wish& wish);
    Wish found(const Home& home);
    // Anything; the more exists, the more of it is changed.
    Wish any();
    // Another request with the key of `spent`.
    Wish reuse_key(const journal::Command& spent);
    // What can be done once: its copy, taken for another request, would be refused.
    Wish once_only();
    // A member loses power, and does something meanwhile for which it needs that.
    std::array<Wish, 2> power_race();

private:
    using Make = Wish (Wishes::*)(Home&);
    domain::CommandId new_command(bool is_keyed);
    Wish begin(const Home& home, const std::string& target, const char* role);
    Wish record(Home& home);
    Wish record_again(Home& home);
    Wish amend(Home& home);
    Wish void_one(Home& home);
    Wish restore(Home& home);
    Wish refund(Home& home);
    Wish take_back_refund(Home& home);
    Wish create_category(Home& home);
    Wish edit_category(Home& home);
    Wish create_budget(Home& home);
    // Some watch each member, some are for a single range, some hand on what is left.
    void vary_budget(domain::budget::CreateBudget& create);
    domain::budget::NewRollover any_rollover();
    Wish edit_budget(Home& home);
    Wish shelve_budget(Home& home);
    Wish hush_budget(Home& home);
    Wish adjust_period(Home& home);
    Wish move_funds(Home& home);
    Wish handle_alert(Home& home);
    Wish add_member(Home& home);
    Wish change_role(Home& home);
    Wish remove_member(Home& home);
    Wish about_member(Home& home);
    Wish rename_home(Home& home);
    // Mostly one that is known to exist.
    std::string any_of(const Home& home, const std::vector<std::string>& all);
    domain::Money any_amount();
    domain::Date any_day();
    std::optional<domain::CategoryId> any_category(const Home& home);

    Random& random_;
    std::vector<Home> homes_;
    std::uint64_t commands_ = 0;
};

}  // namespace outlay::simulation
