// A message as people and programs get it, in lists and in streams: what was said to everybody of a
// workspace, with the document as it was sent. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/values/ids.hpp"
#include "platform/sql.hpp"

namespace outlay::views {

struct MessageView {
    domain::MessageId id;
    std::string type;
    std::string timestamp;
    std::optional<std::string> severity{};
    std::string data;  // JSON, one line
};

// The columns of outlay.outbox m that `message_row` reads, from the first on.
inline constexpr std::string_view message_columns =
    "m.id, m.kind, m.created_at, m.severity, m.payload";
MessageView message_row(const sql::Rows& rows, std::size_t row);

// The message that says that an alert is in this state: one, however often it is written.
domain::MessageId alert_message_id(const domain::AlertId& alert, std::string_view state);

std::string message_body(const MessageView& view);
// As webhooks and streams carry it: without what belongs to the resource. `data` is JSON.
std::string message_event(std::string_view type, std::string_view timestamp, std::string_view data);

}  // namespace outlay::views
