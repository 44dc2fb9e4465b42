// Writes RFC 9457 problem documents.
#include "api/http/problem.hpp"

#include <algorithm>

#include "api/http/problem_codes.hpp"
#include "platform/json/writer.hpp"

namespace outlay::api {

namespace {

constexpr char parameter_mark = '?';
constexpr char header_mark = ':';

void write_error(json::Writer& writer, const domain::FieldError& error) {
    const std::string_view place = error.pointer;
    writer.begin_object();
    if (place.starts_with(parameter_mark)) {
        writer.key("parameter").string(place.substr(1));
    } else if (place.starts_with(header_mark)) {
        writer.key("header").string(place.substr(1));
    } else {
        writer.key("pointer").string(place);
    }
    writer.field("code", error.code).field("detail", error.detail).end_object();
}

void write_errors(json::Writer& writer, const std::vector<domain::FieldError>& errors) {
    writer.key("errors").begin_array();
    const std::size_t count = std::min(errors.size(), problem_errors_max);
    for (std::size_t i = 0; i < count; ++i) write_error(writer, errors[i]);
    writer.end_array();
}

}  // namespace

Problem make_problem(std::string_view code, std::string detail) {
    const ProblemKind& kind = problem_kind(code);
    Problem problem;
    problem.status = kind.status;
    problem.code = kind.code;
    problem.detail = std::move(detail);
    problem.retryable = kind.retryable;
    if (kind.retry_after_seconds > 0) problem.retry_after_seconds = kind.retry_after_seconds;
    return problem;
}

Problem problem_of(const domain::Refusal& refusal) {
    Problem problem = make_problem(problem_code(refusal.code), refusal.detail);
    problem.errors = refusal.fields;
    return problem;
}

domain::FieldError parameter_error(std::string_view name, std::string code, std::string detail) {
    return {parameter_mark + std::string(name), std::move(code), std::move(detail)};
}

domain::FieldError header_error(std::string_view name, std::string code, std::string detail) {
    return {header_mark + std::string(name), std::move(code), std::move(detail)};
}

std::string problem_document(const Problem& problem, std::string_view request_id) {
    const ProblemKind& kind = problem_kind(problem.code);
    std::string document;
    json::Writer writer(document);
    writer.begin_object()
        .field("type", "urn:outlay:problem:" + problem.code)
        .field("title", kind.title)
        .field("status", std::int64_t{problem.status})
        .field("detail", problem.detail)
        .field("instance", "urn:outlay:request:" + std::string(request_id))
        .field("code", problem.code)
        .field("request_id", request_id)
        .field("retryable", problem.retryable);
    if (!problem.errors.empty()) write_errors(writer, problem.errors);
    for (const auto& [name, value] : problem.extra) writer.key(name).raw(value);
    writer.end_object();
    return document;
}

Response problem_response(const Problem& problem, std::string_view request_id) {
    Response response;
    response.status = problem.status;
    response.content_type = "application/problem+json";
    response.body = problem_document(problem, request_id);
    response.problem = problem.code;
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("Link", "</docs/problems#" + problem.code + ">; rel=\"describedby\"");
    if (problem.retry_after_seconds) {
        response.headers.add("Retry-After", std::to_string(*problem.retry_after_seconds));
    }
    if (problem.status == 401) response.headers.add("WWW-Authenticate", "Bearer");
    return response;
}

}  // namespace outlay::api
