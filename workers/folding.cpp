// Decoding and folding the events of a batch.
#include "workers/folding.hpp"

#include "events/codec.hpp"
#include "journal/history.hpp"

namespace outlay::workers {

namespace {

using journal::AggregateKey;
using journal::Head;

// The heads that the batch builds on: of every changed aggregate, before its first event.
std::unordered_map<AggregateKey, Head, journal::KeyHash> heads_before(
    std::span<const DecodedCommit> commits) {
    std::unordered_map<AggregateKey, Head, journal::KeyHash> heads;
    for (const auto& decoded : commits) {
        for (const auto& event : decoded.commit.events) {
            heads.try_emplace({decoded.commit.workspace, event.aggregate},
                              Head{event.version - 1, event.prev});
        }
    }
    return heads;
}

SharedState shared(domain::State state) {
    return std::make_shared<const domain::State>(std::move(state));
}

SharedState initial(const AggregateKey& key) {
    const auto kind = domain::kind_of(key.aggregate);
    CHECK(kind.has_value(), "an admitted aggregate is of a known kind");
    return shared(domain::initial_state(*kind));
}

sql::Result<LatestStates> states_before(sql::Session& session, StateCache& cache,
                                        std::span<const DecodedCommit> commits) {
    LatestStates states;
    std::vector<AggregateKey> missing;
    const auto heads = heads_before(commits);
    for (const auto& [key, head] : heads) {
        const auto* cached = cache.find(key);
        if (head.version == 0) {
            states.emplace(key, HeadState{head, initial(key)});
        } else if (cached != nullptr && cached->head == head) {
            states.emplace(key, *cached);
        } else {
            missing.push_back(key);
        }
    }
    auto loaded = journal::load_all(session, missing);
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    for (auto& [key, versioned] : *loaded) {
        if (versioned.head != heads.at(key)) {
            return domain::Fail{
                sql::Error{sql::ErrorKind::failed,
                           "the stored events of " + key.aggregate + " end elsewhere"}};
        }
        states.emplace(key, HeadState{versioned.head, shared(std::move(versioned.state))});
    }
    return states;
}

Fact fold_event(const DecodedCommit& decoded, std::size_t index, HeadState& latest) {
    const auto& stored = decoded.commit.events[index];
    const auto meta = journal::meta_of(decoded.commit, index);
    domain::State after = *latest.state;
    domain::evolve(after, decoded.events[index], meta);
    auto before = std::exchange(latest.state, shared(std::move(after)));
    latest.head = {stored.version, stored.hash};
    return {decoded.commit.workspace, stored.aggregate, std::move(before),
            decoded.events[index],    latest.state,     meta,
            decoded.position};
}

}  // namespace

domain::Result<DecodedCommit, std::string> decode_events(journal::Position position,
                                                         journal::Commit commit) {
    DecodedCommit decoded{position, std::move(commit), {}};
    for (const auto& stored : decoded.commit.events) {
        auto event = events::decode(stored.type, stored.schema, *stored.data);
        if (!event.ok()) return domain::Fail{"event " + stored.type + ": " + event.error().detail};
        const auto kind = domain::kind_of(stored.aggregate);
        if (!kind || static_cast<std::size_t>(*kind) != event->index()) {
            return domain::Fail{"event " + stored.type + " does not belong to " + stored.aggregate};
        }
        decoded.events.push_back(std::move(event).value());
    }
    return decoded;
}

sql::Result<Folded> fold(sql::Session& session, StateCache& cache,
                         std::span<const DecodedCommit> commits) {
    auto states = states_before(session, cache, commits);
    if (!states.ok()) return domain::Fail{states.error()};
    Folded folded;
    folded.latest = std::move(states).value();
    for (const auto& decoded : commits) {
        AdmittedCommit admitted{
            decoded.position, decoded.commit.decided_at, {}, decoded.commit.origin.has_value()};
        for (std::size_t index = 0; index < decoded.events.size(); ++index) {
            const AggregateKey key{decoded.commit.workspace,
                                   decoded.commit.events[index].aggregate};
            admitted.facts.push_back(fold_event(decoded, index, folded.latest.at(key)));
        }
        folded.commits.push_back(std::move(admitted));
    }
    return folded;
}

}  // namespace outlay::workers
