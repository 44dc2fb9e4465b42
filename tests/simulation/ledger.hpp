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
    void follow(std::int32_t partition, std::int64_t offset, const std::vector<SeenEvent>& events);

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
    void add_alerts(Lines& lines) const;  // id|budget|threshold|start|crossing|spent|limit|state|at
    void add_outbox(Lines& lines) const;  // id|partition|offset
    std::size_t alert_count() const { return alerts_.size(); }

private:
    struct Threshold {
        std::string id;
        std::optional<std::int64_t> percent;
        std::optional<std::int64_t> minor;
    };
    struct Budget {
        bool is_archived = false;
        std::vector<std::string> categories;
        std::string currency;
        bool by_month = true;
        std::int64_t count = 1;
        domain::Date anchor;
        std::map<domain::Date, std::int64_t> limits;
        std::vector<Threshold> thresholds;
    };
    struct Crossing {
        bool is_above = false;
        int fired = 0;
        std::string open;  // alert
    };
    struct Alert {
        std::string text;
        std::string state;
        std::int64_t offset = 0;
    };
    struct Place {  // of a commit
        std::int32_t partition;
        std::int64_t offset;
    };
    using Sums = std::map<domain::Date, std::pair<std::int64_t, std::int64_t>>;

    void apply(const SeenEvent& event, std::int64_t offset);
    void apply_people(const SeenEvent& event, std::int64_t offset);
    void apply_expense(const SeenEvent& event, std::int64_t offset);
    void apply_budget(const SeenEvent& event);
    void note_rule_change(const SeenEvent& event,
                          std::map<std::string, domain::Date>& changed) const;
    bool counts(const Budget& budget, const SeenExpense& expense) const;
    Sums sums(const Budget& budget) const;
    void evaluate(const std::string& id, std::optional<domain::Date> today, Place place);
    void judge(const std::string& id, const Threshold& threshold, domain::Date start,
               std::int64_t spent, bool fires, Place place);
    void tell(const std::string& alert, const char* state, Place place);

    std::map<std::string, Timeline<SeenMember>> members_by_user_;
    std::map<std::string, std::string> user_of_member_;
    std::map<std::string, Timeline<SeenExpense>> expenses_;
    std::map<std::string, std::string> parents_;
    std::map<std::string, std::int64_t> category_since_;
    std::map<std::string, Budget> budgets_;
    std::map<std::string, std::map<std::pair<domain::Date, std::string>, Crossing>> crossings_;
    std::map<std::string, Alert> alerts_;
    std::set<std::string> outbox_;
};

// The uuid form of an id of any kind, "" for "".
std::string uuid_text(std::string_view id);

}  // namespace outlay::simulation
