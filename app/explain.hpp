// The commands that explain: what they are asked, and their roles. Values.
#pragma once

#include <cstdint>
#include <string>

#include "app/settings.hpp"

namespace outlay::app {

struct Question {
    std::string about;             // an id; why: also a position or an operation
    std::string when;              // asof: a position or a time
    std::string subject;           // asof: expense, budget or report
    std::string group_by;          // asof: of a report
    std::string day_from;          // asof: of a report, or of a budget's periods
    std::string day_to;            // ... and the last one
    std::string before;            // diff: a position, a time or a version
    std::string after;             // ... that comes later
    std::int64_t rows_max = 1000;  // diff: things that are shown; 0: all
};

// The story of a thing: 0 told, 1 nothing is known of it, 3 store or journal could not be read.
int why(const Settings& settings, const Question& question);
// What was known at a moment: 0 told, 1 there is no such moment or thing, 3 not told.
int asof(const Settings& settings, const Question& question);
// What changed between two moments or versions: 0 told, 1 there is no such, 3 not told.
int diff(const Settings& settings, const Question& question);

}  // namespace outlay::app
