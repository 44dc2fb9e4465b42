// How an instant stands in a cell of the store, for those who write rows and those who ask for
// them: always with six fraction digits, so that texts sort as the times do. Pure; any thread.
#pragma once

#include <string>

#include "domain/values/dates.hpp"

namespace outlay::sql {

inline std::string stored_instant(domain::Instant at) {
    auto text = at.text();
    if (text.find('.') == std::string::npos) text.insert(text.size() - 1, ".000000");
    return text;
}

}  // namespace outlay::sql
