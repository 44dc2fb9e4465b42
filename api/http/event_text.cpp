// Lines end with LF; a reader takes CR and CRLF for line ends too, so data is split at each of
// them.
#include "api/http/event_text.hpp"

#include <algorithm>

namespace outlay::api {

namespace {

void append_lines(std::string& text, std::string_view data) {
    for (;;) {
        const auto end = std::min(data.find_first_of("\r\n"), data.size());
        text.append("data: ").append(data.substr(0, end)).append("\n");
        if (end == data.size()) return;
        data.remove_prefix(data.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
    }
}

}  // namespace

std::string event_text(const StreamEvent& event) {
    std::string text;
    if (!event.id.empty()) text.append("id: ").append(event.id).append("\n");
    if (!event.type.empty()) {
        text.append("event: ").append(event.type).append("\n");
        append_lines(text, event.data);
    }
    return text + "\n";
}

}  // namespace outlay::api
