// Deciders of a channel. Who may manage channels is `authorise`'s answer before a command comes
// here.
#include "domain/channel/decide.hpp"

#include "domain/channel/message_types.hpp"
#include "domain/values/field_check.hpp"

namespace outlay::domain::channel {

namespace {

Fail<Refusal> no_such_channel() {
    return refuse(RefusalCode::not_found, "There is no such channel.");
}

void check_description(FieldCheck& check, const std::string& description) {
    if (!description.empty()) check.text("/description", description, name_text);
}

void check_patterns(FieldCheck& check, const std::vector<std::string>& patterns) {
    check.require(!patterns.empty(), "/events", "required", "Must choose at least one type.");
    check.require(patterns.size() <= patterns_max, "/events", "too_many", "At most 20 entries.");
    for (std::size_t at = 0; at < patterns.size() && at < patterns_max; ++at) {
        check.require(is_pattern(patterns[at]), entry_pointer("/events", at), "unknown_type",
                      "Must be a type of message, a family like alert.*, or *.");
    }
}

}  // namespace

Decision<Events> decide(const Channel& channel, const RegisterChannel& command, const Context&) {
    if (channel.exists || channel.removed) {
        return refuse(RefusalCode::already_exists, "The channel exists already.");
    }
    FieldCheck check;
    check_description(check, command.description);
    check_patterns(check, command.events);
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};
    return Events{ChannelRegistered{command.kind, command.description, command.events,
                                    command.target, command.secret}};
}

Decision<Events> decide(const Channel& channel, const EditChannel& command, const Context&) {
    if (!channel.exists) return no_such_channel();
    FieldCheck check;
    if (command.description) check_description(check, *command.description);
    if (command.events) check_patterns(check, *command.events);
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};

    Events events;
    const ChannelUpdated wanted{command.description.value_or(channel.description),
                                command.events.value_or(channel.events),
                                command.target.value_or(channel.target)};
    if (wanted != ChannelUpdated{channel.description, channel.events, channel.target}) {
        events.emplace_back(wanted);
    }
    if (command.paused && *command.paused != channel.paused) {
        if (*command.paused) {
            events.emplace_back(ChannelPaused{});
        } else {
            events.emplace_back(ChannelResumed{});
        }
    }
    return events;
}

Decision<Events> decide(const Channel& channel, const RotateSecret& command, const Context&) {
    if (!channel.exists) return no_such_channel();
    return Events{ChannelSecretRotated{command.secret}};
}

Decision<Events> decide(const Channel& channel, const RemoveChannel&, const Context&) {
    if (channel.removed) return Events{};
    if (!channel.exists) return no_such_channel();
    return Events{ChannelRemoved{}};
}

}  // namespace outlay::domain::channel
