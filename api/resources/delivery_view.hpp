// A delivery as the API shows it: in lists, and whole with its message and the log of attempts.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "platform/sql.hpp"

namespace outlay::api {

// What the views are made of; the message is m, the delivery d.
inline constexpr std::string_view select_deliveries =
    "SELECT d.id, d.channel, d.message, m.kind, d.state, d.attempts, d.next_attempt_at,"
    " d.last_error, d.created_at, d.updated_at, m.created_at, m.payload, d.last_status,"
    " d.last_error_class FROM outlay.deliveries d JOIN outlay.outbox m ON m.id = d.message";
inline constexpr std::size_t delivery_id_column = 0;
inline constexpr std::size_t delivery_created_column = 8;
// $1: the workspace, $2: the delivery.
inline constexpr std::string_view select_attempts =
    "SELECT number, at, status, error, error_class, request, answer, millis, next_attempt_at"
    " FROM outlay.delivery_attempts WHERE workspace = $1 AND delivery = $2 ORDER BY number";

std::string delivery_body(const sql::Rows& rows, std::size_t row);
// Of the first row, with the message as it is sent and every attempt that is still kept.
std::string whole_delivery_body(const sql::Rows& rows, const sql::Rows& attempts);

}  // namespace outlay::api
