// Deciders of a channel. Who may manage channels is `authorise`'s answer before a command comes
// here.
#include "domain/channel/decide.hpp"

#include <algorithm>

#include "domain/channel/message_types.hpp"
#include "domain/values/check.hpp"
#include "domain/values/field_check.hpp"

namespace outlay::domain::channel {

namespace {

constexpr bool needs_confirmation(Kind kind) {
    return kind != Kind::webhook;  // one that is not its owner's learns nothing: it has no secret
}

template <typename Entry>
void check_list(FieldCheck& check, std::string_view pointer, const std::vector<Entry>& list) {
    check.require(list.size() <= routes_max, pointer, "too_many", "At most 100 entries.");
}

void check_routing(FieldCheck& check, const Routing& routing) {
    check_list(check, "/severities", routing.severities);
    check_list(check, "/budgets", routing.budgets);
    check_list(check, "/members", routing.members);
}

// The path of a chat's hook is its secret: scheme and host are shown.
Target shown_for(Kind kind, Target target) {
    if (kind == Kind::webhook || form_of(kind) != Form::url) return target;
    const auto scheme = target.shown.find("://");
    const auto path = scheme == std::string::npos ? scheme : target.shown.find('/', scheme + 3);
    if (path != std::string::npos) target.shown = target.shown.substr(0, path) + "/***";
    return target;
}

template <typename Choice>  // left out of the event where nothing is chosen
std::optional<Choice> told(const Choice& choice) {
    return choice == Choice{} ? std::nullopt : std::optional(choice);
}

Fail<Refusal> no_such_channel() {
    return refuse(RefusalCode::not_found, "There is no such channel.");
}

void check_headers(FieldCheck& check, Kind kind, const Target& target) {
    check.require(!target.headers || kind == Kind::webhook, "/headers", "not_applicable",
                  "Only webhooks have header fields of their own.");
}

// ntfy posts to the server's root and names the topic in the body, so the path ends in one.
bool ends_in_topic(std::string_view url) {
    constexpr std::size_t topic_max = 64;
    const auto host = url.find("//");
    const auto slash = url.rfind('/');
    if (host == std::string_view::npos || slash <= host + 1) return false;
    const auto topic = url.substr(slash + 1);
    return !topic.empty() && topic.size() <= topic_max && std::ranges::all_of(topic, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

// Before it is masked: what it shows of a URL is all but the query, which a topic does not have.
void check_topic(FieldCheck& check, Kind kind, Form form, const Target& target) {
    check.require(kind != Kind::ntfy || form != Form::url || ends_in_topic(target.shown), "/url",
                  "malformed", "Must end in a topic, like https://ntfy.example.org/money.");
}

void check_description(FieldCheck& check, const std::string& description) {
    if (!description.empty()) check.text("/description", description, name_text);
}

// A channel that is sent digests may choose nothing else.
void check_patterns(FieldCheck& check, Kind kind, const std::vector<std::string>& patterns,
                    const Timing& timing) {
    check.require(!patterns.empty() || timing.digest, "/events", "required",
                  "Must choose at least one type.");
    check.require(patterns.size() <= patterns_max, "/events", "too_many", "At most 20 entries.");
    for (std::size_t at = 0; at < patterns.size() && at < patterns_max; ++at) {
        check.require(is_pattern(patterns[at]), entry_pointer("/events", at), "unknown_type",
                      "Must be a type of message, a family like alert.*, or *.");
        check.require(!is_pattern(patterns[at]) || is_pattern(kind, patterns[at]),
                      entry_pointer("/events", at), "not_applicable",
                      "Only webhooks carry the changes of expenses and budgets.");
    }
}

}  // namespace

Decision<Events> decide(const Channel& channel, const RegisterChannel& command, const Context&) {
    if (channel.exists || channel.removed) {
        return refuse(RefusalCode::already_exists, "The channel exists already.");
    }
    const auto timing = edited({}, command.timing);
    FieldCheck check;
    check_description(check, command.description);
    check_patterns(check, command.kind, command.events, timing);
    check_routing(check, command.routing);
    check_timing(check, timing, is_for_people(command.kind));
    check_headers(check, command.kind, command.target);
    check_topic(check, command.kind, form_of(command.kind), command.target);
    check.require(!command.signature || command.kind == Kind::webhook, "/signature",
                  "not_applicable", "Only webhooks are signed.");
    check.require(!command.format || command.kind == Kind::slack, "/format", "not_applicable",
                  "Only slack channels have a format.");
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};
    ChannelRegistered event{command.kind,         command.description,
                            command.events,       shown_for(command.kind, command.target),
                            command.secret,       command.format,
                            told(command.routing)};
    if (needs_confirmation(command.kind) && !command.is_trusted) event.unconfirmed = true;
    event.timing = told(timing);
    event.signature = command.signature;
    return Events{event};
}

namespace {

ChannelUpdated as_it_is(const Channel& channel) {
    ChannelUpdated same{channel.description, channel.events, channel.target, told(channel.routing)};
    if (channel.unconfirmed) same.unconfirmed = true;
    same.timing = told(channel.timing);
    return same;
}

ChannelUpdated changed(const Channel& channel, const EditChannel& command) {
    auto wanted = as_it_is(channel);
    if (command.description) wanted.description = *command.description;
    if (command.events) wanted.events = *command.events;
    auto routing = channel.routing;
    if (command.severities) routing.severities = *command.severities;
    if (command.budgets) routing.budgets = *command.budgets;
    if (command.members) routing.members = *command.members;
    wanted.routing = told(routing);
    wanted.timing = told(edited(channel.timing, command.timing));
    const auto target =
        command.target ? shown_for(channel.kind, command.target->target) : channel.target;
    if (target != channel.target) {
        wanted.target = target;
        if (needs_confirmation(channel.kind)) {
            wanted.secret = command.target->code;
            wanted.unconfirmed = true;
        }
    }
    if (command.is_trusted) wanted.unconfirmed.reset();
    return wanted;
}

}  // namespace

bool is_for_people(Kind kind) {
    return kind == Kind::slack || kind == Kind::email || kind == Kind::ntfy;
}

Form form_of(Kind kind) {
    switch (kind) {
        case Kind::webhook:
        case Kind::slack:
        case Kind::ntfy:
            return Form::url;
        case Kind::pagerduty:
            return Form::routing_key;
        case Kind::email:
            return Form::mail;
    }
    CHECK(false, "a kind outside its enumeration");
    return Form::url;
}

Decision<Events> decide(const Channel& channel, const EditChannel& command, const Context&) {
    if (!channel.exists) return no_such_channel();
    const auto wanted = changed(channel, command);
    FieldCheck check;
    if (command.description) check_description(check, *command.description);
    const auto timing = wanted.timing.value_or(Timing{});
    check_patterns(check, channel.kind, wanted.events, timing);
    check_routing(check, wanted.routing.value_or(Routing{}));
    check_timing(check, timing, is_for_people(channel.kind));
    if (command.target) {
        check_headers(check, channel.kind, command.target->target);
        check_topic(check, channel.kind, command.target->form, command.target->target);
    }
    check.require(!command.target || command.target->form == form_of(channel.kind), "",
                  "not_applicable", "A channel of this kind has another sort of address.");
    check.require(!command.target || !command.target->has_token || channel.kind == Kind::ntfy,
                  "/token", "not_applicable", "Only ntfy channels have an access token.");
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};

    Events events;
    if (wanted != as_it_is(channel)) events.emplace_back(wanted);
    if (command.paused && *command.paused != channel.paused) {
        if (*command.paused) {
            events.emplace_back(ChannelPaused{});
        } else {
            events.emplace_back(ChannelResumed{});
        }
    }
    return events;
}

Decision<Events> decide(const Channel& channel, const ConfirmChannel& command, const Context&) {
    if (!channel.exists) return no_such_channel();
    if (!channel.unconfirmed) return Events{};
    if (!command.is_right(channel.secret)) {
        FieldCheck check;
        check.require(false, "/code", "wrong_code",
                      "Is not the code of the last test message; POST .../test sends it again.");
        return Fail{*std::move(check).objection()};
    }
    return Events{ChannelConfirmed{}};
}

Decision<Events> decide(const Channel& channel, const RotateSecret& command, const Context&) {
    if (!channel.exists) return no_such_channel();
    if (channel.kind != Kind::webhook) {
        return refuse(RefusalCode::state_conflict, "Only webhooks have a signing secret.");
    }
    return Events{ChannelSecretRotated{command.secret}};
}

Decision<Events> decide(const Channel& channel, const RemoveChannel&, const Context&) {
    if (channel.removed) return Events{};
    if (!channel.exists) return no_such_channel();
    return Events{ChannelRemoved{}};
}

}  // namespace outlay::domain::channel
