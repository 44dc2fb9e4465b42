// A channel as a row, as long as it exists.
#include "workers/projections/channels.hpp"

#include "domain/channel/message_types.hpp"
#include "views/channel.hpp"
#include "workers/cells.hpp"

namespace outlay::workers::channels {

namespace {

using domain::channel::Channel;

constexpr std::size_t first_of_position = columns.size() - 2;

Row row_of(const Fact& fact, const Channel& channel) {
    const auto& digest = channel.timing.digest;
    const auto& headers = channel.target.headers;
    return {cell(fact.workspace),
            cell(domain::ChannelId::parse(fact.aggregate)),
            cell(views::channel_kind_name(channel.kind)),
            cell(channel.description),
            cell(views::patterns_text(channel.events)),
            cell(channel.target.shown),
            cell(channel.target.sealed),
            cell(channel.secret),
            cell(channel.previous_secret),
            cell(channel.rotated_at),
            channel.format ? cell(views::channel_format_name(*channel.format)) : sql::Null{},
            cell(views::routing_text(channel.routing)),
            cell(views::timing_text(channel.timing)),
            cell(channel.timing.recipient),
            digest ? cell(views::every_name(digest->every)) : sql::Null{},
            cell(views::signature_name(channel.signature)),
            headers ? cell(views::patterns_text(*headers)) : sql::Null{},
            cell(views::channel_state_name(channel)),
            cell(fact.meta.version),
            cell(channel.created_at),
            cell(channel.updated_at),
            flag(domain::channel::carries_changes(channel.kind, channel.events)),
            cell(fact.position.partition),
            cell(fact.position.offset)};
}

}  // namespace

void project(const Fact& fact, RowChanges& changes) {
    const auto* channel = std::get_if<Channel>(fact.after.get());
    if (channel == nullptr) return;
    auto row = row_of(fact, *channel);
    const Row key{row[0], row[1]};
    if (!channel->exists) return changes.remove(table, key);
    if (!std::get<Channel>(*fact.before).exists) return changes.put(table, std::move(row));
    for (auto column = table.key_columns; column < first_of_position; ++column)
        changes.patch(table, key, column, std::move(row[column]));
}

}  // namespace outlay::workers::channels
