// Packs operations into ids of at most 64 characters, which is what a fixed binary layout is for.
#include "api/resources/flow_operation.hpp"

#include <algorithm>

namespace outlay::api {

namespace {

constexpr std::string_view prefix = "op_";
constexpr std::string_view fingerprint_prefix = "k1:";
constexpr std::size_t uuid_bytes = 16;
constexpr std::size_t digest_bytes = 16;  // of a fingerprint
constexpr std::size_t second_bytes = 4;
constexpr std::size_t mac_bytes = 8;
constexpr std::size_t digest_at = uuid_bytes;
constexpr std::size_t second_at = digest_at + digest_bytes;
constexpr std::size_t journal_at = second_at + second_bytes;
constexpr std::size_t mac_at = journal_at + 1;
constexpr std::size_t all_bytes = mac_at + mac_bytes;
constexpr std::int64_t micros_per_second = 1'000'000;

std::string_view text_of(const domain::Uuid& id) {
    return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

int value_of(char digit) {
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

std::string bytes_of_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes.push_back(static_cast<char>(value_of(hex[i]) * 16 + value_of(hex[i + 1])));
    }
    return bytes;
}

char journal_byte(std::string_view journal) {
    return platform::bytes_of(platform::sha256(journal)).front();
}

std::string mac_of(const platform::Secret& secret, std::string_view journal,
                   const domain::WorkspaceId& workspace, std::string_view payload) {
    std::string bound(journal);
    bound.push_back('\0');
    bound.append(text_of(workspace.value)).append(payload);
    const auto digest = platform::keyed_hash(secret, "operation", bound);
    return std::string(platform::bytes_of(digest).substr(0, mac_bytes));
}

// Rounded up, so that nobody closes before the time that was promised.
std::uint32_t second_of(domain::Instant at) {
    return static_cast<std::uint32_t>((at.micros + micros_per_second - 1) / micros_per_second);
}

void append_second(std::string& out, std::uint32_t second) {
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        out.push_back(static_cast<char>((second >> (shift - 8)) & 0xFFU));
    }
}

domain::CommandId command_at_front(std::string_view bytes) {
    domain::CommandId command;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(bytes.data()), uuid_bytes,
                command.value.bytes.begin());
    return command;
}

domain::Instant instant_of(std::string_view bytes) {
    std::uint32_t second = 0;
    for (const char octet : bytes) second = (second << 8U) | static_cast<unsigned char>(octet);
    return {std::int64_t{second} * micros_per_second};
}

}  // namespace

std::string seal_operation(const platform::Secret& secret, std::string_view journal,
                           const journal::OperationQuery& operation) {
    const std::string_view fingerprint = operation.fingerprint;
    CHECK(fingerprint.starts_with(fingerprint_prefix) &&
              fingerprint.size() == fingerprint_prefix.size() + 2 * digest_bytes,
          "a fingerprint of another form");
    std::string payload(text_of(operation.command.value));
    payload += bytes_of_hex(fingerprint.substr(fingerprint_prefix.size()));
    append_second(payload, second_of(operation.settle_after));
    payload.push_back(journal_byte(journal));
    payload += mac_of(secret, journal, operation.workspace, payload);
    return std::string(prefix) + platform::base64url(payload);
}

OpenedOperation open_operation(const platform::Secret& secret, std::string_view journal,
                               const domain::WorkspaceId& workspace, std::string_view id) {
    if (!id.starts_with(prefix)) return MalformedOperation{};
    const auto bytes = platform::decode_base64url(id.substr(prefix.size()));
    if (!bytes || bytes->size() != all_bytes) return MalformedOperation{};
    const std::string_view all = *bytes;
    if (all[journal_at] != journal_byte(journal)) return ForeignOperation{};
    const auto mac = mac_of(secret, journal, workspace, all.substr(0, mac_at));
    if (!platform::equal_constant_time(mac, all.substr(mac_at))) return MalformedOperation{};
    journal::OperationQuery operation;
    operation.workspace = workspace;
    operation.command = command_at_front(all);
    operation.fingerprint =
        std::string(fingerprint_prefix) + platform::hex(all.substr(digest_at, digest_bytes));
    operation.settle_after = instant_of(all.substr(second_at, second_bytes));
    return operation;
}

std::optional<domain::CommandId> command_of_operation(std::string_view id) {
    if (!id.starts_with(prefix)) return std::nullopt;
    const auto bytes = platform::decode_base64url(id.substr(prefix.size()));
    if (!bytes || bytes->size() != all_bytes) return std::nullopt;
    return command_at_front(*bytes);
}

std::string fingerprint_of(const platform::Secret& secret, std::string_view canonical_request) {
    const auto digest = platform::keyed_hash(secret, "fingerprint", canonical_request);
    return std::string(fingerprint_prefix) +
           platform::hex(platform::bytes_of(digest).substr(0, digest_bytes));
}

}  // namespace outlay::api
