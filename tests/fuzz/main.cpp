// One fuzzer: compiled once per target, whose name is the definition OUTLAY_FUZZ_TARGET.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domain/values/check.hpp"
#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const outlay::fuzz::Target* const target = outlay::fuzz::find_target(OUTLAY_FUZZ_TARGET);
    CHECK(target != nullptr, "an executable without a target");
    target->run({reinterpret_cast<const char*>(data), size});
    return 0;
}
