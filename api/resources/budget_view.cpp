// Reading and rendering of budgets.
#include "api/resources/budget_view.hpp"

#include <array>

#include "api/resources/expense_view.hpp"
#include "domain/budget/rollover.hpp"

namespace outlay::api {

namespace {

using namespace domain::budget;

struct Every {
    std::string_view name;
    Unit unit;
    int count;
};
// A period is written by the last name that fits it: quarter, not three months.
constexpr std::array everies{
    Every{"day", Unit::day, 1},         Every{"month", Unit::month, 1},
    Every{"week", Unit::day, 7},        Every{"two_weeks", Unit::day, 14},
    Every{"four_weeks", Unit::day, 28}, Every{"quarter", Unit::month, 3},
    Every{"half_year", Unit::month, 6}, Every{"year", Unit::month, 12},
};

constexpr std::array<std::string_view, 2> basis_names{"actual", "forecast"};
constexpr std::array<std::string_view, 2> per_names{"budget", "member"};

void write_rollover(json::Writer& out, const Rollover& rollover, std::string_view currency) {
    out.key("rollover").begin_object().field("carry", carry_name(rollover.carry));
    if (rollover.cap_minor) write_money(out, "cap", *rollover.cap_minor, currency);
    out.end_object();
}

// The newest one, and all of them.
void write_rollovers(json::Writer& out, const Budget& budget, std::string_view currency) {
    const auto& all = budget.rollovers;
    write_rollover(out, all.empty() ? Rollover{} : all.rbegin()->second, currency);
    out.key("rollovers").begin_array();
    for (const auto& [from, rollover] : all) {
        out.begin_object().field("from", from.text());
        write_rollover(out, rollover, currency);
        out.end_object();
    }
    out.end_array();
}

// What single periods have more or less than planned.
void write_periods(json::Writer& out, std::string_view name,
                   const std::map<domain::Date, std::int64_t>& numbers, std::string_view currency) {
    out.key(name).begin_array();
    for (const auto& [period, minor] : numbers) {
        out.begin_object().field("period", period.text());
        write_money(out, "amount", minor, currency);
        out.end_object();
    }
    out.end_array();
}

void write_scope(json::Writer& out, const Scope& scope) {
    out.key("scope")
        .begin_object()
        .field("categories", domain::texts_of(scope.categories))
        .field("members", domain::texts_of(scope.members))
        .field("merchants", scope.merchants)
        .field("tags", scope.tags)
        .end_object();
}

void write_limits(json::Writer& out, const Budget& budget, std::string_view currency) {
    CHECK(!budget.limits.empty(), "a budget without a limit");
    write_money(out, "limit", budget.limits.rbegin()->second, currency);
    out.key("limits").begin_array();
    for (const auto& [from, minor] : budget.limits) {
        out.begin_object().key("from");
        if (from == domain::earliest_day) {
            out.null();  // always
        } else {
            out.string(from.text());
        }
        write_money(out, "limit", minor, currency);
        out.end_object();
    }
    out.end_array();
}

void write_thresholds(json::Writer& out, const Budget& budget, std::string_view currency) {
    out.key("thresholds").begin_array();
    for (const auto& threshold : budget.thresholds) {
        out.begin_object().field("id", threshold.id.text());
        write_threshold_content(out, threshold, currency);
        out.end_object();
    }
    out.end_array();
}

// Ids of one kind from a list of texts.
template <typename AnyId>
std::vector<AnyId> parse_ids(BodyReader& reader, std::string_view name) {
    std::vector<AnyId> ids;
    for (const auto& text : reader.optional_strings(name).value_or(std::vector<std::string>{})) {
        const auto id = AnyId::parse(text);
        if (id)
            ids.push_back(*id);
        else
            reader.fail(name, "invalid_id", "has a member that is not an id of this kind");
    }
    return ids;
}

const Every* every_of(std::string_view name) {
    for (const auto& every : everies) {
        if (every.name == name) return &every;
    }
    return nullptr;
}

// {"start", "end"}: a single range.
std::optional<PeriodWish> read_range(BodyReader& reader) {
    const auto start = reader.required_date("start");
    const auto end = reader.required_date("end");
    reader.finish();
    if (!start || !end) return std::nullopt;
    const auto days = (end->days() - start->days()).count() + 1;
    return PeriodWish{{Unit::once, static_cast<int>(days), *start}, false};
}

}  // namespace

void write_threshold_content(json::Writer& out, const Threshold& threshold,
                             std::string_view currency) {
    if (threshold.percent) out.field("percent", std::int64_t{*threshold.percent});
    if (threshold.amount_minor) write_money(out, "amount", *threshold.amount_minor, currency);
    out.field("basis", basis_names[threshold.is_forecast() ? 1 : 0])
        .field("per", per_names[threshold.is_per_member() ? 1 : 0]);
}

std::string budget_body(const domain::BudgetId& id, const journal::Versioned& target) {
    const auto& budget = std::get<Budget>(target.state);
    CHECK(budget.exists && budget.currency, "a budget that was never made is shown");
    const auto currency = budget.currency->code();
    std::string body;
    json::Writer out(body);
    out.begin_object().field("id", id.text()).field("object", "budget").field("name", budget.name);
    write_scope(out, budget.scope);
    write_limits(out, budget, currency);
    write_period_rule(out, budget.period);
    write_thresholds(out, budget, currency);
    write_periods(out, "adjustments", budget.adjustments, currency);
    write_periods(out, "funds", budget.funds, currency);
    write_rollovers(out, budget, currency);
    const auto muted_until =
        budget.muted_until ? std::optional(budget.muted_until->text()) : std::nullopt;
    out.field("archived", budget.archived)
        .field("paused", budget.paused)
        .field("muted", budget.muted)
        .field("muted_until", muted_until)
        .field("created_at", budget.created_at.text())
        .field("updated_at", budget.updated_at.text())
        .field("version", static_cast<std::int64_t>(target.head.version))
        .end_object();
    return body;
}

void write_period_rule(json::Writer& out, const PeriodRule& rule) {
    if (const auto only = only_period(rule)) {
        out.key("period").begin_object();
        out.field("start", only->start.text()).field("end", only->end.text()).end_object();
        return;
    }
    const Every* best = nullptr;
    for (const auto& every : everies) {
        if (every.unit != rule.unit) continue;
        if (every.count == 1 || every.count == rule.count) best = &every;
    }
    CHECK(best != nullptr, "a period unit without a name");
    out.key("period")
        .begin_object()
        .field("every", best->name)
        .field("count", std::int64_t{rule.count / best->count})
        .field("anchor", rule.anchor.text())
        .end_object();
}

std::optional<PeriodWish> read_period(BodyReader& body) {
    const auto* const value = body.member("period");
    if (value == nullptr) {
        body.fail("period", "required", "Is required.");
        return std::nullopt;
    }
    auto reader = body.nested(*value, body.pointer_of("period"));
    if (reader.has("start") || reader.has("end")) return read_range(reader);
    const auto name = reader.required_string("every");
    const auto count = reader.optional_integer("count").value_or(1);
    const bool anchor_is_left = !reader.has("anchor");
    const auto anchor = reader.optional_date("anchor");
    reader.finish();
    const auto* every = name ? every_of(*name) : nullptr;
    if (name && !every) {
        reader.fail("every", "unknown",
                    "is one of day, week, two_weeks, four_weeks, month, quarter, half_year, year");
    }
    constexpr std::int64_t count_max = 3660;
    if (count < 1 || count > count_max) reader.fail("count", "out_of_range", "must be 1 to 3660");
    if (!every || count < 1 || count > count_max) return std::nullopt;
    return PeriodWish{
        {every->unit, every->count * static_cast<int>(count), anchor.value_or(domain::Date{})},
        anchor_is_left};
}

std::optional<NewRollover> read_rollover(BodyReader& body) {
    const auto* const value = body.member("rollover");
    if (value == nullptr) return std::nullopt;
    auto reader = body.nested(*value, body.pointer_of("rollover"));
    const auto name = reader.required_string("carry");
    const auto cap = reader.optional_money("cap");
    reader.finish();
    const auto carry = name ? carry_named(*name) : std::nullopt;
    if (name && !carry) {
        reader.fail("carry", "unknown", "is one of none, unspent, unspent_and_overspend, capped");
    }
    if (!carry) return std::nullopt;
    return NewRollover{*carry, cap};
}

std::optional<CreateBudget> read_creation(BodyReader& reader) {
    const auto name = reader.required_string("name");
    const auto limit = reader.required_money("limit");
    const auto scope = read_scope(reader);
    const auto period = read_period(reader);
    const auto thresholds = read_thresholds(reader);
    const auto rollover = read_rollover(reader);
    const auto rollover_from = reader.optional_date("rollover_from");
    if (!name || !limit || !period) return std::nullopt;
    return CreateBudget{*name,
                        scope.value_or(Scope{}),
                        *limit,
                        period->rule,
                        thresholds.value_or(std::vector<NewThreshold>{}),
                        period->anchor_is_left,
                        rollover,
                        rollover_from};
}

std::optional<domain::Instant> read_until(BodyReader& body, bool required) {
    const auto text = required ? body.required_string("until") : body.optional_string("until");
    if (!text) return std::nullopt;
    const auto until = domain::Instant::parse(*text);
    if (!until) body.fail("until", "malformed", "Must be a time such as 2026-11-20T08:15:00Z.");
    return until;
}

std::optional<Scope> read_scope(BodyReader& body) {
    const auto* const value = body.member("scope");
    if (value == nullptr) return std::nullopt;
    auto reader = body.nested(*value, body.pointer_of("scope"));
    Scope scope;
    scope.categories = parse_ids<domain::CategoryId>(reader, "categories");
    scope.members = parse_ids<domain::MemberId>(reader, "members");
    scope.merchants = reader.optional_strings("merchants").value_or(std::vector<std::string>{});
    scope.tags = reader.optional_strings("tags").value_or(std::vector<std::string>{});
    reader.finish();
    return scope;
}

std::optional<std::vector<NewThreshold>> read_thresholds(BodyReader& body) {
    const auto* const value = body.member("thresholds");
    if (value == nullptr) return std::nullopt;
    if (value->kind() != json::Kind::array) {
        body.fail("thresholds", "wrong_type", "must be a list");
        return std::nullopt;
    }
    std::vector<NewThreshold> thresholds;
    for (const auto& item : value->items()) {
        auto reader = body.nested(
            item, body.pointer_of("thresholds") + "/" + std::to_string(thresholds.size()));
        thresholds.emplace_back();
        if (const auto percent = reader.optional_integer("percent")) {
            constexpr std::int64_t percent_max = 1000;
            if (*percent < 1 || *percent > percent_max)
                reader.fail("percent", "out_of_range", "must be 1 to 1000");
            else
                thresholds.back().percent = static_cast<int>(*percent);
        }
        if (const auto amount = reader.optional_money("amount")) {
            thresholds.back().amount_minor = amount->minor;
            thresholds.back().currency = amount->currency;
        }
        if (const auto basis = reader.optional_string("basis")) {
            if (*basis != basis_names[0] && *basis != basis_names[1])
                reader.fail("basis", "unknown", "is actual or forecast");
            else if (*basis == basis_names[1])
                thresholds.back().basis = Basis::forecast;
        }
        if (const auto per = reader.optional_string("per")) {
            if (*per != per_names[0] && *per != per_names[1])
                reader.fail("per", "unknown", "is budget or member");
            else if (*per == per_names[1])
                thresholds.back().per = Per::member;
        }
        reader.finish();
    }
    return thresholds;
}

}  // namespace outlay::api
