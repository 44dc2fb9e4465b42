// The one rendering of members and keys.
#include "api/resources/members_view.hpp"

#include <algorithm>

#include "platform/json/writer.hpp"

namespace outlay::api {

namespace {

void write_text(json::Writer& out, std::string_view name, const std::optional<std::string>& text) {
    out.key(name);
    if (text)
        out.string(*text);
    else
        out.null();
}

void write_person(json::Writer& out, const domain::UserId& user, const Contacts& contacts) {
    // A store that was rebuilt from the journal knows roles but no names.
    const auto contact = contacts.find(user);
    const bool is_known = contact != contacts.end();
    out.field("user", user.text());
    write_text(out, "name", is_known ? std::optional(contact->second.name) : std::nullopt);
    write_text(out, "email", is_known ? contact->second.email : std::nullopt);
}

void write_hours(json::Writer& out, const domain::workspace::Member& member) {
    write_text(out, "time_zone", member.time_zone);
    out.key("quiet_hours");
    if (!member.quiet_hours) {
        out.null();
        return;
    }
    out.begin_object()
        .field("from", member.quiet_hours->from.text())
        .field("to", member.quiet_hours->to.text())
        .end_object();
}

void write_service_account(json::Writer& out, const domain::MemberId& id,
                           const domain::workspace::Workspace& workspace) {
    out.field("name", workspace.member(id)->name).key("keys").begin_array();
    for (const auto& [key, bearer] : workspace.keys) {
        if (bearer == id) out.string(key.text());
    }
    out.end_array();
}

}  // namespace

std::string member_body(const domain::MemberId& id, const domain::workspace::Workspace& workspace,
                        const Contacts& contacts, std::string_view secret) {
    const auto* const member = workspace.member(id);
    CHECK(member != nullptr, "a member who is not in the workspace is shown");
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("object", member->user ? "member" : "service_account")
        .field("id", id.text());
    if (member->user)
        write_person(out, *member->user, contacts);
    else
        write_service_account(out, id, workspace);
    if (member->user) write_hours(out, *member);
    out.field("role", role_name(member->role))
        .field("created_at", member->added_at.text())
        .field("updated_at", member->updated_at.text())
        .field("version", static_cast<std::int64_t>(member->version));
    if (!secret.empty()) out.field("key", secret);
    out.end_object();
    return body;
}

std::uint64_t member_version(const journal::Versioned& workspace, const domain::MemberId& id) {
    const auto* const member = std::get<domain::workspace::Workspace>(workspace.state).member(id);
    return member == nullptr ? 0 : member->version;
}

std::vector<domain::MemberId> members_in_order(const domain::workspace::Workspace& workspace) {
    std::vector<std::pair<domain::Instant, domain::MemberId>> order;
    for (const auto& [id, member] : workspace.members) order.emplace_back(member.added_at, id);
    std::ranges::sort(order);
    std::vector<domain::MemberId> ids;
    for (const auto& [added_at, id] : order) ids.push_back(id);
    return ids;
}

std::optional<domain::Role> read_role(BodyReader& reader) {
    const auto name = reader.required_string("role");
    if (!name) return std::nullopt;
    const auto role = role_of(*name);
    if (!role) reader.fail("role", "unknown_role", "Must be viewer, member, admin or owner.");
    return role;
}

std::string member_location(const domain::WorkspaceId& workspace, const domain::MemberId& id) {
    return "/v1/workspaces/" + workspace.text() + "/members/" + id.text();
}

std::string key_body(const KeyView& key, std::string_view secret) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("object", "api_key")
        .field("id", key.id.text())
        .field("service_account", key.service_account.text())
        .field("last4", key.last4)
        .field("created_at", key.issued_at.text())
        .field("updated_at", key.issued_at.text())
        .field("version", static_cast<std::int64_t>(key.version));
    if (!secret.empty()) out.field("key", secret);
    out.end_object();
    return body;
}

}  // namespace outlay::api
