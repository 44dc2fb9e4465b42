// The judgement over a URL and every address behind it.
#include <algorithm>

#include "platform/egress.hpp"

namespace outlay::platform {

namespace {

using Checked = domain::Result<CheckedAddress, EgressError>;

Checked refuse(std::string detail) {
    return domain::Fail{EgressError{true, std::move(detail)}};
}

bool is_usual_port(const WebAddress& web) {
    constexpr std::array<std::uint16_t, 2> secure{443, 8443};
    constexpr std::array<std::uint16_t, 2> plain{80, 8080};
    return std::ranges::find(web.is_tls ? secure : plain, web.port) !=
           (web.is_tls ? secure : plain).end();
}

}  // namespace

Checked Egress::check(std::string_view url) const {
    auto web = parse_web_address(url, policy_);
    if (!web.ok()) return refuse(web.error());
    std::vector<IpAddress> addresses;
    if (web->literal) {
        addresses.push_back(*web->literal);
    } else {
        auto found = network_.resolve(web->host);
        if (!found.ok()) return domain::Fail{EgressError{false, found.error()}};
        addresses = std::move(found).value();
    }
    if (addresses.empty()) return domain::Fail{EgressError{false, "The name has no address."}};
    const auto own = network_.own_addresses();
    bool all_listed = true;
    for (const auto& address : addresses) {
        const bool is_listed = std::ranges::any_of(
            policy_.allowed, [&](const AddressRange& range) { return range.contains(address); });
        all_listed = all_listed && is_listed;
        if (is_listed) continue;
        if (!is_public(address) || std::ranges::find(own, address) != own.end())
            return refuse("The URL leads to an address that must not be called.");
    }
    if (!all_listed && !is_usual_port(*web))
        return refuse(web->is_tls ? "The port must be 443 or 8443."
                                  : "The port must be 80 or 8080.");
    return CheckedAddress{std::move(web).value(), std::move(addresses)};
}

}  // namespace outlay::platform
