// The one table of problem codes: status, title and whether the same request may succeed later.
// Each code is explained in docs/problems.md. Constant data; any thread.
#pragma once

#include <span>
#include <string_view>

#include "domain/values/refusal.hpp"

namespace outlay::api {

struct ProblemKind {
    std::string_view code;
    int status;
    std::string_view title;
    bool retryable = false;
    int retry_after_seconds = 0;  // 0: no Retry-After
};

std::span<const ProblemKind> problem_kinds();
// CHECKs that the code is in the table.
const ProblemKind& problem_kind(std::string_view code);
// The code of what a rule of the domain refused.
std::string_view problem_code(domain::RefusalCode code);

}  // namespace outlay::api
