// CHECK: for programmer errors and impossible states, also in release builds. Input never triggers
// it.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace outlay::domain {

[[noreturn]] inline void check_failed(const char* condition, const char* message, const char* file,
                                      int line) {
    std::fprintf(stderr, "CHECK failed at %s:%d: %s (%s)\n", file, line, message, condition);
    std::abort();
}

}  // namespace outlay::domain

#define CHECK(condition, message) \
    (static_cast<bool>(condition) \
         ? static_cast<void>(0)   \
         : ::outlay::domain::check_failed(#condition, message, __FILE__, __LINE__))
