// Refusal: why a decider said no. `code` is stable and documented; api/http maps it to a status.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/values/result.hpp"

namespace outlay::domain {

enum class RefusalCode {
    invalid,          // a field breaks a rule of its own; see fields
    not_found,        // the target, or the whole workspace, does not exist for this actor
    unauthenticated,  // the key that the actor shows is not in force
    forbidden,        // the actor's role does not allow the action
    state_conflict,  // the target's state does not allow the action (restore of a recorded expense)
    period_closed,   // the day lies in a closed period
    category_unknown,
    category_archived,
    category_cycle,
    category_too_deep,
    name_taken,
    member_unknown,
    member_exists,
    last_owner,
    currency_mismatch,
    refund_exceeds_amount,  // more would come back than was paid
    already_exists,         // a client-chosen id is taken by other content
    workspace_archived,
    limit_reached,  // a documented bound, e.g. categories per workspace
};

// The stable name of a code, "category_unknown".
std::string_view name_of(RefusalCode code);

struct FieldError {
    std::string pointer;  // JSON pointer into the request body, "" for the whole
    std::string code;
    std::string detail;
};

struct Refusal {
    RefusalCode code = RefusalCode::invalid;
    std::string detail;
    std::vector<FieldError> fields{};
};

template <typename T>
using Decision = Result<T, Refusal>;

// What one rule answers: empty if it has nothing against the command.
using Objection = std::optional<Refusal>;

inline Fail<Refusal> refuse(RefusalCode code, std::string detail) {
    return Fail<Refusal>{Refusal{code, std::move(detail), {}}};
}
inline Fail<Refusal> refuse_field(std::string pointer, std::string code, std::string detail) {
    return Fail<Refusal>{
        Refusal{RefusalCode::invalid, detail, {{std::move(pointer), std::move(code), detail}}}};
}
// A refusal that concerns one field but is more than a broken field rule: its code says what.
inline Refusal refusal_at(RefusalCode code, std::string pointer, std::string detail) {
    return Refusal{code, detail, {{std::move(pointer), std::string(name_of(code)), detail}}};
}

}  // namespace outlay::domain
