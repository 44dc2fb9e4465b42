// Reading the JSON of events and writing lines of cells, for the ledger. Values; any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "domain/values/dates.hpp"
#include "platform/json/value.hpp"
#include "tests/simulation/ledger.hpp"

namespace outlay::simulation {

using domain::Date;
using json::Value;

inline std::string text(const Value& object, std::string_view name) {
    const auto* value = object.find(name);
    return value == nullptr || value->is_null() ? std::string{} : value->text();
}
inline std::int64_t number(const Value& object, std::string_view name) {
    return object.find(name)->integer().value();
}
inline Date date(const Value& object, std::string_view name) {
    return *Date::parse(text(object, name));
}
inline std::vector<std::string> texts(const Value& object, std::string_view name) {
    std::vector<std::string> found;
    if (const auto* list = object.find(name)) {
        for (const auto& item : list->items()) found.push_back(item.text());
    }
    return found;
}
// The new value of a member that an amendment names; null if it does not.
inline const Value* after(const Value& amendment, std::string_view name) {
    const auto* change = amendment.find(name);
    return change == nullptr ? nullptr : change->find("after");
}

inline Date day_of(const SeenRefund& refund, const SeenExpense& expense) {
    return refund.is_original ? expense.spent_on : refund.received_on;
}

inline std::string join(std::initializer_list<std::string> cells) {
    std::string line;
    for (const auto& cell : cells) line += (line.empty() ? "" : "|") + cell;
    return line;
}

}  // namespace outlay::simulation
