// The fuzz targets: functions that take any bytes, put them through one reader of the product and
// check what must hold for every input. A target keeps nothing between calls. Confined to one
// thread.
#pragma once

#include <span>
#include <string_view>

namespace outlay::fuzz {

struct Target {
    std::string_view name;  // of its executable (fuzz_NAME) and of its folder in corpus/
    void (*run)(std::string_view input);
};

std::span<const Target> targets();
const Target* find_target(std::string_view name);  // null: there is none

void fuzz_cursor(std::string_view input);
void fuzz_date(std::string_view input);
void fuzz_http_fields(std::string_view input);
void fuzz_http_request(std::string_view input);
void fuzz_json(std::string_view input);
void fuzz_money(std::string_view input);
void fuzz_ndjson(std::string_view input);
void fuzz_record(std::string_view input);
void fuzz_token(std::string_view input);

}  // namespace outlay::fuzz
