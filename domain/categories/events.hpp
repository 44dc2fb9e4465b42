// Facts of a workspace's category tree, which is one aggregate: so no cycle and no twin among
// siblings can arise, however many people edit it. Storage format: fields are only ever added.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "domain/context.hpp"

namespace outlay::domain::categories {

struct CategoryCreated {
    CategoryId category;
    std::string name;
    std::optional<CategoryId> parent{};
    bool operator==(const CategoryCreated&) const = default;
};
struct CategoryRenamed {
    CategoryId category;
    std::string name;
    bool operator==(const CategoryRenamed&) const = default;
};
struct CategoryMoved {
    CategoryId category;
    std::optional<CategoryId> parent{};
    Date today;  // local day: only the budget period that contains it may fire by this change
    bool operator==(const CategoryMoved&) const = default;
};
struct CategoryArchived {
    CategoryId category;
    bool operator==(const CategoryArchived&) const = default;
};
struct CategoryRestored {
    CategoryId category;
    bool operator==(const CategoryRestored&) const = default;
};

using Event = std::variant<CategoryCreated, CategoryRenamed, CategoryMoved, CategoryArchived,
                           CategoryRestored>;

}  // namespace outlay::domain::categories
