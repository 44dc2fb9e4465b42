// Ids as the domain derives them: see AddServiceAccount and IssueKey in
// domain/workspace/decide.hpp.
#include "api/resources/service_accounts_key.hpp"

#include "api/resources/members_access.hpp"

namespace outlay::api {

namespace {

constexpr std::uint32_t new_account_index = 0;
constexpr std::uint32_t key_of_new_account_index = 1;
constexpr std::uint32_t key_of_old_account_index = 0;

}  // namespace

domain::MemberId KeyIssue::account_of(const domain::CommandId& command) const {
    return account ? *account : domain::MemberId{journal::derived_id(command, new_account_index)};
}

domain::KeyId KeyIssue::key_of(const domain::CommandId& command) const {
    const auto index = account ? key_of_old_account_index : key_of_new_account_index;
    return {journal::derived_id(command, index)};
}

platform::Task<std::optional<Problem>> store_issued_key(Call& call, KeyIssue issue,
                                                        domain::CommandId command) {
    auto asking = may_manage_members(call, issue.workspace);
    auto wrong = co_await asking;
    if (wrong) co_return wrong;
    auto& identity = call.node.identity;
    auto storing =
        identity.store_service_key(identity.derive_key(issue.key_of(command)), issue.workspace,
                                   issue.account_of(command), *call.request.executor);
    const auto stored = co_await storing;
    if (!stored.ok()) co_return problem_of(stored.error());
    co_return std::nullopt;
}

}  // namespace outlay::api
