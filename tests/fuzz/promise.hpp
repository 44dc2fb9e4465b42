// What a fuzz target claims about its subject. A broken claim is thrown, so that a fuzzer keeps the
// input as a crash and a test can name the file that it came from.
#pragma once

#include <stdexcept>

namespace outlay::fuzz {

class BrokenPromise : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

inline void promise(bool holds, const char* claim) {
    if (!holds) throw BrokenPromise(claim);
}

}  // namespace outlay::fuzz
