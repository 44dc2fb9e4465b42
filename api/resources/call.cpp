// The small pieces that every handler uses.
#include "api/resources/call.hpp"

#include <array>

#include "api/http/etag.hpp"
#include "platform/log.hpp"

namespace outlay::api {

namespace {

constexpr std::array<std::string_view, 4> role_names{"viewer", "member", "admin", "owner"};

}  // namespace

platform::Task<Response> answered(Response response) {
    co_return response;
}

platform::Task<Response> refused(const Call& call, const Problem& problem) {
    return answered(api::problem(call, problem));
}

Response not_found(const Call& call) {
    return problem(
        call, make_problem("not_found", "There is no such resource, or it is not yours to see."));
}

Response problem(const Call& call, const Problem& problem) {
    return problem_response(problem, call.request.head.request_id);
}

Response json_response(int status, std::string body) {
    Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = std::move(body);
    return response;
}

Response resource_response(std::uint64_t version, std::string body) {
    auto response = json_response(200, std::move(body));
    response.headers.add("ETag", etag_of(static_cast<std::int64_t>(version)));
    return response;
}

domain::Result<json::Value, Problem> parse_body(const Call& call) {
    auto parsed = json::parse(call.request.body);
    if (!parsed.ok()) return domain::Fail{problem_of(parsed.error())};
    if (parsed->kind() != json::Kind::object) {
        return domain::Fail{invalid_body({{"", "wrong_type", "The body must be an object."}})};
    }
    return std::move(parsed).value();
}

Problem problem_of(const json::ParseError& error) {
    const auto offset = std::to_string(error.byte_offset);
    auto detail = "At byte " + offset + ": " + error.detail + ".";
    if (error.is_unstorable) return invalid_body({{"", "control_character", std::move(detail)}});
    auto wrong = make_problem("malformed_json", std::move(detail));
    wrong.extra.emplace_back("byte_offset", offset);
    return wrong;
}

Problem invalid_body(std::vector<domain::FieldError> errors) {
    auto wrong =
        make_problem("validation_failed", "The body breaks the rules of some fields; see errors.");
    wrong.errors = std::move(errors);
    return wrong;
}

Problem problem_of(const sql::Error& error) {
    platform::log(platform::LogLevel::error, "a request failed in the store",
                  {{"error", error.detail}});
    switch (error.kind) {
        case sql::ErrorKind::unavailable:
        case sql::ErrorKind::unknown:
        case sql::ErrorKind::conflict:
            return make_problem("store_unavailable", "The read store does not answer; try again.");
        case sql::ErrorKind::busy:
            return make_problem("overloaded", "Too many reads are waiting; try again.");
        case sql::ErrorKind::failed:
            break;
    }
    return make_problem("internal",
                        "The request could not be served; its id names the cause in the logs.");
}

std::string_view role_name(domain::Role role) {
    return role_names.at(static_cast<std::size_t>(role));
}

std::optional<domain::Role> role_of(std::string_view name) {
    for (std::size_t i = 0; i < role_names.size(); ++i) {
        if (role_names.at(i) == name) return static_cast<domain::Role>(i);
    }
    return std::nullopt;
}

}  // namespace outlay::api
