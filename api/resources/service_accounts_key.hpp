// The issue of a key to a service account: which ids the issuing command gives, and how the hash is
// stored. The secret derives from the root secret and the key's id, so a retried request shows it
// again.
#pragma once

#include <optional>

#include "api/auth/identity.hpp"
#include "api/resources/call.hpp"

namespace outlay::api {

struct KeyIssue {
    domain::WorkspaceId workspace;
    std::optional<domain::MemberId> account;  // empty: the command makes the account too

    domain::MemberId account_of(const domain::CommandId& command) const;
    domain::KeyId key_of(const domain::CommandId& command) const;
};

// To be run before the append: nobody gets an answer with a key that does not work yet. Stores
// nothing for somebody who may not manage members.
platform::Task<std::optional<Problem>> store_issued_key(Call& call, KeyIssue issue,
                                                        domain::CommandId command);

}  // namespace outlay::api
