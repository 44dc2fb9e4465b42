// The one rendering of an event.
#include "views/event.hpp"

#include "platform/json/writer.hpp"

namespace outlay::views {

namespace {

// What stands around it comes to less than 1,000 bytes; receivers may refuse more than 20 KB.
constexpr std::size_t data_bytes_max = 19'000;

std::string rendered(const EventView& event, std::string_view data) {
    const auto& actor = event.meta.actor;
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("id", event.meta.id.text())
        .field("object", "event")
        .field("type", event.type)
        .field("subject", event.subject)
        .field("version", static_cast<std::int64_t>(event.meta.version))
        .field("at", event.meta.decided_at.text());
    out.key("actor").begin_object().field("member", actor.member.text());
    if (actor.user) out.field("user", actor.user->text());
    out.end_object();
    out.field("command", event.meta.command.text())
        .field("position", event.position.text())
        .key("data")
        .raw(data)
        .end_object();
    return body;
}

}  // namespace

std::string event_body(const EventView& event) {
    return rendered(event, event.data);
}

std::string change_document(const EventView& event) {
    return rendered(event, event.data.size() <= data_bytes_max ? event.data : "null");
}

}  // namespace outlay::views
