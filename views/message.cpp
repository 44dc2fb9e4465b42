// The one rendering of a message.
#include "views/message.hpp"

#include "platform/hash.hpp"
#include "views/cells.hpp"

namespace outlay::views {

MessageView message_row(const sql::Rows& rows, std::size_t row) {
    MessageView view;
    view.id = {rows.uuid(row, 0)};
    view.type = rows.text(row, 1);
    view.timestamp = instant_text(rows.text(row, 2));
    view.severity = rows.optional_text(row, 3);
    view.data = rows.text(row, 4);
    return view;
}

domain::MessageId alert_message_id(const domain::AlertId& alert, std::string_view state) {
    return {platform::uuid_of_name(alert.value, state)};
}

std::string message_body(const MessageView& view) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("id", view.id.text())
        .field("object", "message")
        .field("type", view.type)
        .field("timestamp", view.timestamp)
        .field("severity", view.severity)
        .key("data")
        .raw(view.data)
        .end_object();
    return body;
}

std::string message_event(std::string_view type, std::string_view timestamp,
                          std::string_view data) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("type", type)
        .field("timestamp", timestamp)
        .key("data")
        .raw(data)
        .end_object();
    return body;
}

}  // namespace outlay::views
