// The words that people, rows and queries use for what is said about budgets. The stored form of
// events has a table of its own. Pure; any thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "domain/budget/spending.hpp"

namespace outlay::domain::budget {

// In the order of their enumerations.
inline constexpr std::array<std::string_view, 3> usage_state_names{"within", "reached", "exceeded"};
inline constexpr std::array<std::string_view, 2> basis_names{"actual", "forecast"};
inline constexpr std::array<std::string_view, 2> per_names{"budget", "member"};
inline constexpr std::array<std::string_view, 4> carry_names{"none", "unspent",
                                                             "unspent_and_overspend", "capped"};

std::string_view name_of(UsageState state);
std::string_view name_of(Basis basis);
std::string_view name_of(Per per);
std::string_view name_of(Carry carry);

std::optional<Basis> basis_named(std::string_view name);
std::optional<Per> per_named(std::string_view name);
std::optional<Carry> carry_named(std::string_view name);

}  // namespace outlay::domain::budget
