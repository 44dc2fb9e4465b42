// Enumerations and their words.
#include "domain/budget/words.hpp"

#include <algorithm>
#include <span>

namespace outlay::domain::budget {

namespace {

template <typename Enum>
std::optional<Enum> named(std::span<const std::string_view> names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view name_of(UsageState state) {
    return usage_state_names[static_cast<std::size_t>(state)];
}

std::string_view name_of(Basis basis) {
    return basis_names[static_cast<std::size_t>(basis)];
}

std::string_view name_of(Per per) {
    return per_names[static_cast<std::size_t>(per)];
}

std::string_view name_of(Carry carry) {
    return carry_names[static_cast<std::size_t>(carry)];
}

std::optional<Basis> basis_named(std::string_view name) {
    return named<Basis>(basis_names, name);
}

std::optional<Per> per_named(std::string_view name) {
    return named<Per>(per_names, name);
}

std::optional<Carry> carry_named(std::string_view name) {
    return named<Carry>(carry_names, name);
}

}  // namespace outlay::domain::budget
