// Every problem that this API answers with.
#include "api/http/problem_codes.hpp"

#include <algorithm>
#include <array>

#include "domain/values/check.hpp"

namespace outlay::api {

namespace {

constexpr ProblemKind kinds[] = {
    // The message cannot be understood.
    {"malformed_request", 400, "The request is malformed"},
    {"malformed_json", 400, "The body is not valid JSON"},
    {"malformed_parameter", 400, "A parameter is malformed or unknown"},
    {"body_required", 400, "A request body is required"},
    {"idempotency_key_invalid", 400, "The Idempotency-Key is invalid"},
    {"cursor_invalid", 400, "The cursor is invalid"},
    {"request_timeout", 408, "The request did not arrive in time"},
    {"length_required", 411, "A Content-Length is required"},
    {"payload_too_large", 413, "The body is too large"},
    {"uri_too_long", 414, "The request target is too long"},
    {"unsupported_media_type", 415, "The media type is not supported"},
    {"expectation_failed", 417, "The expectation cannot be met"},
    {"headers_too_large", 431, "The header section is too large"},
    {"not_implemented_method", 501, "The method is not implemented"},
    {"transfer_coding_unsupported", 501, "The transfer coding is not supported"},
    {"http_version", 505, "The HTTP version is not supported"},
    // Who asks, and for what.
    {"unauthenticated", 401, "Authentication is required"},
    {"forbidden", 403, "The role does not allow this"},
    {"not_found", 404, "There is no such resource"},
    {"route_not_found", 404, "There is no such path"},
    {"method_not_allowed", 405, "The path does not take this method"},
    {"not_acceptable", 406, "No acceptable media type is available"},
    // The command contradicts the state.
    {"state_conflict", 409, "The state does not allow this"},
    {"already_exists", 409, "The id is taken"},
    {"member_exists", 409, "The member exists already"},
    {"workspace_archived", 409, "The workspace is archived"},
    {"conflict", 409, "Another change won the race", true},
    {"command_closed", 409, "The command was not applied and is closed"},
    {"token_foreign", 410, "The token belongs to another journal"},
    {"precondition_failed", 412, "The precondition failed"},
    // The command is understood and breaks a rule.
    {"validation_failed", 422, "A field breaks a rule"},
    {"idempotency_key_reused", 422, "The Idempotency-Key was used for another request"},
    {"period_closed", 422, "The period is closed"},
    {"category_unknown", 422, "The category does not exist"},
    {"category_archived", 422, "The category is archived"},
    {"category_cycle", 422, "A category cannot be its own ancestor"},
    {"category_too_deep", 422, "The category tree would be too deep"},
    {"name_taken", 422, "The name is taken"},
    {"member_unknown", 422, "The member does not exist"},
    {"last_owner", 422, "A workspace keeps at least one owner"},
    {"currency_mismatch", 422, "The currencies differ"},
    {"refund_exceeds_amount", 422, "More would be refunded than was paid"},
    {"limit_reached", 422, "A limit is reached"},
    {"as_of_out_of_range", 422, "The workspace has no such moment"},
    // Not the request's fault.
    {"internal", 500, "Something went wrong"},
    {"overloaded", 503, "The server is overloaded", true, 1},
    {"projection_lag", 503, "The read model has not caught up", true, 1},
    {"journal_unavailable", 503, "The journal is unavailable", true, 2},
    {"store_unavailable", 503, "The read store is unavailable", true, 2},
    {"partition_halted", 503, "Writing is halted here", true, 30},
    {"journal_sealed", 503, "The workspace is being moved", true, 30},
    {"paused", 503, "Changes are paused", true, 10},
};

}  // namespace

std::span<const ProblemKind> problem_kinds() {
    return kinds;
}

const ProblemKind& problem_kind(std::string_view code) {
    const auto* const found = std::ranges::find(kinds, code, &ProblemKind::code);
    CHECK(found != std::end(kinds), "a problem code outside the table");
    return *found;
}

std::string_view problem_code(domain::RefusalCode code) {
    // "invalid" says too little to somebody who sees only the code.
    return code == domain::RefusalCode::invalid ? "validation_failed" : domain::name_of(code);
}

}  // namespace outlay::api
