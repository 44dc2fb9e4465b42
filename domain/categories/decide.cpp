// Deciders of the category tree. Who may edit it, and that the workspace is not archived, is
// `authorise`'s answer before a command comes here.
#include "domain/categories/decide.hpp"

#include <algorithm>

#include "domain/values/field_check.hpp"

namespace outlay::domain::categories {

namespace {

using Parent = std::optional<CategoryId>;

Fail<Refusal> no_such_category() {
    return refuse(RefusalCode::not_found, "There is no such category.");
}

Objection name_objection(std::string_view name) {
    FieldCheck check;
    check.text("/name", name, name_text);
    return std::move(check).objection();
}

Objection parent_objection(const Tree& tree, const Parent& parent) {
    if (!parent) return std::nullopt;
    const Category* const found = tree.find(*parent);
    if (found == nullptr) {
        return refusal_at(RefusalCode::category_unknown, "/parent", "There is no such category.");
    }
    if (found->archived) {
        return refusal_at(RefusalCode::category_archived, "/parent",
                          "The parent category is archived.");
    }
    return std::nullopt;
}

Objection depth_objection(const Tree& tree, const Parent& parent, int levels) {
    const int above = parent ? tree.depth(*parent) : 0;
    if (above + levels <= depth_max) return std::nullopt;
    return refusal_at(RefusalCode::category_too_deep, "/parent",
                      "Categories nest at most " + std::to_string(depth_max) + " deep.");
}

Objection twin_objection(const Tree& tree, const Parent& parent, std::string_view name,
                         const CategoryId& self) {
    const auto twin = tree.names.find({parent.value_or(CategoryId{}), folded(name)});
    if (twin == tree.names.end() || twin->second == self) return std::nullopt;
    const bool archived = tree.categories.at(twin->second).archived;
    return refusal_at(RefusalCode::name_taken, "/name",
                      archived ? "An archived sibling has this name; restore it or choose another."
                               : "A sibling has this name.");
}

// How many levels the category and everything below it fill.
int height(const Tree& tree, const CategoryId& id) {
    const int top = tree.depth(id);
    int levels = 1;
    for (const CategoryId& below : tree.subtree(id)) {
        levels = std::max(levels, tree.depth(below) - top + 1);
    }
    return levels;
}

Objection move_objection(const Tree& tree, const CategoryId& id, const Parent& parent) {
    if (auto objection = parent_objection(tree, parent)) return objection;
    if (parent && tree.within(*parent, id)) {
        return refusal_at(RefusalCode::category_cycle, "/parent",
                          "A category cannot be moved below itself.");
    }
    return depth_objection(tree, parent, height(tree, id));
}

bool has_children_in_use(const Tree& tree, const CategoryId& id) {
    const auto below = tree.children.find(id);
    return below != tree.children.end() &&
           std::ranges::any_of(below->second, [&](const CategoryId& child) {
               return !tree.categories.at(child).archived;
           });
}

}  // namespace

Decision<Events> decide(const Tree& tree, const CreateCategory& command, const Context& context) {
    const auto id = context.make_id<CategoryId>(0);
    if (tree.find(id) != nullptr) {
        return refuse(RefusalCode::already_exists, "The category exists already.");
    }
    if (auto objection = name_objection(command.name)) return Fail{std::move(*objection)};
    if (tree.categories.size() >= categories_max) {
        return refuse(RefusalCode::limit_reached,
                      "A workspace has at most " + std::to_string(categories_max) + " categories.");
    }
    if (auto objection = parent_objection(tree, command.parent)) return Fail{std::move(*objection)};
    if (auto objection = depth_objection(tree, command.parent, 1)) {
        return Fail{std::move(*objection)};
    }
    if (auto objection = twin_objection(tree, command.parent, command.name, id)) {
        return Fail{std::move(*objection)};
    }
    return Events{CategoryCreated{id, command.name, command.parent}};
}

Decision<Events> decide(const Tree& tree, const EditCategory& command, const Context& context) {
    const Category* const present = tree.find(command.category);
    if (present == nullptr) return no_such_category();
    const std::string& name = command.name ? *command.name : present->name;
    const Parent& parent = command.parent ? *command.parent : present->parent;
    const bool renamed = name != present->name;
    const bool moved = parent != present->parent;
    if (!renamed && !moved) return Events{};

    if (present->archived) {
        return refuse(RefusalCode::state_conflict, "The category is archived; restore it first.");
    }
    if (auto objection = name_objection(name)) return Fail{std::move(*objection)};
    if (moved) {
        if (auto objection = move_objection(tree, command.category, parent)) {
            return Fail{std::move(*objection)};
        }
    }
    // Only the place at the end counts: a name may be free there and taken here.
    if (auto objection = twin_objection(tree, parent, name, command.category)) {
        return Fail{std::move(*objection)};
    }
    Events events;
    if (renamed) events.emplace_back(CategoryRenamed{command.category, name});
    if (moved) events.emplace_back(CategoryMoved{command.category, parent, context.today});
    return events;
}

Decision<Events> decide(const Tree& tree, const RenameCategory& command, const Context& context) {
    return decide(tree, EditCategory{command.category, command.name, std::nullopt}, context);
}

Decision<Events> decide(const Tree& tree, const MoveCategory& command, const Context& context) {
    return decide(tree, EditCategory{command.category, std::nullopt, command.parent}, context);
}

Decision<Events> decide(const Tree& tree, const ArchiveCategory& command, const Context&) {
    const Category* const present = tree.find(command.category);
    if (present == nullptr) return no_such_category();
    if (present->archived) return Events{};
    if (has_children_in_use(tree, command.category)) {
        return refuse(RefusalCode::state_conflict,
                      "Categories below this one are not archived yet.");
    }
    return Events{CategoryArchived{command.category}};
}

Decision<Events> decide(const Tree& tree, const RestoreCategory& command, const Context&) {
    const Category* const present = tree.find(command.category);
    if (present == nullptr) return no_such_category();
    if (!present->archived) return Events{};
    if (present->parent && tree.categories.at(*present->parent).archived) {
        return refuse(RefusalCode::category_archived,
                      "The parent category is archived; restore it first.");
    }
    return Events{CategoryRestored{command.category}};
}

}  // namespace outlay::domain::categories
