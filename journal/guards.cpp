// A map with an age limit; when it is full it starts afresh.
#include "journal/guards.hpp"

namespace outlay::journal {

namespace {
constexpr std::size_t entries_max =
    20'000;  // two per workspace; above it memory would grow with tenants
}

SharedVersioned Guards::find(const AggregateKey& key,
                             std::chrono::steady_clock::time_point now) const {
    const auto found = entries_.find(key);
    if (found == entries_.end() || now - found->second.loaded_at > age_max_) return nullptr;
    return found->second.state;
}

void Guards::put(AggregateKey key, SharedVersioned state,
                 std::chrono::steady_clock::time_point now) {
    // What is known already is refreshed in place, so that a full map stays of use.
    if (entries_.size() >= entries_max && !entries_.contains(key)) entries_.clear();
    entries_.insert_or_assign(std::move(key), Entry{std::move(state), now});
}

void Guards::drop(const domain::WorkspaceId& workspace) {
    entries_.erase({workspace, std::string(domain::workspace_name)});
    entries_.erase({workspace, std::string(domain::categories_name)});
}

}  // namespace outlay::journal
