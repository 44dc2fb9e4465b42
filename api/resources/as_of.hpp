// as_of: queries that ask what was known at a moment. The moment is a position, a time or a
// Consistency-Token; the answer is exact, and says in As-Of on which record it rests. Roles are
// those of today (ADR 0043).
#pragma once

#include <optional>
#include <string_view>

#include "api/http/query.hpp"
#include "api/resources/call.hpp"
#include "journal/moment.hpp"

namespace outlay::api {

// Reads `as_of`. Malformed text is noted in `query`; a token of another journal is a problem of its
// own.
domain::Result<std::optional<journal::When>, Problem> read_as_of(const Call& call,
                                                                 QueryReader& query);

// Answers from the live session, once it is known what the moment is.
using MomentBody =
    std::function<sql::Result<Response>(QueryContext& live, const journal::Moment& moment)>;
platform::Task<Response> run_query_at(Call& call, journal::When when, MomentBody body);

// Answers from read models as they were at `when`, or from the live ones without it. `now` is the
// time that the answer is of.
using PastBody = std::function<sql::Result<Response>(QueryContext& context, domain::Instant now)>;
platform::Task<Response> run_query_as_of(Call& call, std::optional<journal::When> when,
                                         PastBody body);

}  // namespace outlay::api
