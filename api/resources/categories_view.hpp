// A category as the API shows it, made from the folded tree or from a row. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/resources/call.hpp"

namespace outlay::api {

struct CategoryView {
    domain::CategoryId id;
    std::string name;
    std::optional<domain::CategoryId> parent;
    bool archived = false;
    std::string created_at;
    std::string updated_at;
    std::uint64_t version = 0;  // of the tree, when this category changed last
};

// CHECKs that the tree has the category.
CategoryView category_view(const domain::CategoryId& id, const journal::Versioned& versioned);

inline constexpr std::string_view category_columns =
    "id, name, parent, archived, created_at, updated_at, version";
CategoryView category_row(const sql::Rows& rows, std::size_t row);

std::string category_body(const CategoryView& category);

// Depth first, siblings by name: the order in which a tree is read aloud.
std::vector<CategoryView> in_tree_order(std::vector<CategoryView> categories);

}  // namespace outlay::api
