// The words for the periods of a budget's body, in both directions.
#pragma once

#include <array>
#include <string_view>

#include "domain/budget/period.hpp"

namespace outlay::api {

// A named period is a number of units.
struct Every {
    std::string_view name;
    domain::budget::Unit unit;
    int count;
};
// A period is written by the last name that fits it: quarter, not three months.
inline constexpr std::array everies{
    Every{"day", domain::budget::Unit::day, 1},
    Every{"month", domain::budget::Unit::month, 1},
    Every{"week", domain::budget::Unit::day, 7},
    Every{"two_weeks", domain::budget::Unit::day, 14},
    Every{"four_weeks", domain::budget::Unit::day, 28},
    Every{"quarter", domain::budget::Unit::month, 3},
    Every{"half_year", domain::budget::Unit::month, 6},
    Every{"year", domain::budget::Unit::month, 12},
};

}  // namespace outlay::api
