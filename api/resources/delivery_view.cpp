// The one rendering of a delivery.
#include "api/resources/delivery_view.hpp"

#include "platform/json/writer.hpp"
#include "views/cells.hpp"
#include "views/message.hpp"

namespace outlay::api {

namespace {

void write_number(json::Writer& out, std::string_view name, std::optional<std::int64_t> number) {
    out.key(name);
    if (number)
        out.integer(*number);
    else
        out.null();
}

void write_delivery(json::Writer& out, const sql::Rows& rows, std::size_t row) {
    out.field("id", domain::DeliveryId{rows.uuid(row, delivery_id_column)}.text())
        .field("object", "delivery")
        .field("channel", domain::ChannelId{rows.uuid(row, 1)}.text())
        .field("message", domain::MessageId{rows.uuid(row, 2)}.text())
        .field("type", rows.text(row, 3))
        .field("state", rows.text(row, 4))
        .field("attempts", rows.integer(row, 5))
        .field("next_attempt_at", views::optional_instant(rows, row, 6));
    write_number(out, "last_status", rows.optional_integer(row, 12));
    out.field("last_error", rows.optional_text(row, 7))
        .field("last_error_class", rows.optional_text(row, 13))
        .field("created_at", views::instant_text(rows.text(row, delivery_created_column)))
        .field("updated_at", views::instant_text(rows.text(row, 9)));
}

void write_attempt(json::Writer& out, const sql::Rows& rows, std::size_t row) {
    out.begin_object()
        .field("number", rows.integer(row, 0))
        .field("at", views::instant_text(rows.text(row, 1)));
    write_number(out, "status", rows.optional_integer(row, 2));
    out.field("error", rows.optional_text(row, 3)).field("error_class", rows.optional_text(row, 4));
    out.key("request_headers");
    if (const auto request = rows.optional_text(row, 5))
        out.raw(*request);
    else
        out.null();
    out.field("answer", rows.text(row, 6))
        .field("millis", rows.integer(row, 7))
        .field("next_attempt_at", views::optional_instant(rows, row, 8))
        .end_object();
}

}  // namespace

std::string delivery_body(const sql::Rows& rows, std::size_t row) {
    std::string body;
    json::Writer out(body);
    out.begin_object();
    write_delivery(out, rows, row);
    out.end_object();
    return body;
}

std::string whole_delivery_body(const sql::Rows& rows, const sql::Rows& attempts) {
    std::string body;
    json::Writer out(body);
    out.begin_object();
    write_delivery(out, rows, 0);
    out.key("body").raw(views::message_event(rows.text(0, 3), views::instant_text(rows.text(0, 10)),
                                             rows.text(0, 11)));
    out.key("log").begin_array();
    for (std::size_t row = 0; row < attempts.size(); ++row) write_attempt(out, attempts, row);
    out.end_array().end_object();
    return body;
}

}  // namespace outlay::api
