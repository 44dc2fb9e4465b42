// Promise: every error answer is an RFC 9457 document with a code that is documented, and every
// documented code exists.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "api/http/problem.hpp"
#include "api/http/problem_codes.hpp"
#include "platform/json/value.hpp"

namespace outlay::api {
namespace {

// code -> "409, retryable"
std::map<std::string, std::string> documented_codes() {
    std::ifstream file(OUTLAY_SOURCE_DIR "/docs/problems.md");
    std::map<std::string, std::string> codes;
    std::string line;
    while (std::getline(file, line)) {
        if (!line.starts_with("### ")) continue;
        const std::string code = line.substr(4);
        std::getline(file, line);
        codes[code] = line.substr(0, line.find('.'));
    }
    return codes;
}

std::map<std::string, std::string> existing_codes() {
    std::map<std::string, std::string> codes;
    for (const ProblemKind& kind : problem_kinds()) {
        codes[std::string(kind.code)] =
            std::to_string(kind.status) + (kind.retryable ? ", retryable" : ", not retryable");
    }
    return codes;
}

TEST(HttpProblem, documentation_and_table_name_the_same_codes_with_the_same_status) {
    EXPECT_EQ(documented_codes(), existing_codes());
}

TEST(HttpProblem, no_code_is_in_the_table_twice) {
    std::set<std::string_view> codes;
    for (const ProblemKind& kind : problem_kinds())
        EXPECT_TRUE(codes.insert(kind.code).second) << kind.code;
}

TEST(HttpProblem, every_refusal_of_the_domain_has_a_code) {
    const auto last = static_cast<int>(domain::RefusalCode::limit_reached);
    for (int i = 0; i <= last; ++i) {
        const auto code = static_cast<domain::RefusalCode>(i);
        EXPECT_GE(problem_kind(problem_code(code)).status, 400) << problem_code(code);
    }
}

TEST(HttpProblem, every_503_says_when_to_come_back) {
    for (const ProblemKind& kind : problem_kinds()) {
        if (kind.status != 503) continue;
        EXPECT_TRUE(kind.retryable) << kind.code;
        const Response response = problem_response(make_problem(kind.code, ""), "req_1");
        ASSERT_NE(response.headers.find("Retry-After"), nullptr) << kind.code;
    }
}

TEST(HttpProblem, a_document_carries_all_members) {
    Problem problem = make_problem("validation_failed", "It is \"wrong\".");
    problem.errors.push_back({"/amount", "not_positive", "Too small."});
    problem.errors.push_back(parameter_error("limit", "out_of_range", "Too large."));
    problem.errors.push_back(header_error("If-Match", "malformed", "No tag."));
    problem.extra.emplace_back("current", "{\"version\":3}");
    EXPECT_EQ(
        problem_document(problem, "req_1"),
        R"({"type":"urn:outlay:problem:validation_failed","title":"A field breaks a rule",)"
        R"("status":422,)"
        R"("detail":"It is \"wrong\".","instance":"urn:outlay:request:req_1",)"
        R"("code":"validation_failed",)"
        R"("request_id":"req_1","retryable":false,"errors":[)"
        R"({"pointer":"/amount","code":"not_positive","detail":"Too small."},)"
        R"({"parameter":"limit","code":"out_of_range","detail":"Too large."},)"
        R"({"header":"If-Match","code":"malformed","detail":"No tag."}],"current":{"version":3}})");
}

TEST(HttpProblem, a_document_is_valid_json_for_every_code) {
    for (const ProblemKind& kind : problem_kinds()) {
        EXPECT_TRUE(json::parse(problem_document(make_problem(kind.code, "x\ny"), "req_1")).ok())
            << kind.code;
    }
}

TEST(HttpProblem, at_most_a_hundred_errors_are_reported) {
    Problem problem = make_problem("validation_failed", "");
    for (int i = 0; i < 150; ++i) problem.errors.push_back({"/" + std::to_string(i), "x", "y"});
    const std::string document = problem_document(problem, "req_1");
    const auto parsed = json::parse(document);
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->find("errors")->items().size(), 100U);
}

TEST(HttpProblem, a_refusal_becomes_a_problem_with_its_fields) {
    const domain::Refusal refusal{
        domain::RefusalCode::invalid, "Bad.", {{"/name", "blank", "Bad."}}};
    const Problem problem = problem_of(refusal);
    EXPECT_EQ(problem.code, "validation_failed");
    EXPECT_EQ(problem.status, 422);
    ASSERT_EQ(problem.errors.size(), 1U);
    EXPECT_EQ(problem.errors[0].pointer, "/name");
}

TEST(HttpProblem, an_answer_to_a_stranger_says_how_to_authenticate) {
    const Response response = problem_response(make_problem("unauthenticated", ""), "req_1");
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.content_type, "application/problem+json");
    ASSERT_NE(response.headers.find("WWW-Authenticate"), nullptr);
    EXPECT_EQ(*response.headers.find("WWW-Authenticate"), "Bearer");
    EXPECT_EQ(*response.headers.find("Cache-Control"), "no-store");
}

}  // namespace
}  // namespace outlay::api
