// The resolver and the interfaces of the machine.
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "platform/egress.hpp"

namespace outlay::platform {

namespace {

std::optional<IpAddress> address_of(const sockaddr* socket) {
    if (socket == nullptr) return std::nullopt;
    IpAddress address;
    if (socket->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, socket, sizeof v4);
        address.bytes[10] = address.bytes[11] = 0xff;
        std::memcpy(address.bytes.data() + 12, &v4.sin_addr, 4);
        return address;
    }
    if (socket->sa_family != AF_INET6) return std::nullopt;
    sockaddr_in6 v6{};
    std::memcpy(&v6, socket, sizeof v6);
    std::memcpy(address.bytes.data(), &v6.sin6_addr, address.bytes.size());
    return address;
}

void add(std::vector<IpAddress>& all, const sockaddr* socket) {
    const auto address = address_of(socket);
    if (address && std::ranges::find(all, *address) == all.end()) all.push_back(*address);
}

}  // namespace

domain::Result<std::vector<IpAddress>, std::string> SystemNetwork::resolve(
    const std::string& host) const {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_ADDRCONFIG;
    addrinfo* raw = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &wanted, &raw);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> found(raw, [](addrinfo* list) {
        if (list != nullptr) ::freeaddrinfo(list);
    });
    if (failed != 0) return domain::Fail{std::string(::gai_strerror(failed))};
    std::vector<IpAddress> all;
    for (const auto* one = found.get(); one != nullptr; one = one->ai_next) add(all, one->ai_addr);
    return all;
}

std::vector<IpAddress> SystemNetwork::own_addresses() const {
    ifaddrs* raw = nullptr;
    if (::getifaddrs(&raw) != 0) return {};
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> found(
        raw, [](ifaddrs* list) { ::freeifaddrs(list); });
    std::vector<IpAddress> all;
    for (const auto* one = found.get(); one != nullptr; one = one->ifa_next)
        add(all, one->ifa_addr);
    return all;
}

}  // namespace outlay::platform
