// Field rules of thresholds and the difference between two lists of them.
#include "domain/budget/thresholds.hpp"

#include <algorithm>

namespace outlay::domain::budget {

namespace {

constexpr int percent_min = 1;
constexpr int percent_max = 1000;

NewThreshold content_of(const Threshold& threshold) {
    return {threshold.percent, threshold.amount_minor, std::nullopt,
            threshold.basis.value_or(Basis::actual), threshold.per.value_or(Per::budget)};
}

void check_threshold(FieldCheck& check, const std::string& pointer, const NewThreshold& threshold) {
    check.require(threshold.percent.has_value() != threshold.amount_minor.has_value(), pointer,
                  "exactly_one", "Must have either a percent or an amount.");
    if (threshold.percent) {
        check.require(percent_min <= *threshold.percent && *threshold.percent <= percent_max,
                      pointer + "/percent", "out_of_range", "Must be from 1 to 1000 percent.");
    }
    if (threshold.amount_minor) {
        check.amount(pointer + "/amount", *threshold.amount_minor, {1, amount_minor_max});
    }
}

bool lists(const std::vector<NewThreshold>& list, const NewThreshold& wanted) {
    return std::ranges::any_of(list, [&wanted](const NewThreshold& listed) {
        return listed.percent == wanted.percent && listed.amount_minor == wanted.amount_minor &&
               listed.basis == wanted.basis && listed.per == wanted.per;
    });
}

}  // namespace

void check_thresholds(FieldCheck& check, const std::vector<NewThreshold>& wished) {
    if (wished.size() > thresholds_max) {
        check.require(false, "/thresholds", "too_many",
                      "A budget has at most " + std::to_string(thresholds_max) + " thresholds.");
        return;
    }
    for (std::size_t i = 0; i < wished.size(); ++i) {
        const std::string pointer = entry_pointer("/thresholds", i);
        check_threshold(check, pointer, wished[i]);
        const std::vector<NewThreshold> before(wished.begin(),
                                               wished.begin() + static_cast<std::ptrdiff_t>(i));
        check.require(!lists(before, wished[i]), pointer, "duplicate",
                      "An earlier threshold of the list is the same.");
    }
}

std::optional<Refusal> foreign_currency(const std::vector<NewThreshold>& wished,
                                        Currency of_budget) {
    for (std::size_t i = 0; i < wished.size(); ++i) {
        if (wished[i].currency.value_or(of_budget) == of_budget) continue;
        return refusal_at(
            RefusalCode::currency_mismatch, entry_pointer("/thresholds", i) + "/amount/currency",
            "Thresholds are in the budget's currency: " + std::string(of_budget.code()) + ".");
    }
    return std::nullopt;
}

std::vector<Threshold> identified(const std::vector<NewThreshold>& wished, const Context& context) {
    std::vector<Threshold> thresholds;
    for (const NewThreshold& threshold : wished) {
        const auto index = static_cast<std::uint32_t>(thresholds.size() + 1);
        const bool is_forecast = threshold.basis == Basis::forecast;
        const bool is_per_member = threshold.per == Per::member;
        thresholds.push_back({context.make_id<ThresholdId>(index), threshold.percent,
                              threshold.amount_minor,
                              is_forecast ? std::optional(Basis::forecast) : std::nullopt,
                              is_per_member ? std::optional(Per::member) : std::nullopt});
    }
    return thresholds;
}

std::vector<ThresholdId> removed_thresholds(const std::vector<Threshold>& present,
                                            const std::vector<NewThreshold>& wished) {
    std::vector<ThresholdId> removed;
    for (const Threshold& threshold : present) {
        if (!lists(wished, content_of(threshold))) removed.push_back(threshold.id);
    }
    return removed;
}

std::vector<NewThreshold> added_thresholds(const std::vector<Threshold>& present,
                                           const std::vector<NewThreshold>& wished) {
    std::vector<NewThreshold> contents;
    std::ranges::transform(present, std::back_inserter(contents), content_of);
    std::vector<NewThreshold> added;
    std::ranges::copy_if(wished, std::back_inserter(added), [&](const NewThreshold& threshold) {
        return !lists(contents, threshold);
    });
    return added;
}

}  // namespace outlay::domain::budget
