// The payload is readable text, "<journal> <partition>:<offset>"; seal keeps it from being changed.
#include "api/resources/flow_position.hpp"

#include "api/http/cursor.hpp"

namespace outlay::api {

namespace {

constexpr std::string_view purpose = "position";

// The journal that a token claims to be of; it is not believed, only told apart.
std::string_view claimed_journal(std::string_view payload) {
    const auto space = payload.find(' ');
    return space == std::string_view::npos ? std::string_view() : payload.substr(0, space);
}

bool is_name(std::string_view text) {
    constexpr std::string_view octets =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return !text.empty() && text.find_first_not_of(octets) == std::string_view::npos;
}

}  // namespace

std::string seal_position(const platform::Secret& secret, std::string_view journal,
                          const journal::Position& position) {
    return seal(secret, purpose, std::string(journal) + " " + position.text());
}

OpenedPosition open_position(const platform::Secret& secret, std::string_view journal,
                             std::string_view token) {
    const auto decoded = platform::decode_base64url(token);
    if (!decoded) return MalformedToken{};
    const auto claimed = claimed_journal(*decoded);
    if (claimed != journal && is_name(claimed)) return ForeignToken{};
    const auto payload = open(secret, purpose, token);
    if (!payload || claimed != journal) return MalformedToken{};
    const auto position =
        journal::Position::parse(std::string_view(*payload).substr(journal.size() + 1));
    if (!position) return MalformedToken{};
    return *position;
}

}  // namespace outlay::api
