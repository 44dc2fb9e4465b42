// Ids derive, so that laying out twice is laying out once.
#include "views/delivery.hpp"

#include "platform/hash.hpp"

namespace outlay::views {

domain::DeliveryId delivery_id(const domain::MessageId& message, const domain::ChannelId& channel) {
    return {platform::uuid_of_name(message.value, channel.text())};
}

}  // namespace outlay::views
