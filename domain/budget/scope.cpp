// Normal form and rules of a budget's scope.
#include "domain/budget/scope.hpp"

#include <algorithm>

namespace outlay::domain::budget {

namespace {

template <typename T>
void sort_unique(std::vector<T>& list) {
    std::ranges::sort(list);
    list.erase(std::ranges::unique(list).begin(), list.end());
}

// Checks the length of a list and, if it is not too long, every entry.
template <typename T, typename CheckEntry>
void check_list(FieldCheck& check, std::string_view pointer, const std::vector<T>& list,
                CheckEntry check_entry) {
    if (list.size() > scope_entries_max) {
        check.require(
            false, pointer, "too_many",
            "A scope has at most " + std::to_string(scope_entries_max) + " entries of a kind.");
        return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) check_entry(entry_pointer(pointer, i), list[i]);
}

// What the unknown entries of one list have in common.
struct Unknown {
    std::string_view list;  // pointer
    RefusalCode code;
    std::string_view detail;
};

template <typename T, typename Exists>
void collect_unknown(std::vector<Refusal>& found, const Unknown& unknown,
                     const std::vector<T>& wished, const std::vector<T>& present, Exists exists) {
    for (std::size_t i = 0; i < wished.size(); ++i) {
        const bool stays = std::ranges::find(present, wished[i]) != present.end();
        if (stays || exists(wished[i])) continue;
        found.push_back(
            refusal_at(unknown.code, entry_pointer(unknown.list, i), std::string(unknown.detail)));
    }
}

}  // namespace

Scope normalised(Scope scope) {
    sort_unique(scope.categories);
    sort_unique(scope.members);
    sort_unique(scope.merchants);
    sort_unique(scope.tags);
    return scope;
}

void check_scope(FieldCheck& check, const Scope& wished) {
    const auto any_entry = [](const std::string&, const auto&) {};
    check_list(check, "/scope/categories", wished.categories, any_entry);
    check_list(check, "/scope/members", wished.members, any_entry);
    check_list(check, "/scope/merchants", wished.merchants,
               [&](const std::string& pointer, const std::string& merchant) {
                   check.text(pointer, merchant, merchant_text);
               });
    check_list(
        check, "/scope/tags", wished.tags,
        [&](const std::string& pointer, const std::string& tag) { check.tag(pointer, tag); });
}

Objection unknown_entries(const Scope& wished, const Scope& present, const Surroundings& around) {
    std::vector<Refusal> found;
    collect_unknown(
        found, {"/scope/categories", RefusalCode::category_unknown, "There is no such category."},
        wished.categories, present.categories,
        [&](const CategoryId& id) { return around.categories.find(id) != nullptr; });
    collect_unknown(found,
                    {"/scope/members", RefusalCode::member_unknown,
                     "There is no such member in the workspace."},
                    wished.members, present.members,
                    [&](const MemberId& id) { return around.workspace.member(id) != nullptr; });
    if (found.empty()) return std::nullopt;
    // One refusal carries all of them; its code is that of the first.
    Refusal refusal{found.front().code, found.front().detail, {}};
    for (Refusal& one : found) refusal.fields.push_back(std::move(one.fields.front()));
    return refusal;
}

}  // namespace outlay::domain::budget
