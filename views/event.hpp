// An event as the outside sees it: in the history of what it changed, and as a message of the
// change feed. Values; any thread.
#pragma once

#include <string>
#include <string_view>

#include "domain/context.hpp"
#include "journal/position.hpp"

namespace outlay::views {

// Borrows all of it.
struct EventView {
    std::string_view type;
    std::string_view subject;  // the id of what it changed
    const domain::EventMeta& meta;
    const journal::Position& position;
    std::string_view data;  // JSON, as stored
};

std::string event_body(const EventView& event);

// The same for a message, which stays below 20 KB: `data` that is too long for that is null.
std::string change_document(const EventView& event);

}  // namespace outlay::views
