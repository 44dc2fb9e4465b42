// Problem: an error answer as an RFC 9457 document. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/message.hpp"
#include "domain/values/refusal.hpp"

namespace outlay::api {

struct Problem {
    int status = 500;
    std::string code = "internal";  // of the table in problem_codes.cpp
    std::string detail;
    // Where: see parameter_error and header_error for errors outside the body.
    std::vector<domain::FieldError> errors{};
    bool retryable = false;
    std::optional<int> retry_after_seconds{};
    std::vector<std::pair<std::string, std::string>> extra{};  // further members: name, JSON
};

inline constexpr std::size_t problem_errors_max = 100;  // further ones are left out

// Status, retryable and Retry-After come from the table.
Problem make_problem(std::string_view code, std::string detail);
Problem problem_of(const domain::Refusal& refusal);

// A field error that names a query parameter ("limit") or a header field instead of a place in the
// body. They are told apart by the first character of the pointer, with which no JSON pointer
// begins.
domain::FieldError parameter_error(std::string_view name, std::string code, std::string detail);
domain::FieldError header_error(std::string_view name, std::string code, std::string detail);

// application/problem+json; `type` is "urn:outlay:problem:" + code, `instance` names the request;
// a Link leads to the page that explains the code.
std::string problem_document(const Problem& problem, std::string_view request_id);
Response problem_response(const Problem& problem, std::string_view request_id);

}  // namespace outlay::api
