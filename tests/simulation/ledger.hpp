// The oracle's fold of admitted events: who is in a household, what was spent, which budgets are
// how full and which alerts that makes. Reads the events' JSON and adds everything up again from
// all expenses after every commit; shares no code with codec, deciders or projections.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/values/dates.hpp"
#include "domain/values/ids.hpp"
#include "platform/json/value.hpp"

namespace outlay::simulation {

// What something was from a given offset on.
template <typename T>
class Timeline {
public:
    void set(std::int64_t offset, T value) { steps_.insert_or_assign(offset, std::move(value)); }
    // Below the offset `next`; null if there was nothing yet.
    const T* at(std::int64_t next) const {
        const auto later = steps_.lower_bound(next);
        return later == steps_.begin() ? nullptr : &std::prev(later)->second;
    }
    const T* last() const { return steps_.empty() ? nullptr : &steps_.rbegin()->second; }

private:
    std::map<std::int64_t, T> steps_;
};

struct SeenRefund {
    std::string id;
    std::int64_t minor = 0;
    domain::Date received_on;
    bool is_original = false;  // counts on the day of the expense
};

struct SeenExpense {
    bool is_voided = false;
    std::int64_t minor = 0;
    std::string currency;
    domain::Date spent_on;
    std::string category;  // "cat_...", or empty
    std::string member;
    std::vector<SeenRefund> refunds;  // that stand
};

struct SeenMember {
    std::string id;    // "mem_..."
    std::string role;  // empty: no member
};

// An event with its place.
struct SeenEvent {
    std::string aggregate;
    std::uint64_t version = 0;
    std::string type;
    const json::Value* data = nullptr;
};

class Ledger {  // of one workspace
public:
    // The commit at a place of the journal.
    struct Place {
        std::int32_t partition = 0;
        std::int64_t offset = 0;
        domain::Instant decided_at;
    };
    void follow(const Place& place, const std::vector<SeenEvent>& events);

    const SeenExpense* expense(const std::string& id, std::int64_t next) const;
    SeenMember member_of(const std::string& user, std::int64_t next) const;
    bool has_category(const std::string& id, std::int64_t next) const;

    // Rows of the read models as they must be, in the words of their tables.
    using Lines = std::vector<std::string>;
    void add_expenses(Lines& lines) const;  // id|state|minor|currency|day|category|member|refunded
    void add_refunds(Lines& lines) const;   // expense|id|minor|counts on
    void add_spending(Lines& lines) const;  // workspace-less: day|category|member|currency|sum|n
    void add_categories(Lines& lines) const;  // id|parent
    void add_members(Lines& lines) const;     // id|user|role
    void add_usage(Lines& lines) const;       // budget|period start|spent|count
    // id|budget|threshold|start|crossing|spent|limit|basis|projected|as of|muted|state|snoozed|at
    void add_alerts(Lines& lines) const;
    void add_outbox(Lines& lines) const;  // id|partition|offset
    // Every alert that was raised, by its uuid, with its budget, "bud_...".
    std::vector<std::pair<std::string, std::string>> alerts() const;

private:
    struct Threshold {
        std::string id;
        std::optional<std::int64_t> percent;
        std::optional<std::int64_t> minor;
        bool is_forecast = false;
        bool is_per_member = false;
    };
    struct Rollover {
        std::string carry;
        std::int64_t cap = 0;
        bool operator==(const Rollover&) const = default;
    };
    struct Budget {
        bool is_archived = false;
        bool is_paused = false;
        bool is_muted = false;
        std::optional<domain::Instant> muted_until;  // empty: for good
        std::vector<std::string> categories;
        std::string currency;
        bool by_month = true;
        bool is_single = false;  // a range of days, from the anchor
        std::int64_t count = 1;
        domain::Date anchor;
        std::map<domain::Date, std::int64_t> limits;
        std::map<domain::Date, std::int64_t> adjusted;  // by period
        std::map<domain::Date, std::int64_t> moved;
        std::map<domain::Date, Rollover> rollovers;
        std::vector<Threshold> thresholds;
        domain::Date day;  // the latest that was told
    };
    struct Crossing {
        bool is_above = false;
        int fired = 0;
        std::string open;        // alert
        bool is_untold = false;  // the budget was muted when that was raised
    };
    struct Alert {
        std::string budget;
        std::string text;
        std::string state;
        std::string snoozed_until;
        std::int64_t offset = 0;
    };
    // Why a budget is looked at: its rules changed on a day, an expense counts in periods of its
    // own before or after, or a day has passed.
    struct Cause {
        std::optional<domain::Date> today;
        std::set<domain::Date> own;
        std::optional<domain::Date> passed{};
    };
    // A period of a budget as it is looked at.
    struct Situation {
        const std::string& id;
        domain::Date start;
        std::int64_t spent = 0;
        std::int64_t limit = 0;
        bool fires = false;
        bool is_ahead = false;  // what is reached is no crossing before the period begins
        const Place& place;
        std::string member;  // "mem_..." for a threshold that watches each member
    };
    // Whose crossing it is.
    struct Watch {
        domain::Date start;
        std::string threshold;
        std::string member;
        auto operator<=>(const Watch&) const = default;
    };
    using Changed = std::map<std::string, Cause>;  // of budgets, by rules or days
    using Sums = std::map<domain::Date, std::pair<std::int64_t, std::int64_t>>;

    void apply(const SeenEvent& event, std::int64_t offset);
    void apply_people(const SeenEvent& event, std::int64_t offset);
    void apply_expense(const SeenEvent& event, std::int64_t offset);
    void apply_budget(const SeenEvent& event);
    static void apply_rules(Budget& budget, const SeenEvent& event);
    static void apply_life(Budget& budget, const SeenEvent& event);
    void apply_alert(const SeenEvent& event);
    void note_rule_change(const SeenEvent& event, Changed& changed) const;
    bool counts(const Budget& budget, const SeenExpense& expense) const;
    // The periods in which an expense or a refund of it counts, with what that adds.
    struct Counted {
        domain::Date start;
        std::int64_t minor = 0;
        std::int64_t count = 0;
    };
    std::vector<Counted> counted(const Budget& budget, const SeenExpense& expense) const;
    Sums sums(const Budget& budget) const;
    std::map<std::string, std::int64_t> shares(const Budget& budget, domain::Date start) const;
    void evaluate(const std::string& id, const Cause& cause, const Place& place);
    void judge_members(Situation now, const Threshold& threshold);
    void judge(const Situation& now, const Threshold& threshold);
    void raise(const Situation& now, const Threshold& threshold, Crossing& crossing,
               std::int64_t number);
    static domain::Date day_of_forecasts(const Budget& budget, const Place& place);
    static domain::Date start_in(const Budget& budget, domain::Date day);
    static domain::Date next_start(const Budget& budget, domain::Date start);
    static bool has_period(const Budget& budget, domain::Date day);
    static bool looks_at(const Budget& budget, const Cause& cause, domain::Date start);
    static bool is_ahead(const Cause& cause, domain::Date start);
    static bool may_fire(const Budget& budget, const Cause& cause, domain::Date start,
                         const Place& place);
    static std::int64_t planned(const Budget& budget, domain::Date start);
    static std::int64_t carried_into(const Budget& budget, const Sums& sums, domain::Date wanted);
    void tell(const std::string& alert, const char* state, const Place& place);

    std::map<std::string, Timeline<SeenMember>> members_by_user_;
    std::map<std::string, std::string> user_of_member_;
    std::map<std::string, Timeline<SeenExpense>> expenses_;
    std::map<std::string, std::string> parents_;
    std::map<std::string, std::int64_t> category_since_;
    std::map<std::string, Budget> budgets_;
    std::map<std::string, std::map<Watch, Crossing>> crossings_;
    std::map<std::string, Alert> alerts_;
    std::set<std::string> outbox_;
};

// The uuid form of an id of any kind, "" for "".
std::string uuid_text(std::string_view id);

}  // namespace outlay::simulation
