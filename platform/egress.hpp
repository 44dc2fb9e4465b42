// Where this installation may send requests to: addresses, the rules over them, and the one look at
// a URL that people gave. Names are resolved once; whoever calls afterwards connects to the
// addresses that were judged here. Implemented by platform/egress. Any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/values/result.hpp"

namespace outlay::platform {

// An IPv4 address stands in the last four bytes of its mapped form (::ffff:a.b.c.d).
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};
    bool operator==(const IpAddress&) const = default;
    bool is_v4() const;
    std::string text() const;
    // The canonical spellings only: four decimal numbers, or RFC 4291 without brackets or zone.
    static std::optional<IpAddress> parse(std::string_view text);
};

struct AddressRange {
    IpAddress first;
    unsigned bits = 0;  // of the mapped form
    bool contains(const IpAddress& address) const;
    static std::optional<AddressRange> parse(std::string_view text);  // "10.0.0.0/8", "fd00::/8"
};

// What an administrator opens. The default lets https to public addresses through.
struct EgressPolicy {
    std::vector<AddressRange> allowed{};  // although not public; on any port
    bool http = false;                    // plain http too
};

// Whether an address belongs to the open internet: not loopback, private, shared, link-local,
// multicast, documentation or otherwise special, also not by way of an IPv6 form that embeds IPv4.
bool is_public(const IpAddress& address);

// A host written as a number, in any spelling that some resolver takes for an address: decimal,
// octal, hexadecimal, short, with a dot at its end. `is_number` with no address: a malformed one.
struct HostLiteral {
    bool is_number = false;
    std::optional<IpAddress> address{};
};
HostLiteral literal_of(std::string_view host);

// A URL, taken apart. `host` has no brackets; a literal stands in its canonical spelling.
struct WebAddress {
    bool is_tls = true;
    std::string host;
    std::uint16_t port = 443;
    std::string target;  // path and query, at least "/"
    std::optional<IpAddress> literal{};
    std::string text() const;
};
using EgressRefusal = std::string;  // a sentence for the person who gave the URL
domain::Result<WebAddress, EgressRefusal> parse_web_address(std::string_view url,
                                                            const EgressPolicy& policy);

// What is asked of the network around the process. Blocks; any thread.
class Network {
public:
    virtual ~Network() = default;
    // Every address of a name. The error says why there is none.
    virtual domain::Result<std::vector<IpAddress>, std::string> resolve(
        const std::string& host) const = 0;
    virtual std::vector<IpAddress> own_addresses() const = 0;
};

class SystemNetwork final : public Network {
public:
    domain::Result<std::vector<IpAddress>, std::string> resolve(
        const std::string& host) const override;
    std::vector<IpAddress> own_addresses() const override;
};

// Does not wait for names longer than it is told: the system's resolver may try dead servers for
// minutes. Questions that nobody waits for any more go on by themselves; while there are too many
// of them, further ones fail at once.
class BoundedNetwork final : public Network {
public:
    BoundedNetwork(std::shared_ptr<const Network> network, std::chrono::milliseconds patience);
    domain::Result<std::vector<IpAddress>, std::string> resolve(
        const std::string& host) const override;
    std::vector<IpAddress> own_addresses() const override;

private:
    struct Pending;
    std::shared_ptr<const Network> network_;
    std::chrono::milliseconds patience_;
    std::shared_ptr<Pending> pending_;
};

struct CheckedAddress {
    WebAddress web;
    std::vector<IpAddress> addresses;  // all of them may be called
};
struct EgressError {
    bool is_refused = true;  // false: the name does not resolve at the moment
    std::string detail;
};

class Egress {
public:
    Egress(EgressPolicy policy, const Network& network)
        : policy_(std::move(policy)), network_(network) {}
    // Takes the URL apart, resolves its host once, and judges every address of it. Blocks.
    domain::Result<CheckedAddress, EgressError> check(std::string_view url) const;

private:
    EgressPolicy policy_;
    const Network& network_;
};

}  // namespace outlay::platform
