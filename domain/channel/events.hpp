// Facts of one notification channel. Where it leads to and what it signs with never enter events:
// both are kept sealed in the store, and events name the sealed form by its id. Storage format:
// fields are only ever added.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/channel/timing.hpp"
#include "domain/context.hpp"

namespace outlay::domain::channel {

enum class Kind { webhook, slack, pagerduty, email, ntfy };
// What the hook of a slack channel understands.
enum class Format { slack, discord, mattermost, teams, google_chat };
enum class Severity { info, warning, critical };
// How webhooks are signed: with a shared secret (HMAC-SHA256) or with a key pair (ed25519).
enum class Signature { v1, v1a };

// Where a channel leads to: what people are shown of it, and the id of the sealed whole.
struct Target {
    std::string shown{};
    Uuid sealed;
    // Names of the header fields that go with each request; their values are sealed.
    std::optional<std::vector<std::string>> headers{};
    bool operator==(const Target&) const = default;
};

// Which alerts a channel gets: those that match every list that is not empty.
struct Routing {
    std::vector<Severity> severities{};
    std::vector<BudgetId> budgets{};
    std::vector<MemberId> members{};  // whose expense it was
    bool operator==(const Routing&) const = default;
};

// An empty list lets everything through.
template <typename Entry>
bool lets_through(const std::vector<Entry>& list, const std::optional<Entry>& entry) {
    return list.empty() || (entry && std::ranges::find(list, *entry) != list.end());
}

struct ChannelRegistered {
    Kind kind = Kind::webhook;
    std::string description{};
    std::vector<std::string> events{};  // patterns of message types, "alert.*"
    Target target;
    // The id of a sealed text: the signing secret of a webhook, the code that confirms any other
    // channel.
    Uuid secret;
    std::optional<Format> format{};     // of slack channels
    std::optional<Routing> routing{};   // left out: every alert
    std::optional<bool> unconfirmed{};  // true: nothing but its test message is sent yet
    std::optional<Timing> timing{};
    std::optional<Signature> signature{};  // of webhooks; left out: v1
    bool operator==(const ChannelRegistered&) const = default;
};
struct ChannelUpdated {  // all of it as it is from now on
    std::string description{};
    std::vector<std::string> events{};
    Target target;
    std::optional<Routing> routing{};
    std::optional<bool> unconfirmed{};
    std::optional<Uuid> secret{};  // a new code comes with a new target
    std::optional<Timing> timing{};
    bool operator==(const ChannelUpdated&) const = default;
};
struct ChannelConfirmed {  // somebody read the code where the channel leads to
    bool operator==(const ChannelConfirmed&) const = default;
};
struct ChannelPaused {
    bool operator==(const ChannelPaused&) const = default;
};
struct ChannelResumed {
    bool operator==(const ChannelResumed&) const = default;
};
struct ChannelSecretRotated {
    Uuid secret;
    bool operator==(const ChannelSecretRotated&) const = default;
};
struct ChannelRemoved {
    bool operator==(const ChannelRemoved&) const = default;
};

using Event = std::variant<ChannelRegistered, ChannelUpdated, ChannelPaused, ChannelResumed,
                           ChannelSecretRotated, ChannelRemoved, ChannelConfirmed>;

}  // namespace outlay::domain::channel
