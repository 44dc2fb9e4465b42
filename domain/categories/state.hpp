// The category tree of one workspace. Values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "domain/categories/events.hpp"

namespace outlay::domain::categories {

inline constexpr int depth_max = 8;                  // a root has depth 1
inline constexpr std::size_t categories_max = 5000;  // the tree is folded and cached as a whole

struct Category {
    std::string name;
    std::optional<CategoryId> parent;
    bool archived = false;
    Instant created_at;
    Instant updated_at;
    std::uint64_t version = 0;  // of the tree, when this category changed last
    bool operator==(const Category&) const = default;
};

struct Tree {
    std::map<CategoryId, Category> categories;
    // Sibling names in force: (parent, folded name) -> category; the nil id stands for "no parent".
    // An archived category keeps its name, so that restoring it never finds a twin.
    std::map<std::pair<CategoryId, std::string>, CategoryId> names;
    std::map<CategoryId, std::set<CategoryId>> children;  // roots are children of the nil id
    bool operator==(const Tree&) const = default;

    const Category* find(const CategoryId& id) const;
    // The category and everything below it; empty for an unknown one.
    std::vector<CategoryId> subtree(const CategoryId& id) const;
    // True if `id` is `ancestor` or lies below it.
    bool within(const CategoryId& id, const CategoryId& ancestor) const;
    int depth(const CategoryId& id) const;
};

void evolve(Tree& state, const Event& event, const EventMeta& meta);

}  // namespace outlay::domain::categories
