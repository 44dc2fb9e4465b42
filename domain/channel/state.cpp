// How events change a channel. Events are facts: they are applied without being questioned.
#include "domain/channel/state.hpp"

namespace outlay::domain::channel {

namespace {

void apply(Channel& state, const ChannelRegistered& event, const EventMeta& meta) {
    state.exists = true;
    state.kind = event.kind;
    state.description = event.description;
    state.events = event.events;
    state.target = event.target;
    state.format = event.format;
    state.routing = event.routing.value_or(Routing{});
    state.timing = event.timing.value_or(Timing{});
    state.signature = event.signature.value_or(Signature::v1);
    state.unconfirmed = event.unconfirmed.value_or(false);
    state.secret = event.secret;
    state.created_at = meta.decided_at;
}

void apply(Channel& state, const ChannelUpdated& event, const EventMeta&) {
    state.description = event.description;
    state.events = event.events;
    state.target = event.target;
    state.routing = event.routing.value_or(Routing{});
    state.timing = event.timing.value_or(Timing{});
    state.unconfirmed = event.unconfirmed.value_or(false);
    if (event.secret) state.secret = *event.secret;
}

void apply(Channel& state, const ChannelPaused&, const EventMeta&) {
    state.paused = true;
}

void apply(Channel& state, const ChannelResumed&, const EventMeta&) {
    state.paused = false;
}

void apply(Channel& state, const ChannelSecretRotated& event, const EventMeta& meta) {
    state.previous_secret = state.secret;
    state.rotated_at = meta.decided_at;
    state.secret = event.secret;
}

void apply(Channel& state, const ChannelConfirmed&, const EventMeta&) {
    state.unconfirmed = false;
}

void apply(Channel& state, const ChannelRemoved&, const EventMeta&) {
    state.exists = false;
    state.removed = true;
}

}  // namespace

void evolve(Channel& state, const Event& event, const EventMeta& meta) {
    std::visit([&](const auto& fact) { apply(state, fact, meta); }, event);
    state.updated_at = meta.decided_at;
}

}  // namespace outlay::domain::channel
