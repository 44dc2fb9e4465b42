// Messages that go together are about one budget or, where a limit is used up, about several.
#include "workers/notifier/alert_link.hpp"

#include <algorithm>

#include "platform/json/value.hpp"

namespace outlay::workers::notifier {

std::optional<domain::AlertId> alert_in(const Message& message) {
    if (!message.kind.starts_with("alert.")) return std::nullopt;
    const auto parsed = json::parse(message.document);
    const bool is_object = parsed.ok() && parsed->kind() == json::Kind::object;
    const auto* const id = is_object ? parsed->find("id") : nullptr;
    const bool is_text = id != nullptr && id->kind() == json::Kind::string;
    return is_text ? domain::AlertId::parse(id->text()) : std::nullopt;
}

std::string alert_link(const std::string& place, std::span<const Message* const> messages) {
    const auto tells_alert = [](const Message* message) { return alert_in(*message).has_value(); };
    if (messages.empty() || !std::ranges::all_of(messages, tells_alert)) return "";
    const auto list = place + "/alerts";
    if (messages.size() == 1) return list + "/" + alert_in(*messages.front())->text();
    const auto& budget = messages.front()->budget;
    const bool is_one = budget && std::ranges::all_of(messages, [&](const Message* message) {
                            return message->budget == budget;
                        });
    return is_one ? list + "?budget=" + budget->text() : list;
}

}  // namespace outlay::workers::notifier
