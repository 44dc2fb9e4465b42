// Keys of the installation's owner, as operators see them. In sessions with admin access, on their
// thread; nodes believe an ended key for at most 5 s more (identity.hpp).
#pragma once

#include <string>
#include <vector>

#include "api/auth/identity.hpp"

namespace outlay::api {

struct OwnerKey {
    domain::KeyId id;
    std::string last4;
    std::string created_at;
    bool is_ended = false;
};
// The oldest first; empty: there is no owner yet.
sql::Result<std::vector<OwnerKey>> owner_keys(sql::Session& session);

NewKey new_owner_key(const platform::Secret& root_secret, domain::Instant now);
// For the owner there is. Ended too: the owner, if somebody did that.
sql::Status add_owner_key(sql::Session& session, const NewKey& key, domain::Instant now);
// Answers how many.
sql::Result<std::int64_t> end_other_owner_keys(sql::Session& session, const domain::KeyId& kept,
                                               domain::Instant now);

}  // namespace outlay::api
