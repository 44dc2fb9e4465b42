// The stored form of channel events.
#include "events/family.hpp"
#include "events/value_fields.hpp"

namespace outlay::events {

namespace channel = domain::channel;

template <>
struct Words<channel::Kind> {
    static constexpr std::pair<channel::Kind, std::string_view> table[] = {
        {channel::Kind::webhook, "webhook"},     {channel::Kind::slack, "slack"},
        {channel::Kind::pagerduty, "pagerduty"}, {channel::Kind::email, "email"},
        {channel::Kind::ntfy, "ntfy"},
    };
};

template <>
struct Words<channel::Format> {
    static constexpr std::pair<channel::Format, std::string_view> table[] = {
        {channel::Format::slack, "slack"},
        {channel::Format::discord, "discord"},
        {channel::Format::mattermost, "mattermost"},
        {channel::Format::teams, "teams"},
        {channel::Format::google_chat, "google_chat"},
    };
};

template <>
struct Words<channel::Severity> {
    static constexpr std::pair<channel::Severity, std::string_view> table[] = {
        {channel::Severity::info, "info"},
        {channel::Severity::warning, "warning"},
        {channel::Severity::critical, "critical"},
    };
};

template <>
struct Words<channel::Signature> {
    static constexpr std::pair<channel::Signature, std::string_view> table[] = {
        {channel::Signature::v1, "v1"},
        {channel::Signature::v1a, "v1a"},
    };
};

template <>
struct Words<channel::Every> {
    static constexpr std::pair<channel::Every, std::string_view> table[] = {
        {channel::Every::day, "day"},
        {channel::Every::week, "week"},
    };
};

template <>
struct Words<channel::Span> {
    static constexpr std::pair<channel::Span, std::string_view> table[] = {
        {channel::Span::second, "second"},
        {channel::Span::minute, "minute"},
        {channel::Span::hour, "hour"},
    };
};

template <>
struct Layout<channel::Digest> {
    static constexpr auto fields =
        std::tuple(Field{"every", &channel::Digest::every}, Field{"at", &channel::Digest::at},
                   Field{"weekday", &channel::Digest::weekday});
};

template <>
struct Layout<channel::RateLimit> {
    static constexpr auto fields = std::tuple(Field{"messages", &channel::RateLimit::messages},
                                              Field{"per", &channel::RateLimit::per});
};

template <>
struct Layout<channel::Timing> {
    using Timing = channel::Timing;
    static constexpr auto fields =
        std::tuple(Field{"recipient", &Timing::recipient}, Field{"digest", &Timing::digest},
                   Field{"unacknowledged_minutes", &Timing::unacknowledged_minutes},
                   Field{"rate_limit", &Timing::rate_limit});
};

template <>
struct Layout<channel::Routing> {
    static constexpr auto fields = std::tuple(Field{"severities", &channel::Routing::severities},
                                              Field{"budgets", &channel::Routing::budgets},
                                              Field{"members", &channel::Routing::members});
};

template <>
struct Layout<channel::Target> {
    static constexpr auto fields = std::tuple(Field{"shown", &channel::Target::shown},
                                              Field{"sealed", &channel::Target::sealed},
                                              Field{"headers", &channel::Target::headers});
};

template <>
struct Layout<channel::ChannelRegistered> {
    static constexpr std::string_view type = "channel.registered";
    static constexpr std::int64_t schema = 1;
    using Event = channel::ChannelRegistered;
    static constexpr auto fields =
        std::tuple(Field{"kind", &Event::kind}, Field{"description", &Event::description},
                   Field{"events", &Event::events}, Field{"target", &Event::target},
                   Field{"secret", &Event::secret}, Field{"format", &Event::format},
                   Field{"routing", &Event::routing}, Field{"unconfirmed", &Event::unconfirmed},
                   Field{"timing", &Event::timing}, Field{"signature", &Event::signature});
};

template <>
struct Layout<channel::ChannelUpdated> {
    static constexpr std::string_view type = "channel.updated";
    static constexpr std::int64_t schema = 1;
    using Event = channel::ChannelUpdated;
    static constexpr auto fields =
        std::tuple(Field{"description", &Event::description}, Field{"events", &Event::events},
                   Field{"target", &Event::target}, Field{"routing", &Event::routing},
                   Field{"unconfirmed", &Event::unconfirmed}, Field{"secret", &Event::secret},
                   Field{"timing", &Event::timing});
};

template <>
struct Layout<channel::ChannelPaused> {
    static constexpr std::string_view type = "channel.paused";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple();
};

template <>
struct Layout<channel::ChannelResumed> {
    static constexpr std::string_view type = "channel.resumed";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple();
};

template <>
struct Layout<channel::ChannelSecretRotated> {
    static constexpr std::string_view type = "channel.secret_rotated";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields =
        std::tuple(Field{"secret", &channel::ChannelSecretRotated::secret});
};

template <>
struct Layout<channel::ChannelRemoved> {
    static constexpr std::string_view type = "channel.removed";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple();
};

template <>
struct Layout<channel::ChannelConfirmed> {
    static constexpr std::string_view type = "channel.confirmed";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple();
};

std::span<const TypeEntry> channel_types() {
    return TypeTable<channel::Event>::entries;
}

void write_data(json::Writer& writer, const channel::Event& event) {
    write_event(writer, event);
}

}  // namespace outlay::events
