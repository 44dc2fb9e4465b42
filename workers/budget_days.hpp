// Budget days: the scheduler. Once per local day it appends "the day has passed" to every budget
// with forecast thresholds, and to others when a period begins that a change of rules found above
// before that, so that the journal stays the only input of projections.
// The command id derives from budget and day: any number of nodes may run it, at any time and as
// often as they like; the journal admits one. Confined to one thread.
#pragma once

#include <map>
#include <set>

#include "journal/gates.hpp"
#include "journal/history.hpp"
#include "journal/journal.hpp"
#include "journal/pauses.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

class BudgetDays {
public:
    static constexpr std::size_t usual_round = 500;

    // A round hands over at most `round_max` records.
    BudgetDays(sql::Store& store, journal::Journal& log, const platform::Clock& clock,
               const platform::Zones& zones, std::size_t round_max = usual_round)
        : store_(store), log_(log), clock_(clock), zones_(zones), round_max_(round_max) {}

    // One look at the budgets whose day is over, page by page until a round is full; answers how
    // many records it handed to the journal. Budgets of halted partitions and archived workspaces
    // are left alone. A budget whose events cannot be folded is passed over and logged once.
    // Blocks.
    sql::Result<std::size_t> run();

    // A record that was handed over and made no difference by then (the budget changed at the same
    // time) is decided and handed over again.
    static constexpr std::chrono::minutes patience{1};

private:
    struct Due {
        domain::WorkspaceId workspace;
        domain::BudgetId budget;
        domain::Date today;
        bool begins = false;  // a period that was held
    };
    struct Record {
        std::int32_t partition = 0;
        std::string key;
        std::string value;
    };
    struct Source;  // a query for budgets that may be due
    struct Round {
        std::map<std::int32_t, std::string> journals;  // of partitions that go on
        std::map<std::int32_t, journal::Gates> gates;
        std::vector<journal::Pause> pauses;
        domain::Instant now;
        std::vector<Record> records{};
    };
    sql::Result<std::vector<Record>> decide(sql::Session& session);
    sql::Status add_pages(sql::Session& session, const Source& source, Round& round);
    sql::Status add_due(sql::Session& session, const Due& due, Round& round);
    sql::Result<std::optional<Record>> decide_one(sql::Session& session, const Due& due,
                                                  const std::string& journal_identity);
    void pass_over(const Due& due, const sql::Error& error);
    void forget_old();

    sql::Store& store_;
    journal::Journal& log_;
    const platform::Clock& clock_;
    const platform::Zones& zones_;
    std::size_t round_max_;
    std::map<domain::CommandId, std::chrono::steady_clock::time_point> handed_over_;
    std::set<domain::BudgetId> passed_over_;  // that were logged
};

}  // namespace outlay::workers
