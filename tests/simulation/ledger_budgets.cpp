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

// The first day of the period that contains `on`, by stepping from the anchor.
Date start_of(bool by_month, std::int64_t count, Date anchor, Date on) {
    auto start = anchor;
    while (on < start) start = stepped(by_month, count, start, -1);
    while (stepped(by_month, count, start, 1) <= on) start = stepped(by_month, count, start, 1);
    return start;
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
        Threshold threshold{text(stored, "id"), {}, {}, text(stored, "basis") == "forecast"};
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
        for (const auto& [id, budget] : budgets_) changed[id] = date(data, "today");
    } else if (event.type == "budget.day_passed") {
        changed[event.aggregate] = std::nullopt;
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
void Ledger::evaluate(const std::string& id, std::optional<Date> today, const Place& place) {
    const auto& budget = budgets_.at(id);
    if (budget.is_archived || budget.is_paused) return;
    auto& crossings = crossings_[id];
    const auto now = sums(budget);
    std::set<Date> starts;
    for (const auto& [start, sum] : now) starts.insert(start);
    for (const auto& [where, crossing] : crossings) starts.insert(where.first);
    for (const auto start : starts) {
        const auto sum = now.find(start);
        const bool fires =
            !today || start_of(budget.by_month, budget.count, budget.anchor, *today) == start;
        const std::int64_t spent = sum == now.end() ? 0 : sum->second.first;
        for (const auto& threshold : budget.thresholds)
            judge({id, start, spent, fires, place}, threshold);
    }
    std::erase_if(crossings, [&](const auto& entry) {
        for (const auto& threshold : budget.thresholds) {
            if (threshold.id == entry.first.second) return false;
        }
        if (!entry.second.open.empty()) alerts_.at(entry.second.open).state = "resolved";
        return true;
    });
}

// The latest local day that the budget was told, but at least the day before that of the commit.
Date Ledger::day_of_forecasts(const Budget& budget, const Place& place) {
    constexpr std::int64_t day_micros = 86'400'000'000;
    const Date of_commit{std::chrono::sys_days{
        std::chrono::days{static_cast<int>(place.decided_at.micros / day_micros)}}};
    return std::max(budget.day, of_commit.plus_days(-1));
}

std::int64_t Ledger::limit_of(const Budget& budget, Date start) {
    std::int64_t limit = 0;
    for (const auto& [from, minor] : budget.limits) {
        if (from <= start) limit = minor;
    }
    if (const auto found = budget.adjusted.find(start); found != budget.adjusted.end())
        limit += found->second;
    if (const auto found = budget.moved.find(start); found != budget.moved.end())
        limit += found->second;
    return std::max<std::int64_t>(limit, 0);
}

void Ledger::judge(const Situation& now, const Threshold& threshold) {
    const auto& budget = budgets_.at(now.id);
    const auto limit = limit_of(budget, now.start);
    const auto end = stepped(budget.by_month, budget.count, now.start, 1);
    const auto number = threshold.is_forecast ? projected(now.spent, now.start, end,
                                                          day_of_forecasts(budget, now.place))
                                              : now.spent;
    const bool is_reached =
        number > 0 && (threshold.percent ? number * 100 >= limit * *threshold.percent
                                         : number >= *threshold.minor);
    auto& crossing = crossings_[now.id][{now.start, threshold.id}];
    if (is_reached == crossing.is_above) return;
    crossing.is_above = is_reached;
    if (is_reached && now.fires) raise(now, threshold, crossing, number);
    if (!is_reached && !crossing.open.empty()) {
        alerts_.at(crossing.open).state = "resolved";
        if (now.fires && !crossing.is_untold) tell(crossing.open, "resolved", now.place);
        crossing.open.clear();
    }
}

void Ledger::raise(const Situation& now, const Threshold& threshold, Crossing& crossing,
                   std::int64_t number) {
    const auto& budget = budgets_.at(now.id);
    const auto name = now.start.text() + ":" + std::to_string(++crossing.fired);
    crossing.open =
        platform::uuid_of_name(*domain::Uuid::parse(uuid_text(threshold.id)), name).text();
    crossing.is_untold =
        budget.is_muted && (!budget.muted_until || now.place.decided_at < *budget.muted_until);
    const bool is_forecast = threshold.is_forecast;
    alerts_[crossing.open] = {
        now.id,
        join({uuid_text(now.id), uuid_text(threshold.id), now.start.text(),
              std::to_string(crossing.fired), std::to_string(now.spent),
              std::to_string(limit_of(budget, now.start)), is_forecast ? "forecast" : "actual",
              is_forecast ? std::to_string(number) : "~",
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
