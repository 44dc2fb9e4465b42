// What has to be known and stored before a command on channels goes its way: may the caller manage
// channels, may the URL be called, and the sealed forms of address and secret. Confined to the
// request's I/O thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/resources/call.hpp"
#include "api/resources/channel_address.hpp"

namespace outlay::api {

inline constexpr std::int64_t channels_max = 100;  // per workspace

// What is made for a channel: what signs its messages, or a code that confirms it.
enum class Made { nothing, secret, code };

// What a command on a channel wants of the store before its append.
struct ChannelPreparation {
    domain::WorkspaceId workspace;
    domain::ChannelId channel;
    bool is_new = false;
    std::optional<ChannelAddress> address{};  // to be judged and sealed
    Made made = Made::nothing;
    std::vector<domain::BudgetId> budgets{};  // that it chooses: they must be there
};
// Stores nothing for somebody who may not manage channels, or for a URL that must not be called.
platform::Task<std::optional<Problem>> prepare_channel(Call& call, ChannelPreparation wanted,
                                                       domain::CommandId command);

// What the channel's lane says once a command has applied.
struct LaneState {
    std::optional<std::string> disabled_at{};
    std::optional<std::string> disabled_reason{};
};
struct LaneLook {
    domain::WorkspaceId workspace;
    domain::ChannelId channel;
    // The endpoint may be called again, if it was given up. A repeated request opens nothing: the
    // endpoint may have been given up since.
    bool reopens = false;
};
platform::Task<std::optional<Problem>> look_at_lane(Call& call, LaneLook look, bool is_replayed,
                                                    std::shared_ptr<LaneState> lane);

// Ids of sealed forms: of the command, the channel and what is sealed, so that another request
// under the same idempotency key never takes the place of the first one.
domain::Uuid target_id(const domain::CommandId& command, const domain::ChannelId& channel,
                       const std::string& address);
domain::Uuid secret_id(const domain::CommandId& command, const domain::ChannelId& channel,
                       Made made);
// Both derive from the root secret and the id under which they are sealed, so that a repeated
// request shows the secret again, and a code is known without being opened.
std::string channel_secret(const Call& call, const domain::Uuid& sealed);
// Of signature v1a, whose secret is the seed of a key pair and is never shown.
std::string channel_public_key(const Call& call, const domain::Uuid& sealed);
std::string channel_code(const Call& call, const domain::Uuid& sealed);  // "K7Q2-9FWD"

// Reads for those who may manage channels: a URL may hold a token, and what an endpoint answered is
// theirs to see.
QueryBody for_managers(const Call& call, QueryBody body);
// Empty: the caller may manage channels here. On the session's thread.
sql::Result<std::optional<Problem>> channels_objection(const Call& call, sql::Session& session,
                                                       const domain::WorkspaceId& workspace);

}  // namespace outlay::api
