// People and service accounts of a workspace as the API shows them. Roles and keys are facts of the
// workspace; names and mail addresses of people are identity's. Values; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/resources/body_reader.hpp"
#include "api/resources/call.hpp"

namespace outlay::api {

struct Contact {
    std::string name;
    std::optional<std::string> email;
};
using Contacts = std::map<domain::UserId, Contact>;

// CHECKs that the workspace has the member. `secret` is a key to show once, or "".
std::string member_body(const domain::MemberId& id, const domain::workspace::Workspace& workspace,
                        const Contacts& contacts, std::string_view secret = {});

// The version of a member in the state of its workspace; 0 if there is no such member.
std::uint64_t member_version(const journal::Versioned& workspace, const domain::MemberId& id);

// In the order in which they came.
std::vector<domain::MemberId> members_in_order(const domain::workspace::Workspace& workspace);

std::string member_location(const domain::WorkspaceId& workspace, const domain::MemberId& id);

// The member "role" of a body; an error is noted if it is missing or unknown.
std::optional<domain::Role> read_role(BodyReader& reader);

// A key of a service account. Time and version are those of the event that issued it.
struct KeyView {
    domain::KeyId id;
    domain::MemberId service_account;
    std::string last4;
    domain::Instant issued_at;
    std::uint64_t version = 0;
};
std::string key_body(const KeyView& key, std::string_view secret = {});

}  // namespace outlay::api
