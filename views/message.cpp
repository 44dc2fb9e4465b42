// The one rendering of a message.
#include "views/message.hpp"

#include "domain/values/check.hpp"
#include "domain/values/dates.hpp"
#include "platform/json/writer.hpp"

namespace outlay::views {

namespace {

std::string instant_of(const std::string& cell) {
    const auto instant = domain::Instant::parse(cell);
    CHECK(instant.has_value(), "a timestamp cell of another form");
    return instant->text();
}

}  // namespace

MessageView message_row(const sql::Rows& rows, std::size_t row) {
    MessageView view;
    view.id = {rows.uuid(row, 0)};
    view.type = rows.text(row, 1);
    view.timestamp = rows.text(row, 2);
    view.severity = rows.optional_text(row, 3);
    view.data = rows.text(row, 4);
    return view;
}

std::string message_body(const MessageView& view) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("id", view.id.text())
        .field("object", "message")
        .field("type", view.type)
        .field("timestamp", instant_of(view.timestamp))
        .field("severity", view.severity)
        .key("data")
        .raw(view.data)
        .end_object();
    return body;
}

std::string message_event(const MessageView& view) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("type", view.type)
        .field("timestamp", instant_of(view.timestamp))
        .key("data")
        .raw(view.data)
        .end_object();
    return body;
}

}  // namespace outlay::views
