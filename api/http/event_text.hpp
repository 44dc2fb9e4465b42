// One event of a text/event-stream (WHATWG HTML, server-sent events). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace outlay::api {

inline constexpr std::string_view event_stream = "text/event-stream";

struct StreamEvent {
    std::string_view id = {};    // "" : the reader keeps the one it has. No line breaks
    std::string_view type = {};  // "" : nothing is dispatched, only the id is taken over
    std::string_view data = {};  // any text; every line of it becomes a line of the event
};

std::string event_text(const StreamEvent& event);

}  // namespace outlay::api
