// Two objects are walked through together.
#include "app/field_change.hpp"

#include <algorithm>
#include <array>

#include "domain/values/check.hpp"
#include "platform/json/value.hpp"

namespace outlay::app {

namespace {

using json::Kind;
using json::Value;

constexpr std::array<std::string_view, 2> unsaid{"version", "updated_at"};

std::string text_of(const Value* value) {
    return value == nullptr ? std::string{} : json::canonical(*value);
}

// What a thing has not, when it comes to be.
bool is_nothing(const Value& value) {
    return value.is_null() || (value.kind() == Kind::array && value.items().empty());
}

void compare(const std::string& path, const Value* before, const Value* after,
             std::vector<FieldChange>& changes);

void compare_members(const std::string& path, const Value& before, const Value& after,
                     std::vector<FieldChange>& changes) {
    const auto below = [&path](const std::string& name) {
        return path.empty() ? name : path + "." + name;
    };
    for (const auto& [name, value] : before.members())
        compare(below(name), &value, after.find(name), changes);
    for (const auto& [name, value] : after.members()) {
        if (before.find(name) == nullptr) compare(below(name), nullptr, &value, changes);
    }
}

void compare(const std::string& path, const Value* before, const Value* after,
             std::vector<FieldChange>& changes) {
    if (std::ranges::find(unsaid, path) != unsaid.end()) return;
    if (before && after && before->kind() == Kind::object && after->kind() == Kind::object)
        return compare_members(path, *before, *after, changes);
    FieldChange change{path, text_of(before), text_of(after)};
    if (change.before.empty() && is_nothing(*after)) return;
    if (change.before != change.after) changes.push_back(std::move(change));
}

void write_side(json::Writer& out, std::string_view name, const std::string& side) {
    out.key(name);
    if (side.empty())
        out.null();
    else
        out.raw(side);
}

}  // namespace

std::vector<FieldChange> field_changes(std::string_view before, std::string_view after) {
    const auto left = json::parse(before);
    const auto right = json::parse(after);
    CHECK(left.ok() && right.ok(), "a document of our own is no JSON");
    std::vector<FieldChange> changes;
    compare_members("", *left, *right, changes);
    return changes;
}

std::string change_lines(const std::vector<FieldChange>& changes, std::string_view indent) {
    std::size_t width = 0;
    for (const auto& change : changes) width = std::max(width, change.path.size());
    std::string lines;
    for (const auto& change : changes) {
        lines.append(indent).append(change.path);
        lines.append(width - change.path.size() + 2, ' ');
        lines += change.before.empty()
                     ? change.after
                     : change.before + " -> " + (change.after.empty() ? "(gone)" : change.after);
        lines += "\n";
    }
    return lines;
}

void write_changes(json::Writer& out, const std::vector<FieldChange>& changes) {
    out.begin_array();
    for (const auto& change : changes) {
        out.begin_object().field("path", change.path);
        write_side(out, "before", change.before);
        write_side(out, "after", change.after);
        out.end_object();
    }
    out.end_array();
}

}  // namespace outlay::app
