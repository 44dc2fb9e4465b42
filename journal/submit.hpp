// Submit: carries one command from decision to outcome. Load state, ask the domain, append, learn
// the outcome; on a lost race load and decide again with the same command id; where nothing else
// makes the outcome final, close the command. A Submitter is confined to one executor (an I/O
// thread); several share Outcomes, Turns and the journal.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "domain/aggregate.hpp"
#include "domain/context.hpp"
#include "domain/values/refusal.hpp"
#include "journal/history.hpp"
#include "journal/journal.hpp"
#include "journal/outcomes.hpp"
#include "journal/pauses.hpp"
#include "journal/turns.hpp"
#include "platform/clock.hpp"
#include "platform/pool.hpp"
#include "platform/sql.hpp"
#include "platform/task.hpp"

namespace outlay::journal {

// Who asks: a person (found among the members of the workspace by user id) or a service account.
struct Principal {
    std::optional<domain::UserId> user;
    std::optional<domain::WorkspaceId>
        workspace;                           // of a service account: the only one it may act in
    std::optional<domain::MemberId> member;  // the service account
    std::optional<domain::KeyId> key;        // its credential; must be in force in the workspace
    bool operator==(const Principal&) const = default;
    domain::Uuid identity() const {
        return user ? user->value : member ? member->value : domain::Uuid{};
    }
};

// What a decision may look at. `target` is the aggregate that the command changes (initial state if
// it does not exist).
struct Loaded {
    const domain::workspace::Workspace& workspace;
    const domain::categories::Tree& categories;  // empty unless the command asked for it
    const domain::State& target;
    std::uint64_t target_version = 0;
    const domain::State* also = nullptr;  // the second aggregate, if the command names one
};

struct Proposed {
    std::string aggregate;
    domain::Event event;
};
// Pure. Authorises and decides. No events: the wished state is there already.
using Decide = std::function<domain::Decision<std::vector<Proposed>>(
    const Loaded& loaded, const domain::Context& context)>;

struct Command {
    domain::WorkspaceId workspace;
    domain::CommandId id;
    bool keyed = false;       // the client sent an idempotency key
    std::string fingerprint;  // keyed hash of the canonical request
    Principal principal;
    std::string target;  // name of the aggregate that is changed
    // A second aggregate that the same commit changes: both or none. Its events are proposed before
    // those of the target, which the answer speaks of. Empty: none.
    std::string also{};
    bool creates_workspace =
        false;  // the workspace does not exist yet: nothing to load, nobody to authorise
    bool target_is_new = false;  // the id was made for this command: no need to load the target
    bool reads_categories =
        false;  // the category tree is loaded, and its version proven at admission
    std::vector<std::uint64_t> if_match;  // versions that the client accepts; empty: any
    bool has_if_match = false;
    bool must_be_new = false;  // the target must not exist yet (If-None-Match: *)
    // The version that if_match is compared with, where the client's resource is a part of the
    // target (a category of the tree); 0: it does not exist. Empty: the target's own.
    std::function<std::uint64_t(const Versioned& target)> version_of{};
    std::optional<Position> at_least;  // the client's consistency token
    platform::Deadline deadline;       // of the client's wait
    bool respond_async = false;        // answer once the journal has acknowledged
    std::string trace;
    Decide decide;
    // Called once a try has been handed to the journal: whoever sends commands in order may start
    // the next one.
    std::function<void()> on_append;
};

// The command is a fact (or was a no-op): the target as it is at that commit.
struct Applied {
    std::optional<Position> position;  // empty: an unkeyed no-op, nothing was appended
    bool replayed = false;
    std::string aggregate;  // of the target
    Versioned target;
    domain::CommandId command;
};
struct Refused {
    domain::Refusal refusal;
};
struct KeyReused {};         // the command id was used with another request: 422
struct PreconditionFailed {  // If-Match does not name the current version: 412
    std::uint64_t current_version = 0;
};
struct LostRace {};  // every try lost until the deadline: 409
struct Closed {      // settled as not applied; the key is spent: 409
    Problem problem;
};
struct Pending {  // acknowledged or unknown, not judged yet: 202
    std::optional<Position> position;
    domain::Instant settle_after;  // from then on anybody may close it
};
struct Unavailable {  // nothing was appended: 503
    // sealed: the workspace was moved, or is being moved, to another journal. paused: by an
    // operator.
    enum class Why { journal, store, halted, sealed, paused, lag, overloaded };
    Why why = Why::store;
    std::string detail;  // safe for clients, e.g. the halt cause or an operator's reason
    std::optional<domain::Instant> since{};  // of a pause
};
using Answer = std::variant<Applied, Refused, KeyReused, PreconditionFailed, LostRace, Closed,
                            Pending, Unavailable>;

// What is known about a command that was answered with Pending.
struct OperationQuery {
    domain::WorkspaceId workspace;
    domain::CommandId command;
    std::string fingerprint;
    domain::Instant settle_after;
};
struct OperationState {
    enum class Kind { pending, applied, closed, key_reused, unavailable };
    Kind kind = Kind::pending;
    std::optional<Position> position;
    std::string aggregate;  // applied: the target
    std::optional<Versioned> target;
    std::string event_type;  // applied: of its first event; "" for a no-op
    Problem problem;         // closed
};

struct SubmitOptions {
    std::chrono::milliseconds guard_age_max{
        5000};  // how old cached workspace and category state may be
    std::chrono::milliseconds settle_delay{
        30'000};                        // from Pending to the time when a close may be appended
    std::size_t background_max = 5000;  // tries followed after a 202, per submitter; 5 KB each
};

// What all submitters of a process share.
struct SubmitShared {
    Journal& log;
    std::string journal_identity;
    sql::Store& store;
    Outcomes& outcomes;
    Turns& turns;
    platform::Pool& pool;  // for blocking store reads
    const platform::Clock& clock;
    const platform::Zones& zones;
    SubmitOptions options;
    const PauseBoard* pauses = nullptr;  // none: nothing is ever paused
};

class Submitter {
public:
    Submitter(SubmitShared& shared, platform::Executor& executor);
    ~Submitter();

    platform::Task<Answer> submit(Command command);
    // Looks an operation up; after `settle_after` it is settled by a close record, first in log
    // order wins.
    platform::Task<OperationState> operation(OperationQuery query);

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with background work that outlives a request
};

}  // namespace outlay::journal
