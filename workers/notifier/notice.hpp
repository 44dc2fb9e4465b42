// What a message, or several about one budget, say to people: a title and some facts in plain text.
// Every kind of channel that people read is rendered from it. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "domain/channel/events.hpp"
#include "workers/notifier/message.hpp"

namespace outlay::workers::notifier {

struct Notice {
    std::string title;                                       // one line
    std::vector<std::pair<std::string, std::string>> facts;  // label and value, one line each
    domain::channel::Severity severity = domain::channel::Severity::info;
    bool is_over = false;                      // what it tells has ended
    std::optional<domain::BudgetId> budget{};  // that all of it is about, if it is one
    std::string period{};                      // of an alert
    std::string alert_key{};  // the same from the raising of an alert to its end; "" : no alert
    std::string link{};       // to what it is about, for whoever has a key; "" : none
};

// `code` confirms the channel, "" without one: a part of test messages only.
Notice notice_of(const Message& message, const std::string& code);
// The messages are about one budget or about several, the newest last; one: as above.
Notice notice_of(std::span<const Message* const> messages, const std::string& code);

// At most so many bytes from the front, without cutting a character of UTF-8 in two.
std::string_view first_bytes(std::string_view text, std::size_t bytes_max);
// "label: value" line by line.
std::string lines_of(const Notice& notice);

}  // namespace outlay::workers::notifier
