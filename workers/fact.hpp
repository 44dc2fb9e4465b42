// Facts: admitted events with the states around them, and the commits that brought them. Values;
// any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domain/aggregate.hpp"
#include "journal/position.hpp"

namespace outlay::workers {

// Shared, because the state after one event is the state before the next, and caches keep the last
// one.
using SharedState = std::shared_ptr<const domain::State>;

struct Fact {
    domain::WorkspaceId workspace;
    std::string aggregate;
    SharedState before;
    domain::Event event;
    SharedState after;
    domain::EventMeta meta;
    journal::Position position;
};

struct AdmittedCommit {
    journal::Position position;
    domain::Instant decided_at;
    std::vector<Fact> facts;
    bool is_imported = false;  // it happened elsewhere, and was told there
};

}  // namespace outlay::workers
