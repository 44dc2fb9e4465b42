// The rules of a budget's thresholds: field rules, and what a wished list changes. Used by the
// deciders of a budget. Pure; any thread.
#pragma once

#include "domain/budget/decide.hpp"
#include "domain/values/field_check.hpp"

namespace outlay::domain::budget {

void check_thresholds(FieldCheck& check, const std::vector<NewThreshold>& wished);

// The refusal of an amount in another currency than the budget's.
std::optional<Refusal> foreign_currency(const std::vector<NewThreshold>& wished,
                                        Currency of_budget);

// Gives every new threshold its identity: the derived ids 1, 2, ... in order.
std::vector<Threshold> identified(const std::vector<NewThreshold>& wished, const Context& context);

// Thresholds of `present` that the wished list lacks.
std::vector<ThresholdId> removed_thresholds(const std::vector<Threshold>& present,
                                            const std::vector<NewThreshold>& wished);
// Wished thresholds that `present` lacks, in their order.
std::vector<NewThreshold> added_thresholds(const std::vector<Threshold>& present,
                                           const std::vector<NewThreshold>& wished);

}  // namespace outlay::domain::budget
