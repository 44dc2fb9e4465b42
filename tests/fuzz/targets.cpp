// The table of targets. tests/fuzz/CMakeLists.txt makes an executable of every row.
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <array>

namespace outlay::fuzz {

namespace {

constexpr std::array table{
    Target{"cursor", fuzz_cursor},
    Target{"date", fuzz_date},
    Target{"http_fields", fuzz_http_fields},
    Target{"http_request", fuzz_http_request},
    Target{"json", fuzz_json},
    Target{"money", fuzz_money},
    Target{"ndjson", fuzz_ndjson},
    Target{"record", fuzz_record},
    Target{"token", fuzz_token},
};

}  // namespace

std::span<const Target> targets() {
    return table;
}

const Target* find_target(std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &Target::name);
    return found == table.end() ? nullptr : found;
}

}  // namespace outlay::fuzz
