// One rendering per kind of aggregate.
#include "app/aggregate_document.hpp"

#include <array>

#include "api/resources/budget_command.hpp"
#include "api/resources/call.hpp"
#include "api/resources/expense_view.hpp"
#include "platform/json/writer.hpp"
#include "views/channel.hpp"

namespace outlay::app {

namespace {

using journal::Versioned;

std::string workspace_document(std::string_view, const Versioned& versioned) {
    const auto& workspace = std::get<domain::workspace::Workspace>(versioned.state);
    const auto closed_through =
        workspace.closed_through ? std::optional(workspace.closed_through->text()) : std::nullopt;
    std::string document;
    json::Writer out(document);
    out.begin_object()
        .field("name", workspace.name)
        .field("base_currency",
               workspace.base_currency ? workspace.base_currency->code() : std::string_view{})
        .field("time_zone", workspace.time_zone)
        .field("archived", workspace.archived)
        .field("closed_through", closed_through)
        .field("week_start", workspace.week_start.text())
        .field("fiscal_year_start", workspace.fiscal_year_start.text());
    out.key("members").begin_object();
    for (const auto& [id, member] : workspace.members)
        out.field(id.text(), api::role_name(member.role));
    out.end_object().key("keys").begin_object();
    for (const auto& [id, bearer] : workspace.keys) out.field(id.text(), bearer.text());
    out.end_object().end_object();
    return document;
}

std::string tree_document(std::string_view, const Versioned& versioned) {
    const auto& tree = std::get<domain::categories::Tree>(versioned.state);
    std::string document;
    json::Writer out(document);
    out.begin_object();
    for (const auto& [id, category] : tree.categories) {
        out.key(id.text())
            .begin_object()
            .field("name", category.name)
            .field("parent", domain::text_of(category.parent))
            .field("archived", category.archived)
            .end_object();
    }
    out.end_object();
    return document;
}

std::string expense_document(std::string_view aggregate, const Versioned& versioned) {
    return api::expense_body(api::expense_view(*domain::ExpenseId::parse(aggregate), versioned));
}

// As the command that changed it last was answered.
std::string budget_document(std::string_view aggregate, const Versioned& versioned) {
    return api::render_budget(versioned, std::string(aggregate), {});
}

std::string channel_document(std::string_view aggregate, const Versioned& versioned) {
    return views::channel_body(views::channel_view(
        *domain::ChannelId::parse(aggregate), std::get<domain::channel::Channel>(versioned.state),
        versioned.head.version));
}

// In the order of the kinds.
using Render = std::string (*)(std::string_view aggregate, const Versioned& versioned);
constexpr std::array<Render, 5> renders{workspace_document, tree_document, expense_document,
                                        budget_document, channel_document};

}  // namespace

std::string aggregate_document(std::string_view aggregate, const Versioned& versioned) {
    if (versioned.head.version == 0) return "{}";
    return renders[versioned.state.index()](aggregate, versioned);
}

}  // namespace outlay::app
