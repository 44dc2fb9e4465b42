// Budget watch: keeps the usage of every budget and raises alerts, commit by commit, within the
// batch's transaction. A function of the log alone: any batching gives the same rows. Thresholds
// are looked at once, at the end of each commit. Archived and paused budgets are counted on but
// raise nothing; what muted ones raise is told to nobody. Confined to one thread; lives for one
// batch.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "workers/budget_book.hpp"
#include "workers/effects.hpp"
#include "workers/fact.hpp"
#include "workers/projections/alerts.hpp"
#include "workers/projections/budget_usage.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers {

class BudgetWatch {
public:
    // What is known of the workspaces as of the log before the first commit that is observed, and
    // after the last one in the end. There is a book for each of them; of cells, whatever is there.
    struct Known {
        BudgetBooks& books;
        budget_usage::Folders& folders;
    };
    // Without marks nothing has effects (a generation that is being built).
    BudgetWatch(sql::Session& session, RowChanges& changes, const Known& known,
                std::optional<effects::Marks> effects_from);

    // Loads at once what these commits will most likely count on.
    sql::Status expect(std::span<const AdmittedCommit> commits);
    // The commit's rows are in the changes already; its facts move usage, then thresholds are
    // evaluated.
    sql::Status observe(const AdmittedCommit& commit);
    // What the observed commits made of usage is in the changes from now on.
    void write() { ledger_.write(); }
    // What is to be told of the observed commits, in their order.
    const effects::Notices& notices() const { return notices_; }

private:
    using BudgetKey = budget_usage::BudgetKey;
    // What changed the rules of a budget: only the period that contains `today` may fire, and what
    // later ones reach is held until they begin. A day that passed fires wherever it makes a
    // difference in a period that has begun, and changes no rule. What ended before the day that
    // was told before it makes none: the last forecast there was of a period that is over.
    struct RuleChange {
        domain::Date today;
        bool recount = false;
        bool is_day = false;
        domain::Date day_before;
    };
    using Cell = budget_usage::Cell;
    struct Look {
        Cell* usage = nullptr;
        alerts::Occasion occasion;
    };
    using Looks = std::map<std::pair<BudgetKey, domain::Date>, Look>;  // by period start
    struct Touched {
        Looks by_expense;
        std::map<BudgetKey, RuleChange> by_rule;
    };
    // What a fact puts into a cell, or takes out of one (sign -1).
    struct Move {
        budget_usage::Place place;
        domain::expense::Posting posting;
        domain::MemberId member;
        int sign = 1;
        bool has_rollover = false;
        Cell* usage = nullptr;  // once it is loaded
    };
    using Moves = std::vector<Move>;
    Moves moves_of(const Fact& fact) const;
    // With their cells.
    sql::Result<Moves> take_moves(const Fact& fact);
    // The rules are others from now on.
    void apply(const Fact& fact);
    sql::Status load_cells(std::span<Move* const> moves);
    sql::Status observe_expense(const Fact& fact, Touched& touched);
    sql::Status observe_budget(const Fact& fact, Touched& touched);
    void observe_tree(const Fact& fact, Touched& touched);
    sql::Status settle_rules(const Touched& touched);
    sql::Status settle_rule(const BudgetKey& key, const RuleChange& change,
                            const domain::budget::Budget& budget);
    // What an expense changes in later periods.
    void add_carried(const AdmittedCommit& commit, Looks& looks);
    void add_by_rules(const Touched& touched, Looks& looks);
    // Tells every cell what the period before it handed on.
    void carry(const BudgetKey& key);
    void evaluate(const AdmittedCommit& commit, Touched touched);
    bool has_effects(const AdmittedCommit& commit) const;

    sql::Session& session_;
    RowChanges& changes_;
    BudgetBooks& books_;
    std::optional<effects::Marks> effects_from_;
    // Worked out when cells were loaded, of facts that are to come; they rest on the books as those
    // are now.
    std::unordered_map<const Fact*, Moves> expected_;
    budget_usage::Ledger ledger_;
    effects::Notices notices_;
};

}  // namespace outlay::workers
