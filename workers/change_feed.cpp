// A message's id derives from the id of its event, so no replay makes another one.
#include "workers/change_feed.hpp"

#include "domain/channel/message_types.hpp"
#include "events/codec.hpp"
#include "platform/hash.hpp"
#include "views/channel.hpp"
#include "views/event.hpp"
#include "workers/cells.hpp"
#include "workers/effects.hpp"

namespace outlay::workers {

namespace {

using domain::channel::Channel;
using domain::expense::Expense;

// What channels choose messages by.
sql::Value budget_of(const Fact& fact) {
    return cell(domain::BudgetId::parse(fact.aggregate));
}
sql::Value member_of(const Fact& fact) {
    const auto* expense = std::get_if<Expense>(fact.after.get());
    return expense == nullptr ? sql::Value{sql::Null{}} : cell(expense->member);
}

Row message_of(const Fact& fact, std::string_view type) {
    const auto encoded = events::encode(fact.event);
    return {cell(platform::uuid_of_name(fact.meta.id.value, "change")),
            cell(fact.workspace),
            cell(type),
            cell(views::change_document(
                {type, fact.aggregate, fact.meta, fact.position, encoded.data})),
            cell(fact.position.partition),
            cell(fact.position.offset),
            cell(fact.meta.decided_at),
            sql::Null{},
            budget_of(fact),
            member_of(fact),
            sql::Null{},
            flag(true)};
}

}  // namespace

sql::Status ChangeFeed::learn(sql::Session& session, std::int32_t partition) {
    if (listeners_) return domain::Done{};
    const std::array parameters{cell(partition)};
    const auto rows = session.query(
        "SELECT workspace, id, events FROM read.channels WHERE log_partition = $1 AND changes",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    listeners_.emplace();
    for (std::size_t row = 0; row < rows->size(); ++row) {
        (*listeners_)[{rows->uuid(row, 0)}].emplace(domain::ChannelId{rows->uuid(row, 1)},
                                                    views::patterns_of(rows->text(row, 2)));
    }
    return domain::Done{};
}

void ChangeFeed::observe(const AdmittedCommit& commit, bool has_effects, RowChanges& changes) {
    CHECK(listeners_.has_value(), "who listens is learned first");
    for (const auto& fact : commit.facts) {
        if (const auto* channel = std::get_if<Channel>(fact.after.get())) follow(fact, *channel);
        if (!has_effects || listeners_->empty()) continue;
        const auto type = events::type_name(fact.event);
        if (is_chosen(fact.workspace, type)) changes.offer(effects::outbox, message_of(fact, type));
    }
}

void ChangeFeed::follow(const Fact& fact, const Channel& channel) {
    const auto id = domain::ChannelId::parse(fact.aggregate);
    CHECK(id.has_value(), "a fact of a channel names it");
    if (channel.exists && domain::channel::carries_changes(channel.kind, channel.events)) {
        (*listeners_)[fact.workspace].insert_or_assign(*id, channel.events);
        return;
    }
    const auto found = listeners_->find(fact.workspace);
    if (found == listeners_->end()) return;
    found->second.erase(*id);
    if (found->second.empty()) listeners_->erase(found);
}

bool ChangeFeed::is_chosen(const domain::WorkspaceId& workspace, std::string_view type) const {
    const auto found = listeners_->find(workspace);
    if (found == listeners_->end() || !domain::channel::is_change(type)) return false;
    for (const auto& [channel, patterns] : found->second) {
        if (domain::channel::selects(patterns, type)) return true;
    }
    return false;
}

}  // namespace outlay::workers
