// What people ask of deliveries by hand: asked as the caller, written as the installation, and done
// once per idempotency key. Confined to the request's I/O thread, but for what takes a session.
#pragma once

#include <functional>
#include <string>

#include "api/resources/call.hpp"

namespace outlay::api {

// Writes and answers with 202; any other answer is for one request, whatever its key. On the
// session's thread.
using Writing = std::function<sql::Result<Response>(sql::Session&)>;
struct DeliveryRequest {
    domain::WorkspaceId workspace;
    QueryBody question;  // 200: the caller sees what is asked for
    Writing writing;
    std::string canonical_body{};  // "" without one
};
// A repeated request under the same key is answered like the first one; 422 for another request.
platform::Task<Response> write_as_manager(Call& call, DeliveryRequest wanted);

// On the session's thread.
sql::Result<bool> has_channel(sql::Session& session, const domain::WorkspaceId& workspace,
                              const domain::ChannelId& channel);
}  // namespace outlay::api
