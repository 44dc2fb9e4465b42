// Where the reader of a stream is: after one message of a workspace. As a token it is what `id`
// carries; it stays good over restarts and at every node, for as long as the journal is the same.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "api/resources/flow_position.hpp"
#include "domain/values/ids.hpp"

namespace outlay::api {

// Messages of a workspace are in the order of the log, those of one record in the order of their
// ids. They become visible in that order, too: one projector writes them, record by record.
struct StreamPlace {
    std::int64_t offset = -1;
    domain::Uuid message{};
    bool operator==(const StreamPlace&) const = default;
};
// After everything that the records below `next` said.
StreamPlace end_of(std::int64_t next);

using OpenedPlace = std::variant<StreamPlace, ForeignToken, MalformedToken>;

std::string seal_place(const platform::Secret& secret, std::string_view journal,
                       const domain::WorkspaceId& workspace, const StreamPlace& place);
OpenedPlace open_place(const platform::Secret& secret, std::string_view journal,
                       const domain::WorkspaceId& workspace, std::string_view token);

}  // namespace outlay::api
