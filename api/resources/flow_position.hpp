// Position tokens: what a client carries from a write to a read, so that the read sees the write. A
// token names the journal that it was made for: after a move to another one it means nothing any
// more. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "journal/position.hpp"
#include "platform/hash.hpp"

namespace outlay::api {

struct ForeignToken {};    // of another journal
struct MalformedToken {};  // not made here, or changed on the way
using OpenedPosition = std::variant<journal::Position, ForeignToken, MalformedToken>;

std::string seal_position(const platform::Secret& secret, std::string_view journal,
                          const journal::Position& position);
OpenedPosition open_position(const platform::Secret& secret, std::string_view journal,
                             std::string_view token);

}  // namespace outlay::api
