// The one rendering of a category, and the order of the tree.
#include "api/resources/categories_view.hpp"

#include <algorithm>
#include <map>
#include <ranges>

#include "domain/values/text.hpp"
#include "platform/json/writer.hpp"

namespace outlay::api {

CategoryView category_view(const domain::CategoryId& id, const journal::Versioned& versioned) {
    const auto& tree = std::get<domain::categories::Tree>(versioned.state);
    const auto* const category = tree.find(id);
    CHECK(category != nullptr, "a category that is not in the tree is shown");
    return {id,
            category->name,
            category->parent,
            category->archived,
            category->created_at.text(),
            category->updated_at.text(),
            category->version};
}

CategoryView category_row(const sql::Rows& rows, std::size_t row) {
    CategoryView view;
    view.id = {rows.uuid(row, 0)};
    view.name = rows.text(row, 1);
    if (!rows.is_null(row, 2)) view.parent = domain::CategoryId{rows.uuid(row, 2)};
    view.archived = rows.integer(row, 3) != 0;
    view.created_at = instant_text(rows.text(row, 4));
    view.updated_at = instant_text(rows.text(row, 5));
    view.version = static_cast<std::uint64_t>(rows.integer(row, 6));
    return view;
}

std::string category_body(const CategoryView& category) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("object", "category")
        .field("id", category.id.text())
        .field("name", category.name)
        .field("parent", domain::text_of(category.parent))
        .field("archived", category.archived)
        .field("created_at", category.created_at)
        .field("updated_at", category.updated_at)
        .field("version", static_cast<std::int64_t>(category.version))
        .end_object();
    return body;
}

std::vector<CategoryView> in_tree_order(std::vector<CategoryView> categories) {
    using Index = std::size_t;
    // Children of each parent by folded name; the nil id stands for "no parent".
    std::map<domain::CategoryId, std::map<std::pair<std::string, domain::CategoryId>, Index>>
        children;
    for (Index i = 0; i < categories.size(); ++i) {
        const auto& category = categories[i];
        children[category.parent.value_or(domain::CategoryId{})].emplace(
            std::pair{domain::folded(category.name), category.id}, i);
    }
    std::vector<CategoryView> ordered;
    std::vector<Index> waiting;  // the next one last
    const auto push_children = [&](const domain::CategoryId& parent) {
        const auto below = children.find(parent);
        if (below == children.end()) return;
        for (const auto& [name, child] : std::views::reverse(below->second))
            waiting.push_back(child);
    };
    push_children(domain::CategoryId{});
    while (!waiting.empty()) {
        auto& next = categories[waiting.back()];
        waiting.pop_back();
        const auto id = next.id;
        ordered.push_back(std::move(next));
        push_children(id);
    }
    return ordered;
}

}  // namespace outlay::api
