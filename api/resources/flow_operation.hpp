// Operation ids: all that any node needs to know to tell, at any time, what became of a command
// that was answered with 202. An id is "op_" and 45 bytes in base64url, authenticated with the root
// secret: command, fingerprint, the second from which the command may be closed, one byte that
// tells journals apart, and a MAC over these, the workspace (which stands in the path, and decides
// the partition) and the journal. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "journal/submit.hpp"
#include "platform/hash.hpp"

namespace outlay::api {

struct ForeignOperation {};    // of another journal
struct MalformedOperation {};  // not made here, changed on the way, or of another workspace
using OpenedOperation = std::variant<journal::OperationQuery, ForeignOperation, MalformedOperation>;

std::string seal_operation(const platform::Secret& secret, std::string_view journal,
                           const journal::OperationQuery& operation);
OpenedOperation open_operation(const platform::Secret& secret, std::string_view journal,
                               const domain::WorkspaceId& workspace, std::string_view id);

// The command that an operation claims to be of, in whatever journal and workspace: enough to look
// for it, no proof of anything. Empty for what is no operation id.
std::optional<domain::CommandId> command_of_operation(std::string_view id);

// The fingerprint of a canonical request: "k1:" and 32 hexadecimal digits. k1 names the key, should
// there be others.
std::string fingerprint_of(const platform::Secret& secret, std::string_view canonical_request);

}  // namespace outlay::api
