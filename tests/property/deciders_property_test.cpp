// Promise: whatever is asked of the aggregates in whatever order, their invariants hold, the same
// events give the same state, and a wish that is fulfilled makes no further event.
#include <algorithm>
#include <functional>
#include <set>

#include "domain/budget/decide.hpp"
#include "domain/categories/decide.hpp"
#include "domain/expense/decide.hpp"
#include "domain/expense/postings.hpp"
#include "domain/workspace/decide.hpp"
#include "tests/domain/household.hpp"
#include "tests/property/random_input.hpp"

namespace outlay::domain {
namespace {

using namespace spec;
using property::RandomInput;

// One aggregate on its way: applies decisions, and folds its whole history anew at the end.
template <typename State, typename Event>
class Life {
public:
    using Events = std::vector<Event>;
    using Ask = std::function<Decision<Events>(const State&, const Context&)>;

    explicit Life(const Events& beginnings = {}) { apply(beginnings); }

    // Decides and, if something was decided, asks again: by then there must be nothing left to do.
    void ask(const Ask& ask, const MemberId& actor) {
        Context context = context_of(actor);
        context.command = id<CommandId>(++commands_);
        context.derive = [](const CommandId& command, std::uint32_t index) {
            Uuid uuid = command.value;
            uuid.bytes[0] = static_cast<std::uint8_t>(3 + index);
            return uuid;
        };
        const auto decision = ask(state_, context);
        if (!decision.ok() || decision->empty()) return;
        const auto twin = ask(state_, context);
        ASSERT_TRUE(twin.ok());
        ASSERT_EQ(*twin, *decision);
        apply(*decision);
        const auto again = ask(state_, context);
        if (again.ok()) {
            ASSERT_TRUE(again->empty());
        }
    }

    const State& state() const { return state_; }
    std::size_t size() const { return history_.size(); }

    State folded_anew() const {
        State state;
        std::uint64_t version = 0;
        for (const Event& event : history_) evolve(state, event, meta_of(++version, owner));
        return state;
    }

private:
    void apply(const Events& events) {
        for (const Event& event : events) {
            history_.push_back(event);
            evolve(state_, event, meta_of(history_.size(), owner));
        }
    }

    State state_;
    Events history_;
    std::uint32_t commands_ = 0;
};

// Makes the question that `Life::ask` asks from a command.
template <typename Command>
auto asking(Command command) {
    return [command = std::move(command)](const auto& state, const Context& context) {
        return decide(state, command, context);
    };
}
template <typename Command, typename Surroundings>
auto asking(Command command, const Surroundings& around) {
    return [command = std::move(command), &around](const auto& state, const Context& context) {
        return decide(state, command, around, context);
    };
}

// ---- Categories

void check_tree(const categories::Tree& tree) {
    std::set<std::pair<CategoryId, std::string>> names;
    std::size_t children = 0;
    for (const auto& [category, node] : tree.categories) {
        ASSERT_GE(tree.depth(category), 1);
        ASSERT_LE(tree.depth(category), categories::depth_max);
        const CategoryId parent = node.parent.value_or(CategoryId{});
        const auto key = std::pair(parent, folded(node.name));
        ASSERT_TRUE(names.insert(key).second) << "twins: " << key.second;
        ASSERT_EQ(tree.names.at(key), category);
        ASSERT_TRUE(tree.children.at(parent).contains(category));
        if (node.parent) {
            ASSERT_TRUE(node.archived || !tree.find(*node.parent)->archived);
        }
    }
    for (const auto& [parent, below] : tree.children) {
        ASSERT_FALSE(below.empty());
        children += below.size();
    }
    ASSERT_EQ(children, tree.categories.size());
    ASSERT_EQ(tree.names.size(), tree.categories.size());
}

TEST(DecidersProperty, the_category_tree_keeps_its_shape) {
    using namespace categories;
    RandomInput random;
    const std::vector<std::string> names{"Food",   "food",  "FOOD ", "Rent",
                                         "Travel", "Ärzte", "ärzte", ""};
    std::size_t happened = 0;
    for (int run = 0; run < 20; ++run) {
        Life<Tree, Event> life;
        std::vector<CategoryId> known{id<CategoryId>(77)};  // and one that never exists
        for (int round = 0; round < 400; ++round) {
            const CategoryId category = random.pick(known);
            const auto parent = random.one_in(6) ? std::nullopt : std::optional(random.pick(known));
            const std::string& name = random.pick(names);
            const std::vector<Life<Tree, Event>::Ask> questions{
                asking(CreateCategory{name + std::to_string(random.number(1, 3)), parent}),
                asking(RenameCategory{category, name}),
                asking(MoveCategory{category, parent}),
                asking(EditCategory{category, name, parent}),
                asking(ArchiveCategory{category}),
                asking(RestoreCategory{category}),
            };
            life.ask(random.pick(questions), owner);
            ASSERT_NO_FATAL_FAILURE(check_tree(life.state()));
            for (const auto& [created, node] : life.state().categories) {
                if (std::ranges::find(known, created) == known.end()) known.push_back(created);
            }
        }
        happened += life.size();  // in a single run the first category may come late
        ASSERT_EQ(life.folded_anew(), life.state());
    }
    ASSERT_GT(happened, 400U) << "too little happened to prove anything";
}

// ---- Workspace

void check_workspace(const workspace::Workspace& state) {
    const auto owns = [](const auto& entry) {
        return entry.second.user.has_value() && entry.second.role == Role::owner;
    };
    ASSERT_TRUE(std::ranges::any_of(state.members, owns)) << "no person owns the workspace";
    std::set<UserId> users;
    for (const auto& [member_id, entry] : state.members) {
        if (entry.user) {
            ASSERT_TRUE(users.insert(*entry.user).second) << "one user, two members";
        }
    }
    for (const auto& [key, bearer] : state.keys) ASSERT_NE(state.member(bearer), nullptr);
}

// What admins may never do: the owners are as they were, and there are no new ones.
std::set<MemberId> owners_of(const workspace::Workspace& state) {
    std::set<MemberId> owners;
    for (const auto& [member_id, entry] : state.members) {
        if (entry.role == Role::owner) owners.insert(member_id);
    }
    return owners;
}

TEST(DecidersProperty, a_workspace_keeps_an_owner_and_power_never_grows_by_itself) {
    using namespace workspace;
    RandomInput random;
    const std::vector<Role> roles{Role::viewer, Role::member, Role::admin, Role::owner};
    for (int run = 0; run < 20; ++run) {
        Life<Workspace, Event> life(household());
        for (int round = 0; round < 400; ++round) {
            std::vector<MemberId> known{stranger};
            std::vector<KeyId> keys{id<KeyId>(77)};
            for (const auto& entry : life.state().members) known.push_back(entry.first);
            for (const auto& entry : life.state().keys) keys.push_back(entry.first);
            // Owners act often, else soon nobody is left who can do anything.
            const std::set<MemberId> owners = owners_of(life.state());
            const MemberId actor = random.one_in(2) ? *owners.begin() : random.pick(known);
            const Role role = random.pick(roles);
            const Date through = today.plus_days(static_cast<int>(random.number(-40, 40)));
            const auto user = id<UserId>(static_cast<std::uint32_t>(random.number(1, 8)));
            const std::vector<Life<Workspace, Event>::Ask> questions{
                asking(AddMember{user, role}),
                asking(ChangeRole{random.pick(known), role}),
                asking(ChangeRole{random.pick(known), role}),
                asking(RemoveMember{random.pick(known)}),
                asking(RevokeKey{random.pick(keys)}),
                asking(ClosePeriod{through}),
                asking(
                    ReopenPeriod{random.one_in(3) ? std::nullopt : std::optional(through), "why"}),
                asking(ChangeSettings{"Home " + std::to_string(round % 3), std::nullopt,
                                      std::nullopt}),
                asking(RestoreWorkspace{}),
                asking(RestoreWorkspace{}),
                asking(ArchiveWorkspace{}),
            };
            const Workspace before = life.state();
            life.ask(random.pick(questions), actor);
            ASSERT_NO_FATAL_FAILURE(check_workspace(life.state()));
            const Member* const who = before.member(actor);
            if (who == nullptr || who->role < Role::owner) {
                ASSERT_EQ(owners_of(life.state()), owners_of(before));
            }
            if (who == nullptr || who->role < Role::admin) {
                ASSERT_EQ(life.state().closed_through, before.closed_through);
                ASSERT_LE(life.state().members.size(), before.members.size());
            }
        }
        ASSERT_GT(life.size(), 20U) << "too little happened to prove anything";
        ASSERT_EQ(life.folded_anew(), life.state());
    }
}

// ---- Expense

TEST(DecidersProperty, an_expense_never_moves_into_or_out_of_a_closed_period) {
    using namespace expense;
    RandomInput random;
    workspace::Workspace home =
        given_household({workspace::PeriodClosed{today.plus_days(-5)}}).state();
    categories::Tree tree;
    const auto food = id<CategoryId>(1);
    evolve(tree, categories::CategoryCreated{food, "Food", std::nullopt}, meta_of(1, owner));
    const std::vector<MemberId> people{admin, member, viewer};
    for (int run = 0; run < 50; ++run) {
        Life<Expense, Event> life;
        for (int round = 0; round < 100; ++round) {
            const MemberId actor = random.pick(people);
            const Surroundings around{home, &tree, home.member(actor)->role};
            const Date spent_on = today.plus_days(static_cast<int>(random.number(-10, 10)));
            const Money amount = money(random.number(-1, 5));
            const auto category = random.one_in(2) ? std::nullopt : std::optional(food);
            const std::vector<std::string> tags{random.one_in(2) ? "a" : "b", "b"};
            const std::vector<Life<Expense, Event>::Ask> questions{
                asking(RecordExpense{.amount = amount, .spent_on = spent_on, .tags = tags}, around),
                asking(AmendExpense{.amount = amount, .category = category, .tags = tags}, around),
                asking(AmendExpense{.spent_on = spent_on, .member = random.pick(people)}, around),
                asking(VoidExpense{}, around),
                asking(RestoreExpense{}, around),
            };
            const Expense before = life.state();
            life.ask(random.pick(questions), actor);
            const Expense& after = life.state();
            if (before.status != expense::Status::absent && before != after) {
                ASSERT_FALSE(home.is_closed(before.spent_on));
            }
            if (after.status != expense::Status::absent) {
                ASSERT_FALSE(home.is_closed(after.spent_on));
                ASSERT_GE(after.amount->minor, 1);
                ASSERT_TRUE(std::ranges::is_sorted(after.tags));
            }
        }
        ASSERT_EQ(life.folded_anew(), life.state());
    }
}

// What an expense adds to the sums of closed days, and under what.
using Posted = std::tuple<Date, std::int64_t, std::int64_t, std::optional<CategoryId>, MemberId,
                          std::vector<std::string>>;
std::multiset<Posted> posted_in_closed_periods(const workspace::Workspace& home,
                                               const expense::Expense& expense) {
    std::multiset<Posted> found;
    for (const auto& [day, minor, count] : postings(expense)) {
        if (!home.is_closed(day)) continue;
        found.emplace(day, minor, count, expense.category, expense.member, expense.tags);
    }
    return found;
}

TEST(DecidersProperty, refunds_stay_within_their_expense_and_closed_periods_keep_their_sums) {
    using namespace expense;
    RandomInput random;
    const workspace::Workspace open = given_household().state();
    workspace::Workspace closed = open;
    evolve(closed, workspace::PeriodClosed{today}, meta_of(9, owner));
    categories::Tree tree;
    const auto food = id<CategoryId>(1);
    evolve(tree, categories::CategoryCreated{food, "Food", std::nullopt}, meta_of(1, owner));
    std::size_t refunds = 0;
    for (int run = 0; run < 60; ++run) {
        Life<Expense, Event> life;
        const bool may_force = random.one_in(3);
        for (int round = 0; round < 80; ++round) {
            const auto& home = round < 40 ? open : closed;
            const Surroundings around{home, &tree, Role::admin};
            const auto any_day = [&] {
                return today.plus_days(static_cast<int>(random.number(-4, 6)));
            };
            const Money amount = money(random.number(1, 9), random.one_in(9) ? "USD" : "EUR");
            const RefundExpense refund{amount, any_day(),
                                       random.one_in(2) ? CountsIn::received : CountsIn::original,
                                       may_force && random.one_in(2), FreeText{"why"}};
            const auto& known = life.state().refunds;
            const auto taken = known.empty() ? id<RefundId>(7) : random.pick(known).id;
            const std::vector<Life<Expense, Event>::Ask> questions{
                asking(RecordExpense{.amount = amount, .spent_on = any_day()}, around),
                asking(AmendExpense{.amount = amount}, around),
                asking(AmendExpense{.spent_on = any_day()}, around),
                asking(
                    AmendExpense{.category = random.one_in(2) ? std::nullopt : std::optional(food)},
                    around),
                asking(AmendExpense{.member = random.one_in(2) ? member : admin}, around),
                asking(VoidExpense{}, around),
                asking(RestoreExpense{}, around),
                asking(refund, around),
                asking(refund, around),
                asking(TakeBackRefund{taken, {}}, around),
            };
            const Expense before = life.state();
            life.ask(random.pick(questions), admin);
            const Expense& after = life.state();
            ASSERT_EQ(posted_in_closed_periods(home, before),
                      posted_in_closed_periods(home, after));
            if (!after.amount) continue;
            for (const auto& one : after.refunds) {
                ASSERT_TRUE(!one.stands || one.amount.currency == after.amount->currency);
            }
            ASSERT_TRUE(may_force || after.refunded_minor() <= after.amount->minor);
        }
        refunds += life.state().refunds.size();
        ASSERT_EQ(life.folded_anew(), life.state());
    }
    ASSERT_GT(refunds, 60U) << "too little came back to prove anything";
}

// ---- Budget

// A threshold that was there before is the same one; ids are never shared.
void expect_kept_identities(const std::vector<budget::Threshold>& before,
                            const std::vector<budget::Threshold>& after) {
    std::set<ThresholdId> identities;
    for (const budget::Threshold& threshold : after) {
        EXPECT_TRUE(identities.insert(threshold.id).second);
        const auto same = [&](const budget::Threshold& old) {
            return old.percent == threshold.percent && old.amount_minor == threshold.amount_minor;
        };
        const auto old = std::ranges::find_if(before, same);
        EXPECT_TRUE(old == before.end() || old->id == threshold.id);
    }
}

TEST(DecidersProperty, a_budget_becomes_what_was_wished) {
    using namespace budget;
    RandomInput random;
    const workspace::Workspace home = given_household().state();
    const categories::Tree tree;
    const Surroundings around{home, tree};
    const std::vector<NewThreshold> choices{{80, {}}, {100, {}}, {120, {}}, {{}, 500}, {{}, 900}};
    for (int run = 0; run < 50; ++run) {
        const PeriodRule rule{random.one_in(2) ? Unit::day : Unit::month,
                              static_cast<int>(random.number(1, 30)),
                              today.plus_days(static_cast<int>(random.number(-900, 900)))};
        Life<Budget, Event> life;
        life.ask(asking(CreateBudget{.name = "Food", .limit = money(1000), .period = rule}, around),
                 owner);
        ASSERT_TRUE(life.state().exists);
        for (int round = 0; round < 60; ++round) {
            EditBudget edit{
                .name = "Food " + std::to_string(random.number(1, 3)),
                .limit = money(random.number(0, 5) * 100),
                .limit_from = today.plus_days(static_cast<int>(random.number(-400, 400))),
                .reason = FreeText{"as we agreed"},
                .scope = Scope{.members = {random.one_in(2) ? member : viewer, member}},
                .thresholds = std::vector<NewThreshold>{}};
            for (const NewThreshold& choice : choices) {
                if (random.one_in(2)) edit.thresholds->push_back(choice);
            }
            const std::vector<Threshold> before = life.state().thresholds;
            life.ask(asking(edit, around), owner);

            const Budget& after = life.state();
            ASSERT_EQ(after.name, *edit.name);
            ASSERT_EQ(after.limit_minor(period_of(rule, *edit.limit_from)), edit.limit->minor);
            ASSERT_EQ(after.thresholds.size(), edit.thresholds->size());
            expect_kept_identities(before, after.thresholds);
        }
        ASSERT_EQ(life.folded_anew(), life.state());
    }
}

}  // namespace
}  // namespace outlay::domain
