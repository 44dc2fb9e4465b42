// /v1/workspaces/{ws}/categories: create, list, read, rename and move, archive, restore.
#include <array>

#include "api/resources/body_reader.hpp"
#include "api/resources/call.hpp"
#include "api/resources/categories_view.hpp"
#include "api/resources/page.hpp"
#include "domain/categories/decide.hpp"
#include "domain/workspace/authorise.hpp"

namespace outlay::api {

namespace {

namespace categories = domain::categories;
using domain::CategoryId;
using domain::WorkspaceId;
using platform::Task;

// Which category a command is about: the one that the path names, or the one that the command
// makes.
using CategoryOf = std::function<CategoryId(const domain::CommandId&)>;

// Authorises, then asks the tree's rules.
template <typename Command>
journal::Decide decide_by(Command command) {
    return [command = std::move(command)](
               const journal::Loaded& loaded,
               const domain::Context& context) -> domain::Decision<std::vector<journal::Proposed>> {
        using domain::workspace::Action;
        const auto role = domain::workspace::authorise(loaded.workspace, context.actor,
                                                       Action::manage_categories);
        if (!role.ok()) return domain::Fail{role.error()};
        const auto& tree = std::get<categories::Tree>(loaded.target);
        return propose(domain::categories_name, categories::decide(tree, command, context));
    };
}

CommandSpec tree_command(const WorkspaceId& workspace, CategoryOf category_of,
                         std::string canonical_body) {
    CommandSpec spec;
    spec.workspace = workspace;
    spec.target = [](const domain::CommandId&) { return std::string(domain::categories_name); };
    spec.canonical_body = std::move(canonical_body);
    spec.render = [category_of](const journal::Versioned& target, const std::string&,
                                const domain::CommandId& command) {
        return category_body(category_view(category_of(command), target));
    };
    // The tree is one aggregate, but a client edits one category of it.
    spec.version_of = [category_of](const journal::Versioned& target,
                                    const domain::CommandId& command) {
        const auto* const category =
            std::get<categories::Tree>(target.state).find(category_of(command));
        return category == nullptr ? std::uint64_t{0} : category->version;
    };
    return spec;
}

Task<Response> create(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    if (!workspace) return answered(not_found(call));
    auto body = read_body(call, [](BodyReader& reader) {
        auto name = reader.required_string("name").value_or("");
        const auto parent = reader.nullable_id<CategoryId>("parent").value_or(std::nullopt);
        return std::optional(categories::CreateCategory{std::move(name), parent});
    });
    if (!body.ok()) return refused(call, body.error());
    const CategoryOf made_by = [](const domain::CommandId& command) {
        return CategoryId{journal::derived_id(command, 0)};
    };
    auto spec = tree_command(*workspace, made_by, std::move(body->canonical));
    spec.decide = decide_by(std::move(body->fields));
    spec.status = 201;
    spec.location = [made_by, id = *workspace](const std::string&,
                                               const domain::CommandId& command) {
        return "/v1/workspaces/" + id.text() + "/categories/" + made_by(command).text();
    };
    return run_command(call, std::move(spec));
}

// A command on the category that the path names.
template <typename Command>
Task<Response> change(Call& call, Command command, std::string canonical_body) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    const auto category = path_id<CategoryId>(call, "{id}");
    if (!workspace || !category) return answered(not_found(call));
    command.category = *category;
    const CategoryOf named = [id = *category](const domain::CommandId&) { return id; };
    auto spec = tree_command(*workspace, named, std::move(canonical_body));
    spec.decide = decide_by(std::move(command));
    return run_command(call, std::move(spec));
}

Task<Response> edit(Call& call) {
    auto body = read_body(call, [](BodyReader& reader) {
        categories::EditCategory command;
        command.name = reader.optional_string("name");
        command.parent = reader.nullable_id<CategoryId>("parent");
        return std::optional(std::move(command));
    });
    if (!body.ok()) return refused(call, body.error());
    return change(call, std::move(body->fields), std::move(body->canonical));
}

Task<Response> archive(Call& call) {
    return change(call, categories::ArchiveCategory{}, "");
}

Task<Response> restore(Call& call) {
    return change(call, categories::RestoreCategory{}, "");
}

sql::Result<sql::Rows> rows_of(const QueryContext& context, const std::string& condition,
                               std::vector<sql::Value> parameters) {
    parameters.insert(parameters.begin(), context.workspace.value.text());
    return context.session.query("SELECT " + std::string(category_columns) +
                                     " FROM read.categories WHERE workspace = $1" + condition,
                                 parameters);
}

Task<Response> read(Call& call) {
    const auto id = path_id<CategoryId>(call, "{id}");
    if (!id) return answered(not_found(call));
    const QueryBody body = [&call, id = *id](QueryContext& context) -> sql::Result<Response> {
        const auto rows = rows_of(context, " AND id = $2", {id.value.text()});
        if (!rows.ok()) return domain::Fail{rows.error()};
        if (rows->empty()) return not_found(call);
        const auto view = category_row(*rows, 0);
        return resource_response(view.version, category_body(view));
    };
    return run_query(call, body);
}

// The whole tree is read, so that archived parents do not hide where a category stands; then it is
// filtered.
sql::Result<Response> answer_list(const Call& call, std::string_view archived,
                                  const QueryContext& context) {
    const auto rows = rows_of(context, "", {});
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<CategoryView> all;
    all.reserve(rows->size());
    for (std::size_t row = 0; row < rows->size(); ++row) all.push_back(category_row(*rows, row));
    std::vector<std::string> items;
    for (const auto& category : in_tree_order(std::move(all))) {
        if (archived == "any" || category.archived == (archived == "true"))
            items.push_back(category_body(category));
    }
    return list_response(call, items, std::nullopt);
}

Task<Response> list(Call& call) {
    constexpr std::array<std::string_view, 3> choices{"false", "true", "any"};
    QueryReader query(call.request.head.query);
    const auto archived = query.one_of("archived", choices).value_or("false");
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    const QueryBody body = [&call, archived](QueryContext& context) {
        return answer_list(call, archived, context);
    };
    return run_query(call, body);
}

constexpr std::string_view collection = "/v1/workspaces/{ws}/categories";
constexpr std::string_view item = "/v1/workspaces/{ws}/categories/{id}";

constexpr std::array routes{
    Route{Method::post, collection, "createCategory", create, BodyMode::buffered, json_body},
    Route{Method::get, collection, "listCategories", list}.taking("archived"),
    Route{Method::get, item, "getCategory", read},
    Route{Method::patch, item, "updateCategory", edit, BodyMode::buffered, patch_body},
    Route{Method::post, "/v1/workspaces/{ws}/categories/{id}/archive", "archiveCategory", archive},
    Route{Method::post, "/v1/workspaces/{ws}/categories/{id}/restore", "restoreCategory", restore},
};

}  // namespace

std::span<const Route> category_routes() {
    return routes;
}

}  // namespace outlay::api
