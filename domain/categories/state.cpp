// How events change the category tree, and how it is walked. Events are facts: one about a category
// that is not there changes nothing.
#include "domain/categories/state.hpp"

#include "domain/values/text.hpp"

namespace outlay::domain::categories {

namespace {

using NameKey = std::pair<CategoryId, std::string>;

NameKey name_key(const Category& category) {
    return {category.parent.value_or(CategoryId{}), folded(category.name)};
}

// Takes the category off its place in the indexes, `change`s it, and puts it back where it belongs
// now. An edit that renames and moves is two events, and between them the name may meet a twin: the
// twin keeps its entry.
template <typename Change>
void replace(Tree& tree, const CategoryId& id, Change change) {
    const auto found = tree.categories.find(id);
    if (found == tree.categories.end()) return;
    Category& category = found->second;

    const auto name = tree.names.find(name_key(category));
    if (name != tree.names.end() && name->second == id) tree.names.erase(name);
    const auto siblings = tree.children.find(category.parent.value_or(CategoryId{}));
    siblings->second.erase(id);
    if (siblings->second.empty()) tree.children.erase(siblings);

    change(category);
    tree.names.try_emplace(name_key(category), id);
    tree.children[category.parent.value_or(CategoryId{})].insert(id);
}

void apply(Tree& tree, const CategoryCreated& event, Instant at) {
    Category created{event.name, event.parent, false, at, at, 0};
    tree.names.try_emplace(name_key(created), event.category);
    tree.children[event.parent.value_or(CategoryId{})].insert(event.category);
    tree.categories.insert_or_assign(event.category, std::move(created));
}

void apply(Tree& tree, const CategoryRenamed& event, Instant) {
    replace(tree, event.category, [&](Category& category) { category.name = event.name; });
}

void apply(Tree& tree, const CategoryMoved& event, Instant) {
    replace(tree, event.category, [&](Category& category) { category.parent = event.parent; });
}

void set_archived(Tree& tree, const CategoryId& id, bool archived) {
    const auto found = tree.categories.find(id);
    if (found != tree.categories.end()) found->second.archived = archived;
}

void apply(Tree& tree, const CategoryArchived& event, Instant) {
    set_archived(tree, event.category, true);
}

void apply(Tree& tree, const CategoryRestored& event, Instant) {
    set_archived(tree, event.category, false);
}

}  // namespace

void evolve(Tree& state, const Event& event, const EventMeta& meta) {
    std::visit(
        [&](const auto& fact) {
            apply(state, fact, meta.decided_at);
            const auto touched = state.categories.find(fact.category);
            if (touched == state.categories.end()) return;
            touched->second.updated_at = meta.decided_at;
            touched->second.version = meta.version;
        },
        event);
}

const Category* Tree::find(const CategoryId& id) const {
    const auto found = categories.find(id);
    return found == categories.end() ? nullptr : &found->second;
}

std::vector<CategoryId> Tree::subtree(const CategoryId& id) const {
    if (find(id) == nullptr) return {};
    std::vector<CategoryId> found{id};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto below = children.find(found[i]);
        if (below != children.end()) {
            found.insert(found.end(), below->second.begin(), below->second.end());
        }
    }
    return found;
}

bool Tree::within(const CategoryId& id, const CategoryId& ancestor) const {
    const Category* category = find(id);
    if (category == nullptr) return false;
    if (id == ancestor) return true;
    while (category != nullptr && category->parent) {
        if (*category->parent == ancestor) return true;
        category = find(*category->parent);
    }
    return false;
}

int Tree::depth(const CategoryId& id) const {
    int levels = 0;
    for (const Category* category = find(id); category != nullptr;
         category = category->parent ? find(*category->parent) : nullptr) {
        ++levels;
    }
    return levels;
}

}  // namespace outlay::domain::categories
