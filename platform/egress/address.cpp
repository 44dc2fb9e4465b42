// Addresses, their text forms, and which of them are public. The ranges are those of the IANA
// special-purpose registries for IPv4 and IPv6.
#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "platform/egress.hpp"

namespace outlay::platform {

namespace {

constexpr std::size_t v4_at = 12;  // where an IPv4 address stands in its mapped form
constexpr unsigned v4_bits_before = 96;
constexpr unsigned bits_max = 128;

constexpr std::array<std::string_view, 16> special_v4{
    "0.0.0.0/8",       "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",
    "169.254.0.0/16",  "172.16.0.0/12",   "192.0.0.0/24",   "192.0.2.0/24",
    "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15",   "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"};
// Everything outside of 2000::/3 is refused anyway.
constexpr std::array<std::string_view, 5> special_v6{"2001::/23", "2001:db8::/32",
                                                     "2620:4f:8000::/48", "3fff::/20", "3ffe::/16"};

// Forms that carry an IPv4 address, and where it stands in them.
struct Embedding {
    std::string_view range;
    std::size_t at;
};
constexpr std::array embeddings{Embedding{"64:ff9b::/96", 12}, Embedding{"2002::/16", 2}};

bool is_in(std::string_view range, const IpAddress& address) {
    const auto parsed = AddressRange::parse(range);
    return parsed && parsed->contains(address);
}

IpAddress mapped(const std::uint8_t* four) {
    IpAddress address;
    address.bytes[10] = address.bytes[11] = 0xff;
    std::copy_n(four, 4, address.bytes.begin() + v4_at);
    return address;
}

bool is_public_v6(const IpAddress& address) {
    for (const auto& form : embeddings) {
        if (is_in(form.range, address)) return is_public(mapped(address.bytes.data() + form.at));
    }
    const auto is_special = [&](std::string_view range) { return is_in(range, address); };
    return is_in("2000::/3", address) && std::ranges::none_of(special_v6, is_special);
}

// One part of a number in a host: decimal, 0x hexadecimal or 0 octal.
std::optional<std::uint64_t> number_part(std::string_view part) {
    int base = 10;
    if (part.starts_with("0x") || part.starts_with("0X")) {
        base = 16;
        part.remove_prefix(2);
        if (part.empty()) return 0;
    } else if (part.size() > 1 && part.front() == '0') {
        base = 8;
        part.remove_prefix(1);
    }
    std::uint64_t value = 0;
    const auto* const end = part.data() + part.size();
    const auto [stop, error] = std::from_chars(part.data(), end, value, base);
    return error == std::errc{} && stop == end && !part.empty() ? std::optional(value)
                                                                : std::nullopt;
}

std::vector<std::string_view> labels_of(std::string_view host) {
    std::vector<std::string_view> labels;
    for (;;) {
        const auto dot = host.find('.');
        labels.push_back(host.substr(0, dot));
        if (dot == std::string_view::npos) return labels;
        host.remove_prefix(dot + 1);
    }
}

}  // namespace

bool IpAddress::is_v4() const {
    constexpr std::array<std::uint8_t, v4_at> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

std::string IpAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> out{};
    const auto* const from = is_v4() ? bytes.data() + v4_at : bytes.data();
    ::inet_ntop(is_v4() ? AF_INET : AF_INET6, from, out.data(), out.size());
    return out.data();
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    const std::string terminated(text);
    std::array<std::uint8_t, 4> four{};
    if (::inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) return mapped(four.data());
    IpAddress address;
    if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

bool AddressRange::contains(const IpAddress& address) const {
    const auto whole = bits / 8;
    if (!std::equal(first.bytes.begin(), first.bytes.begin() + whole, address.bytes.begin()))
        return false;
    const auto rest = bits % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff00U >> rest);
    return (first.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address) return std::nullopt;
    const unsigned before = address->is_v4() ? v4_bits_before : 0;
    unsigned bits = bits_max - before;
    if (slash != std::string_view::npos) {
        const auto length = text.substr(slash + 1);
        const auto* const end = length.data() + length.size();
        unsigned value = 0;
        const auto [stop, error] = std::from_chars(length.data(), end, value);
        if (error != std::errc{} || stop != end || length.empty() || value > bits)
            return std::nullopt;
        bits = value;
    }
    return AddressRange{*address, before + bits};
}

bool is_public(const IpAddress& address) {
    if (!address.is_v4()) return is_public_v6(address);
    return std::ranges::none_of(special_v4,
                                [&](std::string_view range) { return is_in(range, address); });
}

HostLiteral literal_of(std::string_view host) {
    if (host.find(':') != std::string_view::npos) return {true, IpAddress::parse(host)};
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto labels = labels_of(host);
    const auto last = labels.back();
    const bool all_digits =
        !last.empty() && std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
    if (!all_digits && !number_part(last)) return {};
    constexpr std::size_t parts_max = 4;
    if (labels.size() > parts_max) return {true, std::nullopt};
    // All parts but the last are one byte; the last fills what is left.
    std::uint64_t value = 0;
    for (std::size_t at = 0; at < labels.size(); ++at) {
        const auto part = number_part(labels[at]);
        const bool is_last = at + 1 == labels.size();
        const auto room = is_last ? 8 * (parts_max + 1 - labels.size()) : 8;
        if (!part || (*part >> room) != 0) return {true, std::nullopt};
        value = (value << room) | *part;
    }
    std::array<std::uint8_t, 4> four{};
    for (std::size_t i = 0; i < four.size(); ++i)
        four[i] = static_cast<std::uint8_t>(value >> (8 * (3 - i)));
    return {true, mapped(four.data())};
}

}  // namespace outlay::platform
