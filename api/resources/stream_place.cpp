// The payload is readable text, "<journal> <offset> <message>"; seal keeps it from being changed
// and from being used for another workspace.
#include "api/resources/stream_place.hpp"

#include <charconv>
#include <optional>

#include "api/http/cursor.hpp"

namespace outlay::api {

namespace {

std::string purpose_of(const domain::WorkspaceId& workspace) {
    return "stream:" + workspace.text();
}

std::optional<StreamPlace> parsed(std::string_view text) {
    const auto space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    StreamPlace place;
    const auto* const end = text.data() + space;
    const auto read = std::from_chars(text.data(), end, place.offset);
    const auto message = domain::Uuid::parse(text.substr(space + 1));
    if (read.ec != std::errc{} || read.ptr != end || !message) return std::nullopt;
    place.message = *message;
    return place;
}

}  // namespace

StreamPlace end_of(std::int64_t next) {
    StreamPlace place{next - 1, {}};
    place.message.bytes.fill(0xff);
    return place;
}

std::string seal_place(const platform::Secret& secret, std::string_view journal,
                       const domain::WorkspaceId& workspace, const StreamPlace& place) {
    return seal(
        secret, purpose_of(workspace),
        std::string(journal) + " " + std::to_string(place.offset) + " " + place.message.text());
}

OpenedPlace open_place(const platform::Secret& secret, std::string_view journal,
                       const domain::WorkspaceId& workspace, std::string_view token) {
    const auto payload = open(secret, purpose_of(workspace), token);
    if (!payload) return MalformedToken{};
    const auto space = payload->find(' ');
    if (space == std::string::npos) return MalformedToken{};
    if (std::string_view(*payload).substr(0, space) != journal) return ForeignToken{};
    const auto place = parsed(std::string_view(*payload).substr(space + 1));
    if (!place) return MalformedToken{};
    return *place;
}

}  // namespace outlay::api
