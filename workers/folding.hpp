// Folding: from admitted commits of a batch to facts with the states around them. States before the
// batch come from a cache, if they are as of the right head, else from the store. Confined to one
// thread.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "journal/admission.hpp"
#include "platform/sql.hpp"
#include "workers/fact.hpp"
#include "workers/lru.hpp"

namespace outlay::workers {

struct HeadState {
    journal::Head head;
    SharedState state;
};
using StateCache = Lru<journal::AggregateKey, HeadState, journal::KeyHash>;
using LatestStates = std::unordered_map<journal::AggregateKey, HeadState, journal::KeyHash>;

// An admitted commit with its decoded events.
struct DecodedCommit {
    journal::Position position;
    journal::Commit commit;
    std::vector<domain::Event> events;
};

// The events of an admitted commit; the error says which event this program does not know.
domain::Result<DecodedCommit, std::string> decode_events(journal::Position position,
                                                         journal::Commit commit);

struct Folded {
    std::vector<AdmittedCommit> commits;
    LatestStates latest;  // of every aggregate that the batch changed
};
// Reads the states before the batch from the session's snapshot, set-based; call before rows of the
// batch are written.
sql::Result<Folded> fold(sql::Session& session, StateCache& cache,
                         std::span<const DecodedCommit> commits);

}  // namespace outlay::workers
