// Budgets, the sums that they watch, and the alerts that those raise.
#include <algorithm>

#include "platform/hash.hpp"
#include "tests/simulation/event_data.hpp"

namespace outlay::simulation {

namespace {

using domain::Instant;

Date stepped(bool by_month, std::int64_t count, Date from, int direction) {
    const int by = direction * static_cast<int>(count);
    if (!by_month) return from.plus_days(by);
    return Date{std::chrono::sys_days{from.ymd() + std::chrono::months{by}}};
}

// What is spent by the end of the days from `start` up to `end` if it goes on as it did up to and
// with `as_of`, rounded half up.
std::int64_t projected(std::int64_t spent, Date start, Date end, Date as_of) {
    if (spent <= 0 || as_of < start || as_of >= end) return spent;
    const std::int64_t elapsed = (as_of.days() - start.days()).count() + 1;
    const std::int64_t length = (end.days() - start.days()).count();
    const auto rest = spent * length % elapsed;
    return spent * length / elapsed + (2 * rest >= elapsed ? 1 : 0);
}

std::optional<Instant> instant(const Value& object, std::string_view name) {
    const auto stored = text(object, name);
    return stored.empty() ? std::nullopt : Instant::parse(stored);
}

Date utc_day(Instant at) {
    constexpr std::int64_t day_micros = 86'400'000'000;
    return Date{std::chrono::sys_days{std::chrono::days{static_cast<int>(at.micros / day_micros)}}};
}

// With six digits, as rows have it.
std::string row_text(Instant at) {
    constexpr std::int64_t second = 1'000'000;
    const auto digits = std::to_string(second + at.micros % second).substr(1);
    return Instant{at.micros - at.micros % second}.text().substr(0, 19) + "." + digits + "Z";
}

}  // namespace

void Ledger::apply_budget(const SeenEvent& event) {
    auto& budget = budgets_[event.aggregate];
    apply_rules(budget, event);
    apply_life(budget, event);
    if (event.data->find("today")) budget.day = std::max(budget.day, date(*event.data, "today"));
}

void Ledger::apply_rules(Budget& budget, const SeenEvent& event) {
    const auto& data = *event.data;
    const auto threshold_of = [](const Value& stored) {
        Threshold threshold{text(stored, "id"),
                            {},
                            {},
                            text(stored, "basis") == "forecast",
                            text(stored, "per") == "member"};
        if (stored.find("percent")) threshold.percent = number(stored, "percent");
        if (stored.find("amount_minor")) threshold.minor = number(stored, "amount_minor");
        return threshold;
    };
    if (event.type == "budget.created") {
        const auto& rule = *data.find("period");
        budget.categories = texts(*data.find("scope"), "categories");
        budget.currency = text(*data.find("limit"), "currency");
        budget.by_month = text(rule, "unit") == "month";
        budget.is_single = text(rule, "unit") == "once";
        budget.count = number(rule, "count");
        budget.anchor = date(rule, "anchor");
        budget.limits[domain::earliest_day] = number(*data.find("limit"), "amount");
        if (const auto* list = data.find("thresholds")) {
            for (const auto& item : list->items()) budget.thresholds.push_back(threshold_of(item));
        }
    }
    if (event.type == "budget.limit_revised") {
        const auto from = date(data, "from");
        const auto minor = number(data, "new_minor");
        budget.limits.erase(from);
        std::optional<std::int64_t> before;
        for (const auto& [day, known] : budget.limits) {
            if (day < from) before = known;
        }
        if (before != minor) budget.limits[from] = minor;
    }
    if (event.type == "budget.scope_changed")
        budget.categories = texts(*data.find("after"), "categories");
    if (event.type == "budget.threshold_added")
        budget.thresholds.push_back(threshold_of(*data.find("threshold")));
    if (event.type == "budget.threshold_removed") {
        std::erase_if(budget.thresholds,
                      [&](const auto& known) { return known.id == text(data, "threshold"); });
    }
    if (event.type == "budget.rollover_changed") {
        const auto& stored = *data.find("after");
        const auto from = date(data, "from");
        const auto cap = stored.find("cap_minor") ? number(stored, "cap_minor") : 0;
        const Rollover wished{text(stored, "carry"), cap};
        budget.rollovers.erase(from);
        Rollover before{"none", 0};
        for (const auto& [day, known] : budget.rollovers) {
            if (day < from) before = known;
        }
        if (before != wished) budget.rollovers[from] = wished;
    }
    if (event.type == "budget.period_adjusted")
        budget.adjusted[date(data, "period")] = number(data, "new_minor");
    if (event.type == "budget.funds_moved")
        budget.moved[date(data, "period")] += number(data, "delta_minor");
}

void Ledger::apply_life(Budget& budget, const SeenEvent& event) {
    if (event.type == "budget.archived") budget.is_archived = true;
    if (event.type == "budget.restored") budget.is_archived = false;
    if (event.type == "budget.paused") budget.is_paused = true;
    if (event.type == "budget.resumed") budget.is_paused = false;
    if (event.type == "budget.unmuted") budget.is_muted = false;
    if (event.type == "budget.muted") {
        budget.is_muted = true;
        budget.muted_until = instant(*event.data, "until");
    }
}

// Of an alert that is over nothing can be done any more.
void Ledger::apply_alert(const SeenEvent& event) {
    const auto found = alerts_.find(uuid_text(text(*event.data, "alert")));
    if (found == alerts_.end() || found->second.budget != event.aggregate) return;
    auto& alert = found->second;
    if (event.type == "alert.acknowledged" && alert.state == "raised") alert.state = "acknowledged";
    if (event.type == "alert.snoozed" && alert.state != "resolved")
        alert.snoozed_until = row_text(*instant(*event.data, "until"));
}

void Ledger::note_rule_change(const SeenEvent& event, Changed& changed) const {
    const auto& data = *event.data;
    if (event.type == "category.moved") {
        for (const auto& [id, budget] : budgets_) {
            if (!budget.categories.empty()) changed[id] = {date(data, "today"), {}};
        }
    } else if (event.type == "budget.day_passed") {
        changed[event.aggregate] = {std::nullopt, {}, date(data, "today")};
    } else if (event.type.starts_with("budget.") && data.find("today")) {
        changed[event.aggregate] = {date(data, "today"), {}};
    } else if (event.type == "budget.threshold_removed") {
        changed.try_emplace(event.aggregate, Cause{Date{}, {}});
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

// By stepping from the anchor.
Date Ledger::start_in(const Budget& budget, Date day) {
    auto start = budget.anchor;
    while (day < start) start = stepped(budget.by_month, budget.count, start, -1);
    while (next_start(budget, start) <= day) start = next_start(budget, start);
    return start;
}

Date Ledger::next_start(const Budget& budget, Date start) {
    return stepped(budget.by_month, budget.count, start, 1);
}

bool Ledger::has_period(const Budget& budget, Date day) {
    return !budget.is_single || start_in(budget, day) == budget.anchor;
}

std::vector<Ledger::Counted> Ledger::counted(const Budget& budget,
                                             const SeenExpense& expense) const {
    std::vector<Counted> found;
    if (!counts(budget, expense)) return found;
    const auto add = [&](Date day, std::int64_t minor, std::int64_t count) {
        if (has_period(budget, day)) found.push_back({start_in(budget, day), minor, count});
    };
    add(expense.spent_on, expense.minor, 1);
    for (const auto& refund : expense.refunds) add(day_of(refund, expense), -refund.minor, 0);
    return found;
}

Ledger::Sums Ledger::sums(const Budget& budget) const {
    Sums found;
    for (const auto& [id, timeline] : expenses_) {
        for (const auto& one : counted(budget, *timeline.last())) {
            found[one.start].first += one.minor;
            found[one.start].second += one.count;
        }
    }
    return found;
}

// What each member has spent in a period.
std::map<std::string, std::int64_t> Ledger::shares(const Budget& budget, Date start) const {
    std::map<std::string, std::int64_t> found;
    for (const auto& [id, timeline] : expenses_) {
        const auto& expense = *timeline.last();
        for (const auto& one : counted(budget, expense)) {
            if (one.start == start) found[expense.member] += one.minor;
        }
    }
    return found;
}

// Every period since the first one that hands something on.
std::int64_t Ledger::carried_into(const Budget& budget, const Sums& sums, Date wanted) {
    if (budget.rollovers.empty()) return 0;
    std::int64_t carried = 0;
    auto start = start_in(budget, budget.rollovers.begin()->first);
    for (; start < wanted; start = next_start(budget, start)) {
        Rollover rule{"none", 0};
        for (const auto& [from, rollover] : budget.rollovers) {
            if (from <= start) rule = rollover;
        }
        const auto sum = sums.find(start);
        carried += planned(budget, start) - (sum == sums.end() ? 0 : sum->second.first);
        if (rule.carry != "unspent_and_overspend") carried = std::max<std::int64_t>(carried, 0);
        if (rule.carry == "capped") carried = std::min(carried, rule.cap);
        if (rule.carry == "none") carried = 0;
    }
    return carried;
}

// An expense is looked at in its own periods, and in later ones if they get what is left.
bool Ledger::looks_at(const Budget& budget, const Cause& cause, Date start) {
    if (cause.own.empty() || cause.own.contains(start)) return true;
    return !budget.rollovers.empty() && start > *cause.own.begin();
}

// A period that begins after the day of the rules, or after the day that has passed.
bool Ledger::is_ahead(const Cause& cause, Date start) {
    return (cause.today && start > *cause.today) || (cause.passed && start > *cause.passed);
}

// After a change of rules the period of that day; after an expense its own, and later ones that had
// not ended on the day before the commit's in UTC.
bool Ledger::may_fire(const Budget& budget, const Cause& cause, Date start, const Place& place) {
    if (cause.today) {
        return has_period(budget, *cause.today) && start_in(budget, *cause.today) == start;
    }
    return cause.own.empty() || cause.own.contains(start) ||
           next_start(budget, start) >= utc_day(place.decided_at);
}

void Ledger::evaluate(const std::string& id, const Cause& cause, const Place& place) {
    const auto& budget = budgets_.at(id);
    if (budget.is_archived || budget.is_paused) return;
    auto& crossings = crossings_[id];
    const auto now = sums(budget);
    std::set<Date> starts;
    for (const auto& [start, sum] : now) starts.insert(start);
    for (const auto& [watch, crossing] : crossings) starts.insert(watch.start);
    for (const auto start : starts) {
        if (!looks_at(budget, cause, start)) continue;
        const auto sum = now.find(start);
        const auto limit = planned(budget, start) + carried_into(budget, now, start);
        const Situation situation{id,
                                  start,
                                  sum == now.end() ? 0 : sum->second.first,
                                  std::max<std::int64_t>(limit, 0),
                                  may_fire(budget, cause, start, place),
                                  is_ahead(cause, start),
                                  place,
                                  ""};
        for (const auto& threshold : budget.thresholds) {
            if (threshold.is_per_member)
                judge_members(situation, threshold);
            else
                judge(situation, threshold);
        }
    }
    std::erase_if(crossings, [&](const auto& entry) {
        for (const auto& threshold : budget.thresholds) {
            if (threshold.id == entry.first.threshold) return false;
        }
        const auto& crossing = entry.second;
        if (crossing.open.empty()) return true;
        alerts_.at(crossing.open).state = "resolved";
        if (!crossing.is_untold) tell(crossing.open, "resolved", place);
        return true;
    });
}

void Ledger::judge_members(Situation now, const Threshold& threshold) {
    auto spent = shares(budgets_.at(now.id), now.start);
    for (const auto& [watch, crossing] : crossings_[now.id]) {
        if (watch.start == now.start && watch.threshold == threshold.id) spent[watch.member];
    }
    for (const auto& [member, minor] : spent) {
        now.member = member;
        now.spent = minor;
        judge(now, threshold);
    }
}

// The latest local day that the budget was told, but at least the day before that of the commit.
Date Ledger::day_of_forecasts(const Budget& budget, const Place& place) {
    return std::max(budget.day, utc_day(place.decided_at).plus_days(-1));
}

// With what single periods have more or less.
std::int64_t Ledger::planned(const Budget& budget, Date start) {
    std::int64_t limit = 0;
    for (const auto& [from, minor] : budget.limits) {
        if (from <= start) limit = minor;
    }
    if (const auto found = budget.adjusted.find(start); found != budget.adjusted.end())
        limit += found->second;
    if (const auto found = budget.moved.find(start); found != budget.moved.end())
        limit += found->second;
    return limit;
}

void Ledger::judge(const Situation& now, const Threshold& threshold) {
    const auto& budget = budgets_.at(now.id);
    const auto number = threshold.is_forecast
                            ? projected(now.spent, now.start, next_start(budget, now.start),
                                        day_of_forecasts(budget, now.place))
                            : now.spent;
    const bool is_reached =
        number > 0 && (threshold.percent ? number * 100 >= now.limit * *threshold.percent
                                         : number >= *threshold.minor);
    auto& crossing = crossings_[now.id][{now.start, threshold.id, now.member}];
    if (is_reached == crossing.is_above || (is_reached && now.is_ahead)) return;
    crossing.is_above = is_reached;
    if (is_reached && now.fires) raise(now, threshold, crossing, number);
    if (!is_reached && !crossing.open.empty()) {
        alerts_.at(crossing.open).state = "resolved";
        if (!crossing.is_untold) tell(crossing.open, "resolved", now.place);
        crossing.open.clear();
    }
}

void Ledger::raise(const Situation& now, const Threshold& threshold, Crossing& crossing,
                   std::int64_t number) {
    const auto& budget = budgets_.at(now.id);
    auto name = now.start.text() + ":" + std::to_string(++crossing.fired);
    if (!now.member.empty()) name += ":" + now.member;
    crossing.open =
        platform::uuid_of_name(*domain::Uuid::parse(uuid_text(threshold.id)), name).text();
    crossing.is_untold =
        budget.is_muted && (!budget.muted_until || now.place.decided_at < *budget.muted_until);
    const bool is_forecast = threshold.is_forecast;
    alerts_[crossing.open] = {
        now.id,
        join({uuid_text(now.id), uuid_text(threshold.id),
              now.member.empty() ? "~" : uuid_text(now.member), now.start.text(),
              std::to_string(crossing.fired), std::to_string(now.spent), std::to_string(now.limit),
              is_forecast ? "forecast" : "actual", is_forecast ? std::to_string(number) : "~",
              is_forecast ? day_of_forecasts(budget, now.place).text() : "~",
              crossing.is_untold ? "1" : "0"}),
        "raised", "~", now.place.offset};
    if (!crossing.is_untold) tell(crossing.open, "raised", now.place);
}

void Ledger::tell(const std::string& alert, const char* state, const Place& place) {
    const auto id = platform::uuid_of_name(*domain::Uuid::parse(alert), state);
    outbox_.insert(
        join({id.text(), std::to_string(place.partition), std::to_string(place.offset)}));
}

std::vector<std::pair<std::string, std::string>> Ledger::alerts() const {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& [id, alert] : alerts_) found.emplace_back(id, alert.budget);
    return found;
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
        lines.push_back(
            join({id, alert.text, alert.state, alert.snoozed_until, std::to_string(alert.offset)}));
}

void Ledger::add_outbox(Lines& lines) const {
    lines.insert(lines.end(), outbox_.begin(), outbox_.end());
}

}  // namespace outlay::simulation
