// Submission: one command on its way, with the tries that were made for it. Internal to submit.
// Confined to its executor.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "journal/guards.hpp"
#include "journal/snapshot.hpp"
#include "journal/submit.hpp"

namespace outlay::journal {

// What a decision rested on.
struct Basis {
    SharedVersioned workspace;
    SharedVersioned categories;
    SharedVersioned target;
    bool is_snapshot =
        false;  // one store snapshot that includes the command look-up: final answers are allowed
    SharedVersioned also{};  // the command's second aggregate
};

struct Submission {
    Command command;
    std::int32_t partition = 0;
    std::vector<std::int64_t> tries;  // offsets of acknowledged tries, in order
    bool has_unknown_try = false;
    bool is_background = false;   // the request was answered; nobody waits
    bool is_outstanding = false;  // the last try is not judged yet
    bool is_settled = false;      // the command's fate is final; a snapshot tells which it is
    // The states that the last try makes, should it be admitted.
    std::optional<Versioned> proposed;

    bool needs_workspace() const { return !command.creates_workspace; }
    bool changes_existing() const { return !command.target_is_new && !command.creates_workspace; }
    bool was_appended() const { return !tries.empty() || has_unknown_try; }
};

// Decides and encodes. Pure but for ids and hashes.
struct Try {
    std::string value;  // the record
    std::optional<Versioned> proposed;
    std::optional<Answer> answer;  // set: nothing is to be appended
};
Try make_try(const Submission& submission, const Basis& basis, const SubmitShared& shared);

domain::Actor actor_of(const Principal& principal, const domain::workspace::Workspace& workspace);
Answer answer_of(Replay replay, const Command& command);
// How a command that was answered "pending" ends if it cannot apply any more; empty: it can.
std::optional<Problem> closing_problem(const Answer& answer);

}  // namespace outlay::journal
