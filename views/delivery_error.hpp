// Why an attempt to deliver failed, in one word of a closed list: kept by the notifier, filtered by
// in the log of deliveries. Pure; any thread.
#pragma once

#include <array>
#include <string_view>

namespace outlay::views {

enum class DeliveryError {
    refused,     // the egress guard forbids the address; nothing was sent
    unresolved,  // the name has no address
    connect,
    tls,
    timeout,   // no whole answer in time
    broken,    // the connection ended early, or what came is no answer
    status,    // an answer that asks for another attempt
    gone,      // an answer by which the channel was disabled
    rejected,  // an answer after which this message is never tried again
    setup,     // this installation cannot send: no mail server, or no key opens the secret
};
// In the order of the enumerators.
inline constexpr std::array<std::string_view, 10> delivery_error_names{
    "refused", "unresolved", "connect", "tls",      "timeout",
    "broken",  "status",     "gone",    "rejected", "setup"};

constexpr std::string_view delivery_error_name(DeliveryError error) {
    return delivery_error_names.at(static_cast<std::size_t>(error));
}

}  // namespace outlay::views
