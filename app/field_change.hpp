// Field changes: what differs between two JSON documents of one thing, field by field. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/json/writer.hpp"

namespace outlay::app {

struct FieldChange {
    std::string path;    // "amount.amount"; lists are compared as a whole
    std::string before;  // JSON; "" : it was not there
    std::string after;   // JSON; "" : it is not there any more
};

// Both are JSON objects of this program's own making. That a document has another version and
// another time of change goes without saying.
std::vector<FieldChange> field_changes(std::string_view before, std::string_view after);

// One line each: path, before and after.
std::string change_lines(const std::vector<FieldChange>& changes, std::string_view indent);
// An array of objects with path, before and after.
void write_changes(json::Writer& out, const std::vector<FieldChange>& changes);

}  // namespace outlay::app
