// One reader for what registrations and changes have in common.
#include "api/resources/channel_body_reader.hpp"

#include "views/channel.hpp"

namespace outlay::api {

namespace {

namespace channel = domain::channel;

channel::Digest read_digest(BodyReader& fields) {
    channel::Digest digest;
    if (const auto every = fields.required_string("every")) {
        const auto known = views::every_of(*every);
        if (!known) fields.fail("every", "unknown", "Must be day or week.");
        digest.every = known.value_or(channel::Every::day);
    }
    digest.at = fields.required_time("at").value_or(domain::TimeOfDay{});
    if (const auto weekday = fields.optional_string("weekday")) {
        digest.weekday = domain::Weekday::parse(*weekday);
        if (!digest.weekday) fields.fail("weekday", "unknown", "Must be monday to sunday.");
    }
    return digest;
}

channel::RateLimit read_rate_limit(BodyReader& fields) {
    channel::RateLimit limit;
    limit.messages = fields.required_integer("messages").value_or(0);
    if (const auto per = fields.required_string("per")) {
        const auto known = views::span_of(*per);
        if (!known) fields.fail("per", "unknown", "Must be second, minute or hour.");
        limit.per = known.value_or(channel::Span::hour);
    }
    return limit;
}

channel::TimingEdit read_timing(BodyReader& reader) {
    channel::TimingEdit timing;
    timing.recipient = reader.nullable_id<domain::MemberId>("recipient");
    timing.digest = reader.nullable_object("digest", read_digest);
    timing.unacknowledged_minutes = reader.nullable_integer("unacknowledged_minutes");
    timing.rate_limit = reader.nullable_object("rate_limit", read_rate_limit);
    return timing;
}

void read_choice(BodyReader& reader, channel::EditChannel& into) {
    into.description = reader.optional_string("description");
    into.events = reader.optional_strings("events");
    into.severities = read_list<channel::Severity>(reader, "severities", views::severity_of);
    into.budgets = read_list<domain::BudgetId>(reader, "budgets", domain::BudgetId::parse);
    into.members = read_list<domain::MemberId>(reader, "members", domain::MemberId::parse);
    into.timing = read_timing(reader);
    into.is_trusted = reader.optional_boolean("verify") == false;
}

std::optional<channel::Kind> read_kind(const Call& call, BodyReader& reader) {
    const auto name = reader.required_string("kind");
    if (!name) return std::nullopt;
    const auto kind = views::channel_kind_of(*name);
    if (!kind) {
        reader.fail("kind", "unknown_kind", "Must be webhook, slack, pagerduty, email or ntfy.");
    }
    if (kind == channel::Kind::email && !call.node.sends_mail) {
        reader.fail("kind", "not_configured",
                    "This installation sends no mail: it was started without OUTLAY_SMTP_URL.");
    }
    return kind;
}

// Programs get what is documented as the default; people also hear when another channel fails.
std::vector<std::string> usual_events(channel::Kind kind) {
    if (kind == channel::Kind::webhook) return {"alert.*"};
    return {"alert.*", "operations.*"};
}

std::optional<channel::Signature> read_signature(BodyReader& reader) {
    const auto name = reader.optional_string("signature");
    if (!name) return std::nullopt;
    const auto signature = views::signature_of(*name);
    if (!signature) reader.fail("signature", "unknown_signature", "Must be v1 or v1a.");
    return signature;
}

}  // namespace

std::optional<NewChannel> read_new_channel(const Call& call, BodyReader& reader) {
    NewChannel wanted;
    channel::EditChannel choice;
    const auto kind = read_kind(call, reader);
    auto address = read_address(reader);
    if (kind) wanted.address = address_for(*kind, std::move(address), reader);
    if (const auto format = reader.optional_string("format")) {
        wanted.command.format = views::channel_format_of(*format);
        if (!wanted.command.format) {
            reader.fail("format", "unknown_format",
                        "Must be slack, discord, mattermost, teams or google_chat.");
        }
    }
    read_choice(reader, choice);
    wanted.command.kind = kind.value_or(channel::Kind::webhook);
    wanted.command.description = choice.description.value_or("");
    wanted.command.events = choice.events.value_or(usual_events(wanted.command.kind));
    wanted.command.routing = {choice.severities.value_or(std::vector<channel::Severity>{}),
                              choice.budgets.value_or(std::vector<domain::BudgetId>{}),
                              choice.members.value_or(std::vector<domain::MemberId>{})};
    wanted.command.timing = choice.timing;
    wanted.command.signature = read_signature(reader);
    wanted.command.is_trusted = choice.is_trusted;
    return wanted;
}

std::optional<ChannelEdit> read_channel_edit(BodyReader& reader) {
    ChannelEdit edit;
    edit.address = read_address(reader);
    read_choice(reader, edit.command);
    if (const auto state = reader.optional_string("state")) {
        if (*state != "active" && *state != "paused")
            reader.fail("state", "unknown_state", "Must be active or paused.");
        edit.command.paused = *state == "paused";
    }
    return edit;
}

}  // namespace outlay::api
