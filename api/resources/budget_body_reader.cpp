// Reading of what clients say about budgets.
#include "api/resources/budget_body_reader.hpp"

#include <array>

#include "api/resources/budget_words.hpp"
#include "domain/budget/words.hpp"

namespace outlay::api {

namespace {

using namespace domain::budget;

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

// One item of the list.
NewThreshold read_threshold(BodyReader& reader) {
    NewThreshold threshold;
    if (const auto percent = reader.optional_integer("percent")) {
        constexpr std::int64_t percent_max = 1000;
        if (*percent < 1 || *percent > percent_max)
            reader.fail("percent", "out_of_range", "must be 1 to 1000");
        else
            threshold.percent = static_cast<int>(*percent);
    }
    if (const auto amount = reader.optional_money("amount")) {
        threshold.amount_minor = amount->minor;
        threshold.currency = amount->currency;
    }
    if (const auto basis = reader.optional_string("basis")) {
        const auto known = basis_named(*basis);
        if (!known) reader.fail("basis", "unknown", "is actual or forecast");
        threshold.basis = known.value_or(Basis::actual);
    }
    if (const auto per = reader.optional_string("per")) {
        const auto known = per_named(*per);
        if (!known) reader.fail("per", "unknown", "is budget or member");
        threshold.per = known.value_or(Per::budget);
    }
    reader.finish();
    return threshold;
}

}  // namespace

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

std::optional<domain::FreeText> read_reason(BodyReader& body) {
    auto text = body.optional_string("reason");
    if (!text) return std::nullopt;
    return domain::FreeText{std::move(*text)};
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
        thresholds.push_back(read_threshold(reader));
    }
    return thresholds;
}

}  // namespace outlay::api
