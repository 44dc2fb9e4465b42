// Events as JSON in, rows as text out.
#include "tests/simulation/ledger.hpp"

#include <algorithm>

#include "platform/hash.hpp"

namespace outlay::simulation {

namespace {

using domain::Date;
using json::Value;

std::string text(const Value& object, std::string_view name) {
    const auto* value = object.find(name);
    return value == nullptr || value->is_null() ? std::string{} : value->text();
}
std::int64_t number(const Value& object, std::string_view name) {
    return object.find(name)->integer().value();
}
Date date(const Value& object, std::string_view name) {
    return *Date::parse(text(object, name));
}
std::vector<std::string> texts(const Value& object, std::string_view name) {
    std::vector<std::string> found;
    if (const auto* list = object.find(name)) {
        for (const auto& item : list->items()) found.push_back(item.text());
    }
    return found;
}
// The new value of a member that an amendment names; null if it does not.
const Value* after(const Value& amendment, std::string_view name) {
    const auto* change = amendment.find(name);
    return change == nullptr ? nullptr : change->find("after");
}

// The first day of the period that contains `on`, by stepping from the anchor.
Date start_of(bool by_month, std::int64_t count, Date anchor, Date on) {
    const auto step = [&](Date from, int direction) {
        const int by = direction * static_cast<int>(count);
        if (!by_month) return from.plus_days(by);
        return Date{std::chrono::sys_days{from.ymd() + std::chrono::months{by}}};
    };
    auto start = anchor;
    while (on < start) start = step(start, -1);
    while (step(start, 1) <= on) start = step(start, 1);
    return start;
}

Date day_of(const SeenRefund& refund, const SeenExpense& expense) {
    return refund.is_original ? expense.spent_on : refund.received_on;
}

std::string join(std::initializer_list<std::string> cells) {
    std::string line;
    for (const auto& cell : cells) line += (line.empty() ? "" : "|") + cell;
    return line;
}

}  // namespace

std::string uuid_text(std::string_view id) {
    if (id.empty()) return {};
    return domain::uuid_of_base32(id.substr(id.find('_') + 1))->text();
}

void Ledger::follow(std::int32_t partition, std::int64_t offset,
                    const std::vector<SeenEvent>& events) {
    const Place place{partition, offset};
    bool touches_expense = false;
    std::map<std::string, Date> changed;
    for (const auto& event : events) {
        apply(event, offset);
        touches_expense = touches_expense || event.type.starts_with("expense.");
    }
    if (touches_expense) {
        for (const auto& [id, budget] : budgets_) evaluate(id, std::nullopt, place);
    }
    for (const auto& event : events) note_rule_change(event, changed);
    for (const auto& [id, today] : changed) evaluate(id, today, place);
}

void Ledger::apply(const SeenEvent& event, std::int64_t offset) {
    if (event.type.starts_with("expense.")) return apply_expense(event, offset);
    if (event.type.starts_with("budget.")) return apply_budget(event);
    const auto& data = *event.data;
    if (event.type == "category.created" || event.type == "category.moved") {
        const auto id = text(data, "category");
        parents_[id] = text(data, "parent");
        category_since_.try_emplace(id, offset);
        return;
    }
    apply_people(event, offset);
}

void Ledger::apply_people(const SeenEvent& event, std::int64_t offset) {
    const auto& data = *event.data;
    const auto set = [&](const std::string& member, const std::string& user,
                         const std::string& role) {
        user_of_member_[member] = user;
        members_by_user_[user].set(offset, {member, role});
    };
    const auto member = text(data, "member");
    if (event.type == "workspace.created")
        set(text(data, "owner"), text(data, "owner_user"), "owner");
    if (event.type == "member.added") set(member, text(data, "user"), text(data, "role"));
    if (event.type == "member.role_changed")
        set(member, user_of_member_.at(member), text(data, "role"));
    if (event.type == "member.removed") set(member, user_of_member_.at(member), "");
}

void Ledger::apply_expense(const SeenEvent& event, std::int64_t offset) {
    auto& timeline = expenses_[event.aggregate];
    const auto& data = *event.data;
    SeenExpense expense = timeline.last() == nullptr ? SeenExpense{} : *timeline.last();
    if (event.type == "expense.recorded") {
        expense = {false,
                   number(*data.find("amount"), "amount"),
                   text(*data.find("amount"), "currency"),
                   date(data, "spent_on"),
                   text(data, "category"),
                   text(data, "member"),
                   {}};
    } else if (event.type == "expense.amended") {
        if (const auto* amount = after(data, "amount")) {
            expense.minor = number(*amount, "amount");
            expense.currency = text(*amount, "currency");
        }
        if (const auto* day = after(data, "spent_on")) expense.spent_on = *Date::parse(day->text());
        if (const auto* category = after(data, "category"))
            expense.category = category->is_null() ? "" : category->text();
    } else if (event.type == "expense.refunded") {
        expense.refunds.push_back({text(data, "refund"), number(*data.find("amount"), "amount"),
                                   date(data, "received_on"),
                                   text(data, "counts_in") == "original"});
    } else if (event.type == "expense.refund_taken_back") {
        std::erase_if(expense.refunds,
                      [&](const auto& refund) { return refund.id == text(data, "refund"); });
    } else {
        expense.is_voided = event.type == "expense.voided";
    }
    timeline.set(offset, expense);
}

void Ledger::apply_budget(const SeenEvent& event) {
    auto& budget = budgets_[event.aggregate];
    const auto& data = *event.data;
    const auto threshold_of = [](const Value& stored) {
        Threshold threshold{text(stored, "id"), {}, {}};
        if (stored.find("percent")) threshold.percent = number(stored, "percent");
        if (stored.find("amount_minor")) threshold.minor = number(stored, "amount_minor");
        return threshold;
    };
    if (event.type == "budget.created") {
        const auto& rule = *data.find("period");
        budget.categories = texts(*data.find("scope"), "categories");
        budget.currency = text(*data.find("limit"), "currency");
        budget.by_month = text(rule, "unit") == "month";
        budget.count = number(rule, "count");
        budget.anchor = date(rule, "anchor");
        budget.limits[domain::earliest_day] = number(*data.find("limit"), "amount");
        if (const auto* list = data.find("thresholds")) {
            for (const auto& item : list->items()) budget.thresholds.push_back(threshold_of(item));
        }
    }
    if (event.type == "budget.limit_revised") {
        const auto from = date(data, "from");
        budget.limits.erase(budget.limits.lower_bound(from), budget.limits.end());
        budget.limits[from] = number(data, "new_minor");
    }
    if (event.type == "budget.scope_changed")
        budget.categories = texts(*data.find("after"), "categories");
    if (event.type == "budget.threshold_added")
        budget.thresholds.push_back(threshold_of(*data.find("threshold")));
    if (event.type == "budget.threshold_removed") {
        std::erase_if(budget.thresholds,
                      [&](const auto& known) { return known.id == text(data, "threshold"); });
    }
    if (event.type == "budget.archived") budget.is_archived = true;
    if (event.type == "budget.restored") budget.is_archived = false;
}

// Which budgets count anew, and on which local day that was asked for.
void Ledger::note_rule_change(const SeenEvent& event, std::map<std::string, Date>& changed) const {
    const auto& data = *event.data;
    if (event.type == "category.moved") {
        for (const auto& [id, budget] : budgets_) changed[id] = date(data, "today");
    } else if (event.type.starts_with("budget.") && data.find("today")) {
        changed[event.aggregate] = date(data, "today");
    } else if (event.type == "budget.threshold_removed") {
        changed.try_emplace(event.aggregate, Date{});
    }
}

bool Ledger::counts(const Budget& budget, const SeenExpense& expense) const {
    if (expense.is_voided || expense.currency != budget.currency) return false;
    if (budget.categories.empty()) return true;
    for (auto category = expense.category; !category.empty(); category = parents_.at(category)) {
        if (std::ranges::count(budget.categories, category) > 0) return true;
    }
    return false;
}

Ledger::Sums Ledger::sums(const Budget& budget) const {
    Sums found;
    for (const auto& [id, timeline] : expenses_) {
        const auto& expense = *timeline.last();
        if (!counts(budget, expense)) continue;
        const auto sum_of = [&](Date day) -> auto& {
            return found[start_of(budget.by_month, budget.count, budget.anchor, day)];
        };
        sum_of(expense.spent_on).first += expense.minor;
        ++sum_of(expense.spent_on).second;
        for (const auto& refund : expense.refunds)
            sum_of(day_of(refund, expense)).first -= refund.minor;
    }
    return found;
}

// With `today` the rules changed: other periods than the one of that day change in silence.
void Ledger::evaluate(const std::string& id, std::optional<Date> today, Place place) {
    const auto& budget = budgets_.at(id);
    if (budget.is_archived) return;
    auto& crossings = crossings_[id];
    const auto now = sums(budget);
    std::set<Date> starts;
    for (const auto& [start, sum] : now) starts.insert(start);
    for (const auto& [where, crossing] : crossings) starts.insert(where.first);
    for (const auto start : starts) {
        const auto sum = now.find(start);
        const bool fires =
            !today || start_of(budget.by_month, budget.count, budget.anchor, *today) == start;
        for (const auto& threshold : budget.thresholds) {
            judge(id, threshold, start, sum == now.end() ? 0 : sum->second.first, fires, place);
        }
    }
    std::erase_if(crossings, [&](const auto& entry) {
        for (const auto& threshold : budget.thresholds) {
            if (threshold.id == entry.first.second) return false;
        }
        if (!entry.second.open.empty()) alerts_.at(entry.second.open).state = "resolved";
        return true;
    });
}

void Ledger::judge(const std::string& id, const Threshold& threshold, Date start,
                   std::int64_t spent, bool fires, Place place) {
    const auto& budget = budgets_.at(id);
    std::int64_t limit = 0;
    for (const auto& [from, minor] : budget.limits) {
        if (from <= start) limit = minor;
    }
    const bool is_reached =
        spent > 0 &&
        (threshold.percent ? spent * 100 >= limit * *threshold.percent : spent >= *threshold.minor);
    auto& crossing = crossings_[id][{start, threshold.id}];
    if (is_reached == crossing.is_above) return;
    crossing.is_above = is_reached;
    if (is_reached && fires) {
        const auto name = start.text() + ":" + std::to_string(++crossing.fired);
        crossing.open =
            platform::uuid_of_name(*domain::Uuid::parse(uuid_text(threshold.id)), name).text();
        alerts_[crossing.open] = {
            join({uuid_text(id), uuid_text(threshold.id), start.text(),
                  std::to_string(crossing.fired), std::to_string(spent), std::to_string(limit)}),
            "raised", place.offset};
        tell(crossing.open, "raised", place);
    }
    if (!is_reached && !crossing.open.empty()) {
        alerts_.at(crossing.open).state = "resolved";
        if (fires) tell(crossing.open, "resolved", place);
        crossing.open.clear();
    }
}

void Ledger::tell(const std::string& alert, const char* state, Place place) {
    const auto id = platform::uuid_of_name(*domain::Uuid::parse(alert), state);
    outbox_.insert(
        join({id.text(), std::to_string(place.partition), std::to_string(place.offset)}));
}

const SeenExpense* Ledger::expense(const std::string& id, std::int64_t next) const {
    const auto found = expenses_.find(id);
    return found == expenses_.end() ? nullptr : found->second.at(next);
}

SeenMember Ledger::member_of(const std::string& user, std::int64_t next) const {
    const auto found = members_by_user_.find(user);
    const auto* member = found == members_by_user_.end() ? nullptr : found->second.at(next);
    return member == nullptr ? SeenMember{} : *member;
}

bool Ledger::has_category(const std::string& id, std::int64_t next) const {
    const auto since = category_since_.find(id);
    return since != category_since_.end() && since->second < next;
}

void Ledger::add_expenses(Lines& lines) const {
    for (const auto& [id, timeline] : expenses_) {
        const auto& expense = *timeline.last();
        std::int64_t refunded = 0;
        for (const auto& refund : expense.refunds) refunded += refund.minor;
        lines.push_back(join({uuid_text(id), expense.is_voided ? "voided" : "recorded",
                              std::to_string(expense.minor), expense.currency,
                              expense.spent_on.text(), uuid_text(expense.category),
                              uuid_text(expense.member), std::to_string(refunded)}));
    }
}

void Ledger::add_refunds(Lines& lines) const {
    for (const auto& [id, timeline] : expenses_) {
        const auto& expense = *timeline.last();
        for (const auto& refund : expense.refunds) {
            lines.push_back(join({uuid_text(id), uuid_text(refund.id), std::to_string(refund.minor),
                                  expense.is_voided ? "~" : day_of(refund, expense).text()}));
        }
    }
}

void Ledger::add_spending(Lines& lines) const {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> cells;
    for (const auto& [id, timeline] : expenses_) {
        const auto& expense = *timeline.last();
        if (expense.is_voided) continue;
        const auto category =
            expense.category.empty() ? domain::Uuid{}.text() : uuid_text(expense.category);
        const auto cell_of = [&](Date day) -> auto& {
            return cells[join({day.text(), category, uuid_text(expense.member), expense.currency})];
        };
        cell_of(expense.spent_on).first += expense.minor;
        ++cell_of(expense.spent_on).second;
        for (const auto& refund : expense.refunds)
            cell_of(day_of(refund, expense)).first -= refund.minor;
    }
    for (const auto& [key, sum] : cells)
        lines.push_back(join({key, std::to_string(sum.first), std::to_string(sum.second)}));
}

void Ledger::add_categories(Lines& lines) const {
    for (const auto& [id, parent] : parents_)
        lines.push_back(uuid_text(id) + "|" + uuid_text(parent));
}

void Ledger::add_members(Lines& lines) const {
    for (const auto& [user, timeline] : members_by_user_) {
        const auto& member = *timeline.last();
        if (!member.role.empty())
            lines.push_back(join({uuid_text(member.id), uuid_text(user), member.role}));
    }
}

void Ledger::add_usage(Lines& lines) const {
    for (const auto& [id, budget] : budgets_) {
        for (const auto& [start, sum] : sums(budget)) {
            lines.push_back(join({uuid_text(id), start.text(), std::to_string(sum.first),
                                  std::to_string(sum.second)}));
        }
    }
}

void Ledger::add_alerts(Lines& lines) const {
    for (const auto& [id, alert] : alerts_)
        lines.push_back(join({id, alert.text, alert.state, std::to_string(alert.offset)}));
}

void Ledger::add_outbox(Lines& lines) const {
    lines.insert(lines.end(), outbox_.begin(), outbox_.end());
}

}  // namespace outlay::simulation
