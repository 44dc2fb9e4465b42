// A delivery as it is laid into the lane of its channel: by the notifier, and by who asks for it by
// hand. Pure; any thread.
#pragma once

#include <array>

#include "domain/values/ids.hpp"
#include "platform/sql.hpp"

namespace outlay::views {

inline constexpr std::array delivery_columns{
    sql::Column{"id", sql::Type::uuid},
    sql::Column{"message", sql::Type::uuid},
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"channel", sql::Type::uuid},
    sql::Column{"state", sql::Type::text},
    sql::Column{"next_attempt_at", sql::Type::timestamp},
    sql::Column{"created_at", sql::Type::timestamp},
    sql::Column{"updated_at", sql::Type::timestamp},
    sql::Column{"type", sql::Type::text},  // of the message
};
inline constexpr sql::Table deliveries{"outlay.deliveries", delivery_columns, 1};

// One message has one delivery per channel, however often it is laid out.
domain::DeliveryId delivery_id(const domain::MessageId& message, const domain::ChannelId& channel);

}  // namespace outlay::views
