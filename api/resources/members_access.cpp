// Queries over members and users.
#include "api/resources/members_access.hpp"

#include <array>

#include "api/resources/flow_query.hpp"
#include "domain/values/field_check.hpp"
#include "domain/workspace/authorise.hpp"

namespace outlay::api {

namespace {

using platform::Task;

constexpr std::size_t email_bytes_max = 254;  // RFC 5321, 4.5.3.1.3 less the angle brackets

Contacts contacts_of(const sql::Rows& rows) {
    Contacts contacts;
    for (std::size_t row = 0; row < rows.size(); ++row)
        contacts[{rows.uuid(row, 0)}] = {rows.text(row, 1), rows.optional_text(row, 2)};
    return contacts;
}

// The problem in a successful result, or that of a failed one.
std::optional<Problem> problem_in(const sql::Result<std::optional<Problem>>& result) {
    return result.ok() ? *result : std::optional(problem_of(result.error()));
}

// A plain look: one "@" with something on both sides and no space. Only a mail that arrives proves
// an address.
bool is_email(std::string_view text) {
    const auto at = text.find('@');
    return text.size() <= email_bytes_max && at != std::string_view::npos && at > 0 &&
           at + 1 < text.size() && text.find('@', at + 1) == std::string_view::npos &&
           text.find(' ') == std::string_view::npos && domain::is_printable(text, false);
}

// Also of a member who has left since: a repeated command shows the member as it was.
sql::Result<std::optional<domain::UserId>> person_behind(sql::Session& session,
                                                         const domain::WorkspaceId& workspace,
                                                         const domain::MemberId& member) {
    const auto entries = journal::history(session, workspace, domain::workspace_name);
    if (!entries.ok()) return domain::Fail{entries.error()};
    auto state = domain::initial_state(domain::AggregateKind::workspace);
    for (const auto& entry : *entries) {
        domain::evolve(state, entry.event, entry.meta);
        const auto* const found = std::get<domain::workspace::Workspace>(state).member(member);
        if (found != nullptr) return found->user;
    }
    return std::optional<domain::UserId>();
}

}  // namespace

Task<std::optional<Problem>> may_manage_members(Call& call, domain::WorkspaceId workspace) {
    auto waiting = await_token(call);
    auto wrong = co_await waiting;
    if (wrong) co_return wrong;
    using Verdict = std::optional<Problem>;
    const std::function<sql::Result<Verdict>(sql::Session&)> question =
        [&call, workspace](sql::Session& session) -> sql::Result<Verdict> {
        using domain::workspace::Action;
        const auto acting = acting_member(session, workspace, call.who.principal);
        if (!acting.ok()) return domain::Fail{acting.error()};
        if (!*acting) return Verdict(stranger_problem(call, workspace));
        if (domain::workspace::role_allows((*acting)->role, Action::manage_members))
            return Verdict();
        return Verdict(make_problem("forbidden", "Your role does not allow this."));
    };
    auto step = in_store<Verdict>(call, {sql::Access::query, workspace}, question);
    const auto verdict = co_await step;
    co_return problem_in(verdict);
}

Task<std::optional<Problem>> load_person(Call& call, domain::WorkspaceId workspace,
                                         domain::UserId user, std::shared_ptr<Contacts> contacts) {
    using Verdict = std::optional<Problem>;
    const std::function<sql::Result<Verdict>(sql::Session&)> question =
        [user, contacts](sql::Session& session) -> sql::Result<Verdict> {
        const std::array<sql::Value, 1> parameters{user.value.text()};
        const auto rows = session.query(
            "SELECT id, name, email FROM outlay.users WHERE id = $1 AND disabled_at IS NULL",
            parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        *contacts = contacts_of(*rows);
        if (!contacts->empty()) return Verdict();
        return Verdict(problem_of(domain::refusal_at(domain::RefusalCode::member_unknown, "/user",
                                                     "There is no such user.")));
    };
    auto step = in_store<Verdict>(call, {sql::Access::query, workspace}, question);
    const auto verdict = co_await step;
    co_return problem_in(verdict);
}

Task<std::optional<Problem>> load_member(Call& call, domain::WorkspaceId workspace,
                                         domain::MemberId member,
                                         std::shared_ptr<Contacts> contacts) {
    auto waiting = await_token(call);
    auto wrong = co_await waiting;
    if (wrong) co_return wrong;
    using Verdict = std::optional<Problem>;
    const std::function<sql::Result<Verdict>(sql::Session&)> question =
        [workspace, member, contacts](sql::Session& session) -> sql::Result<Verdict> {
        const auto user = person_behind(session, workspace, member);
        if (!user.ok()) return domain::Fail{user.error()};
        if (!*user) return Verdict();
        const std::array<sql::Value, 1> parameters{(*user)->value.text()};
        const auto rows =
            session.query("SELECT id, name, email FROM outlay.users WHERE id = $1", parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        *contacts = contacts_of(*rows);
        return Verdict();
    };
    auto step = in_store<Verdict>(call, {sql::Access::query, workspace}, question);
    const auto verdict = co_await step;
    co_return problem_in(verdict);
}

sql::Result<Contacts> contacts_in(sql::Session& session, const domain::WorkspaceId& workspace) {
    const std::array<sql::Value, 1> parameters{workspace.value.text()};
    const auto rows = session.query(
        "SELECT u.id, u.name, u.email FROM read.members m JOIN outlay.users u ON u.id = m.user_id"
        " WHERE m.workspace = $1",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    return contacts_of(*rows);
}

void check_contact(const std::string& name, const std::string& email, BodyReader& reader) {
    domain::FieldCheck check;
    check.text("/name", name, domain::name_text);
    check.require(is_email(email), "/email", "invalid_email",
                  "Must be a mail address such as ada@example.com.");
    if (auto objection = std::move(check).objection()) reader.fail(std::move(objection->fields));
}

}  // namespace outlay::api
