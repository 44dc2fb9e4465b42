// Guards: recently loaded workspaces and category trees. A proposal may rest on them, because the
// versions it used are proven at admission; a final answer may not. Confined to its submitter's
// executor.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "journal/history.hpp"
#include "platform/clock.hpp"

namespace outlay::journal {

using SharedVersioned =
    std::shared_ptr<const Versioned>;  // shared: a submission in flight keeps what it decided on

inline sql::Result<SharedVersioned> shared(sql::Result<Versioned> loaded) {
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    return std::make_shared<const Versioned>(std::move(loaded).value());
}

class Guards {
public:
    explicit Guards(std::chrono::milliseconds age_max) : age_max_(age_max) {}

    // Empty if unknown or older than the maximum age.
    SharedVersioned find(const AggregateKey& key, std::chrono::steady_clock::time_point now) const;
    void put(AggregateKey key, SharedVersioned state, std::chrono::steady_clock::time_point now);
    void drop(const domain::WorkspaceId& workspace);

private:
    struct Entry {
        SharedVersioned state;
        std::chrono::steady_clock::time_point loaded_at;
    };
    std::chrono::milliseconds age_max_;
    std::unordered_map<AggregateKey, Entry, KeyHash> entries_;
};

}  // namespace outlay::journal
