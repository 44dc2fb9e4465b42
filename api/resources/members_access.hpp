// What has to be known before a command on members goes its way: may the caller manage members (so
// that nothing is stored for somebody who may not), and the names behind user ids. Confined to the
// request's I/O thread, except where noted.
#pragma once

#include <memory>
#include <optional>

#include "api/resources/call.hpp"
#include "api/resources/members_view.hpp"

namespace outlay::api {

// Empty: the caller may. Otherwise the problem that ends the request. At or above the client's
// token.
platform::Task<std::optional<Problem>> may_manage_members(Call& call,
                                                          domain::WorkspaceId workspace);

// Loads the person with that id into `contacts`; member_unknown at `/user` if there is none.
platform::Task<std::optional<Problem>> load_person(Call& call, domain::WorkspaceId workspace,
                                                   domain::UserId user,
                                                   std::shared_ptr<Contacts> contacts);
// Loads the person behind a member, also one who has left, into `contacts`; nothing for service
// accounts and strangers.
platform::Task<std::optional<Problem>> load_member(Call& call, domain::WorkspaceId workspace,
                                                   domain::MemberId member,
                                                   std::shared_ptr<Contacts> contacts);

// Everybody of a workspace. On the session's thread.
sql::Result<Contacts> contacts_in(sql::Session& session, const domain::WorkspaceId& workspace);

// Whether a name and a mail address of a person keep the rules; errors name /name and /email.
void check_contact(const std::string& name, const std::string& email, BodyReader& reader);

}  // namespace outlay::api
