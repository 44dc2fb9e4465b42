// An author writes valid commits into a journal as nodes do, but keeps every state itself and needs
// no store: what it remembers is what a projection must come to.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/budget/decide.hpp"
#include "domain/categories/decide.hpp"
#include "domain/channel/decide.hpp"
#include "domain/expense/decide.hpp"
#include "domain/workspace/decide.hpp"
#include "journal/journal.hpp"
#include "journal/record.hpp"
#include "platform/hash.hpp"
#include "tests/unit/projector_world.hpp"

namespace outlay::tests {

inline domain::Currency currency(std::string_view code) {
    return *domain::Currency::parse(code);
}
inline domain::Date day(std::string_view text) {
    return *domain::Date::parse(text);
}

// An admitted commit as its author knows it.
struct Written {
    domain::WorkspaceId workspace;
    std::string aggregate;
    std::vector<domain::Event> events;
    domain::EventMeta meta;  // of the first event
    domain::State after;
    journal::Position position;
};

class Author {
public:
    static constexpr std::string_view identity = "journal-of-tests";

    Author(journal::Journal& log, ManualClock& clock) : log_(log), clock_(clock) {}

    void write_genesis() {
        for (std::int32_t p = 0; p < log_.partition_count(); ++p) {
            append(p, journal::encode_genesis(identity, log_.partition_count()));
        }
    }
    // Appends any bytes.
    journal::Position append(std::int32_t partition, const std::string& value) {
        journal::Position position;
        log_.append(partition, "key", value, [&](const journal::AppendOutcome& outcome) {
            EXPECT_EQ(outcome.result, journal::AppendResult::appended);
            position = outcome.position;
        });
        return position;
    }
    std::int32_t partition_of(const domain::WorkspaceId& workspace) const {
        return journal::partition_of(workspace, log_.partition_count());
    }

    domain::WorkspaceId create_workspace() {
        const auto command = next_command();
        const domain::WorkspaceId id{journal::derived_id(command, 0)};
        const domain::UserId user{journal::derived_id(command, 9)};
        owners_[id] = {{journal::derived_id(command, 1)}, user};
        const domain::workspace::CreateWorkspace create{"Home", currency("EUR"), "Europe/Berlin",
                                                        user};
        submit(id, std::string(domain::workspace_name), command,
               [&](const domain::State& state, const domain::Context& context) {
                   return wrap(decide(std::get<0>(state), create, context));
               });
        return id;
    }
    template <typename Command>
    bool ask_workspace(const domain::WorkspaceId& workspace, const Command& command) {
        return submit(workspace, std::string(domain::workspace_name), next_command(),
                      [&](const domain::State& state, const domain::Context& context) {
                          return wrap(decide(std::get<0>(state), command, context));
                      });
    }
    template <typename Command>
    bool ask_categories(const domain::WorkspaceId& workspace, const Command& command) {
        return submit(workspace, std::string(domain::categories_name), next_command(),
                      [&](const domain::State& state, const domain::Context& context) {
                          return wrap(decide(std::get<1>(state), command, context));
                      });
    }
    template <typename Command>
    bool ask_expense(const domain::WorkspaceId& workspace, const domain::ExpenseId& id,
                     const Command& command) {
        return submit(workspace, id.text(), next_command(),
                      [&](const domain::State& state, const domain::Context& context) {
                          return wrap(decide(
                              std::get<2>(state), command,
                              {people(workspace), &tree(workspace), domain::Role::owner}, context));
                      });
    }
    // Commands of a budget that look around, and those that do not.
    template <typename Command>
    bool ask_budget(const domain::WorkspaceId& workspace, const domain::BudgetId& id,
                    const Command& command) {
        return submit(
            workspace, id.text(), next_command(),
            [&](const domain::State& state, const domain::Context& context) {
                const auto& budget = std::get<3>(state);
                if constexpr (requires {
                                  decide(budget, command,
                                         domain::budget::Surroundings{people(workspace),
                                                                      tree(workspace)},
                                         context);
                              }) {
                    return wrap(decide(
                        budget, command,
                        domain::budget::Surroundings{people(workspace), tree(workspace)}, context));
                } else {
                    return wrap(decide(budget, command, context));
                }
            });
    }

    template <typename Command>
    bool ask_channel(const domain::WorkspaceId& workspace, const domain::ChannelId& id,
                     const Command& command) {
        return submit(workspace, id.text(), next_command(),
                      [&](const domain::State& state, const domain::Context& context) {
                          return wrap(decide(std::get<4>(state), command, context));
                      });
    }

    // One commit over two budgets; the history has it twice, once for each.
    bool move_funds(const domain::WorkspaceId& workspace, const domain::budget::MoveFunds& wish) {
        clock_.advance(std::chrono::milliseconds{1});
        const auto command = next_command();
        const domain::Context context{owners_.at(workspace), clock_.now(), today_, command,
                                      journal::derived_id};
        auto& from = known(workspace, wish.from.text());
        auto& to = known(workspace, wish.to.text());
        const auto moved = decide(std::get<3>(from.state), std::get<3>(to.state), wish, context);
        if (!moved.ok()) return false;
        auto commit = commit_of(workspace, context, wish.from.text());
        const auto add = [&commit](const domain::BudgetId& budget, const Known& of,
                                   const domain::budget::BudgetFundsMoved& event) {
            commit.events.push_back({budget.text(), of.head.version + 1, of.head.hash,
                                     domain::Event(domain::budget::Event(event))});
        };
        add(wish.to, to, moved->to);
        add(wish.from, from, moved->from);
        finish(commit, {&to, &from});
        return true;
    }

    domain::ExpenseId record(const domain::WorkspaceId& workspace, std::int64_t minor,
                             std::string_view on,
                             std::optional<domain::CategoryId> category = std::nullopt) {
        const auto id = make_id<domain::ExpenseId>();
        domain::expense::RecordExpense command{
            {minor, currency("EUR")}, day(on), category, {}, {}, {}, {}};
        EXPECT_TRUE(ask_expense(workspace, id, command));
        return id;
    }
    domain::CategoryId create_category(const domain::WorkspaceId& workspace,
                                       const std::string& name,
                                       std::optional<domain::CategoryId> parent = std::nullopt) {
        EXPECT_TRUE(ask_categories(workspace, domain::categories::CreateCategory{name, parent}));
        const auto& event = std::get<domain::categories::Event>(history_.back().events.front());
        return std::get<domain::categories::CategoryCreated>(event).category;
    }
    template <typename AnyId>
    AnyId make_id() {
        return AnyId{platform::uuid_of_name({}, "id " + std::to_string(++ids_))};
    }

    void set_today(domain::Date today) { today_ = today; }
    domain::Date today() const { return today_; }
    domain::Instant now() const { return clock_.now(); }
    const std::vector<Written>& history() const { return history_; }
    // The last commit's bytes.
    const std::string& last_value() const { return last_value_; }
    const domain::State& state(const domain::WorkspaceId& workspace, const std::string& aggregate) {
        return known(workspace, aggregate).state;
    }
    const domain::categories::Tree& tree(const domain::WorkspaceId& workspace) {
        return std::get<1>(state(workspace, std::string(domain::categories_name)));
    }
    const domain::workspace::Workspace& people(const domain::WorkspaceId& workspace) {
        return std::get<0>(state(workspace, std::string(domain::workspace_name)));
    }
    // A commit of no events, to be spoilt by its caller.
    journal::ProposedCommit empty_commit(const domain::WorkspaceId& workspace) {
        return {std::string(identity),
                workspace,
                next_command(),
                "fingerprint",
                owners_.at(workspace),
                clock_.now(),
                {},
                {},
                ""};
    }
    journal::Head head(const domain::WorkspaceId& workspace, const std::string& aggregate) {
        return known(workspace, aggregate).head;
    }

private:
    struct Known {
        domain::State state;
        journal::Head head;
    };
    using Decided = domain::Decision<std::vector<domain::Event>>;
    using Decide = std::function<Decided(const domain::State&, const domain::Context&)>;

    template <typename Event>
    static Decided wrap(domain::Decision<std::vector<Event>> decision) {
        if (!decision.ok()) return domain::Fail{decision.error()};
        return std::vector<domain::Event>(decision->begin(), decision->end());
    }
    domain::CommandId next_command() {
        return {platform::uuid_of_name({}, "command " + std::to_string(++commands_))};
    }
    Known& known(const domain::WorkspaceId& workspace, const std::string& aggregate) {
        const auto found = states_.find({workspace, aggregate});
        if (found != states_.end()) return found->second;
        return states_[{workspace, aggregate}] =
                   Known{domain::initial_state(*domain::kind_of(aggregate)), {}};
    }
    std::vector<journal::Read> reads_of(const domain::WorkspaceId& workspace,
                                        const std::string& target) {
        std::vector<journal::Read> reads;
        for (const auto name : {domain::workspace_name, domain::categories_name}) {
            const auto version = known(workspace, std::string(name)).head.version;
            if (target != name && version > 0) reads.push_back({std::string(name), version});
        }
        return reads;
    }
    bool submit(const domain::WorkspaceId& workspace, const std::string& aggregate,
                const domain::CommandId& command, const Decide& decide) {
        clock_.advance(std::chrono::milliseconds{1});
        const domain::Context context{owners_.at(workspace), clock_.now(), today_, command,
                                      journal::derived_id};
        auto& target = known(workspace, aggregate);
        const auto decided = decide(target.state, context);
        if (!decided.ok() || decided->empty()) return false;
        auto commit = commit_of(workspace, context, aggregate);
        auto version = target.head.version;
        for (const auto& event : *decided) {
            commit.events.push_back({aggregate, ++version, target.head.hash, event});
        }
        finish(commit, {&target});
        return true;
    }
    journal::ProposedCommit commit_of(const domain::WorkspaceId& workspace,
                                      const domain::Context& context, const std::string& target) {
        return {std::string(identity),
                workspace,
                context.command,
                "fingerprint",
                context.actor,
                context.now,
                reads_of(workspace, target),
                {},
                ""};
    }
    // `targets` in the order of their events.
    void finish(const journal::ProposedCommit& commit, const std::vector<Known*>& targets) {
        const auto encoded = journal::encode(commit);
        last_value_ = encoded.value;
        const auto position = append(partition_of(commit.workspace), encoded.value);
        std::size_t at = 0;
        for (auto* const target : targets) {
            Written written{commit.workspace, commit.events[at].aggregate, {}, {}, {}, position};
            written.meta = meta_of(commit, at);
            for (; at < commit.events.size() && commit.events[at].aggregate == written.aggregate;
                 ++at) {
                domain::evolve(target->state, commit.events[at].event, meta_of(commit, at));
                target->head = {commit.events[at].version, encoded.hashes[at]};
                written.events.push_back(commit.events[at].event);
            }
            written.after = target->state;
            history_.push_back(std::move(written));
        }
    }
    static domain::EventMeta meta_of(const journal::ProposedCommit& commit, std::size_t at) {
        return {journal::event_id(commit.command, at), commit.events[at].version, commit.decided_at,
                commit.actor, commit.command};
    }

    journal::Journal& log_;
    ManualClock& clock_;
    domain::Date today_ = *domain::Date::of(2026, 11, 20);
    std::map<domain::WorkspaceId, domain::Actor> owners_;
    std::map<std::pair<domain::WorkspaceId, std::string>, Known> states_;
    std::vector<Written> history_;
    std::string last_value_;
    int commands_ = 0;
    int ids_ = 0;
};

}  // namespace outlay::tests
