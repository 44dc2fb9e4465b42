// /v1/workspaces/{ws}/service_accounts/{id}/keys: issue, list, read and revoke. Issue and
// revocation are facts of the workspace; identity keeps the hash and the last characters.
#include <algorithm>
#include <array>
#include <map>

#include "api/auth/key_text.hpp"
#include "api/resources/call.hpp"
#include "api/resources/members_view.hpp"
#include "api/resources/page.hpp"
#include "api/resources/service_accounts_key.hpp"
#include "api/resources/workspaces_command.hpp"
#include "domain/workspace/authorise.hpp"

namespace outlay::api {

namespace {

namespace workspace = domain::workspace;
using domain::KeyId;
using domain::MemberId;
using domain::WorkspaceId;
using platform::Task;

CommandSpec issuing(Call& call, const KeyIssue& issue) {
    auto spec = workspace_command(issue.workspace, "");
    spec.decide = decide_on_workspace(workspace::IssueKey{*issue.account});
    spec.before_append = [&call, issue](const domain::CommandId& made_by) {
        return store_issued_key(call, issue, made_by);
    };
    spec.render = [&call, issue](const journal::Versioned& target, const std::string&,
                                 const domain::CommandId& made_by) {
        const auto key = call.node.identity.derive_key(issue.key_of(made_by));
        const auto issued_at = std::get<workspace::Workspace>(target.state).updated_at;
        return key_body(
            {key.id, *issue.account, key_last4(key.secret), issued_at, target.head.version},
            key.secret);
    };
    spec.status = 201;
    spec.location = [issue](const std::string&, const domain::CommandId& made_by) {
        return "/v1/workspaces/" + issue.workspace.text() + "/service_accounts/" +
               issue.account->text() + "/keys/" + issue.key_of(made_by).text();
    };
    return spec;
}

Task<Response> issue(Call& call) {
    const auto id = path_id<WorkspaceId>(call, "{ws}");
    const auto account = path_id<MemberId>(call, "{id}");
    if (!id || !account) return answered(not_found(call));
    return run_command(call, issuing(call, {*id, account}));
}

// The decision to revoke, for a key of the account that the path names.
journal::Decide decide_revocation(const MemberId& account, const KeyId& key) {
    return [account, key, decide = decide_on_workspace(workspace::RevokeKey{key})](
               const journal::Loaded& loaded, const domain::Context& context) {
        auto decision = decide(loaded, context);
        const auto& keys = std::get<workspace::Workspace>(loaded.target).keys;
        const auto bearer = keys.find(key);
        const bool is_of_another = bearer != keys.end() && bearer->second != account;
        if (!decision.ok() || !is_of_another) return decision;
        return domain::Decision<std::vector<journal::Proposed>>(
            domain::refuse(domain::RefusalCode::not_found, "There is no such key in force."));
    };
}

Task<Response> revoke(Call& call) {
    const auto id = path_id<WorkspaceId>(call, "{ws}");
    const auto account = path_id<MemberId>(call, "{id}");
    const auto key = path_id<KeyId>(call, "{key}");
    if (!id || !account || !key) return answered(not_found(call));
    auto spec = workspace_command(*id, "");
    spec.decide = decide_revocation(*account, *key);
    spec.status = 204;
    return run_command(call, std::move(spec));
}

sql::Result<std::map<KeyId, std::string>> last4_of(const QueryContext& context,
                                                   const MemberId& account) {
    const std::array<sql::Value, 2> parameters{context.workspace.value.text(),
                                               account.value.text()};
    const auto rows = context.session.query(
        "SELECT id, last4 FROM outlay.api_keys WHERE workspace = $1 AND member = $2", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::map<KeyId, std::string> last4;
    for (std::size_t row = 0; row < rows->size(); ++row)
        last4[{rows->uuid(row, 0)}] = rows->text(row, 1);
    return last4;
}

// The keys in force of one account, in the order in which they were issued.
sql::Result<std::vector<KeyView>> keys_of(const QueryContext& context, const MemberId& account) {
    const auto loaded = journal::load(context.session, context.workspace, domain::workspace_name);
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    const auto entries =
        journal::history(context.session, context.workspace, domain::workspace_name);
    if (!entries.ok()) return domain::Fail{entries.error()};
    auto last4 = last4_of(context, account);
    if (!last4.ok()) return domain::Fail{last4.error()};

    const auto& in_force = std::get<workspace::Workspace>(loaded->state).keys;
    std::vector<KeyView> keys;
    for (const auto& entry : *entries) {
        const auto* const event = std::get_if<workspace::Event>(&entry.event);
        const auto* const issued =
            event == nullptr ? nullptr : std::get_if<workspace::KeyIssued>(event);
        if (issued == nullptr || issued->member != account || !in_force.contains(issued->key))
            continue;
        keys.push_back({issued->key, account, (*last4)[issued->key], entry.meta.decided_at,
                        entry.meta.version});
    }
    return keys;
}

// Answers `answer` with the account's keys for whoever may manage members.
using KeysAnswer = std::function<Response(const std::vector<KeyView>&)>;
Task<Response> with_keys(Call& call, KeysAnswer answer) {
    const auto account = path_id<MemberId>(call, "{id}");
    if (!account) return answered(not_found(call));
    const QueryBody body = [&call, account = *account,
                            answer](QueryContext& context) -> sql::Result<Response> {
        if (!workspace::role_allows(context.role, workspace::Action::manage_members)) {
            return problem(call, make_problem("forbidden", "Your role does not allow this."));
        }
        const auto keys = keys_of(context, account);
        if (!keys.ok()) return domain::Fail{keys.error()};
        return answer(*keys);
    };
    return run_query(call, body);
}

Task<Response> list(Call& call) {
    const KeysAnswer answer = [&call](const std::vector<KeyView>& keys) {
        std::vector<std::string> items;
        for (const auto& key : keys) items.push_back(key_body(key));
        return list_response(call, items, std::nullopt);
    };
    return with_keys(call, answer);
}

Task<Response> read(Call& call) {
    const auto wanted = path_id<KeyId>(call, "{key}");
    if (!wanted) return answered(not_found(call));
    const KeysAnswer answer = [&call, id = *wanted](const std::vector<KeyView>& keys) {
        const auto found = std::ranges::find(keys, id, &KeyView::id);
        return found == keys.end() ? not_found(call)
                                   : resource_response(found->version, key_body(*found));
    };
    return with_keys(call, answer);
}

constexpr std::string_view collection = "/v1/workspaces/{ws}/service_accounts/{id}/keys";
constexpr std::string_view item = "/v1/workspaces/{ws}/service_accounts/{id}/keys/{key}";

constexpr std::array routes{
    Route{Method::post, collection, "issueKey", issue},
    Route{Method::get, collection, "listKeys", list},
    Route{Method::get, item, "getKey", read},
    Route{Method::delete_, item, "revokeKey", revoke},
};

}  // namespace

std::span<const Route> service_account_key_routes() {
    return routes;
}

}  // namespace outlay::api
