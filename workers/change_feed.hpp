// The change feed: facts of expenses and budgets as messages, for workspaces in which a channel
// chooses them at that point of the log (ADR 0031). Who listens is known from one look at the store
// and from the facts since, so a batch asks nothing, and costs nothing where nobody listens.
// Confined to the thread of its writer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/channel/state.hpp"
#include "platform/sql.hpp"
#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers {

class ChangeFeed {
public:
    // Reads who listens in the partition, unless that is known. The store stands where the facts
    // begin that are observed next.
    sql::Status learn(sql::Session& session, std::int32_t partition);
    // Facts in the order of the log. Without effects they only tell who listens.
    void observe(const AdmittedCommit& commit, bool has_effects, RowChanges& changes);
    // What was observed did not come into the store.
    void forget() { listeners_.reset(); }

private:
    using Patterns = std::vector<std::string>;
    using Listeners = std::map<domain::WorkspaceId, std::map<domain::ChannelId, Patterns>>;

    void follow(const Fact& fact, const domain::channel::Channel& channel);
    bool is_chosen(const domain::WorkspaceId& workspace, std::string_view type) const;

    std::optional<Listeners> listeners_;  // webhooks that choose changes; empty: not known
};

}  // namespace outlay::workers
