// Upcasting: data of an older schema version is lifted step by step to the version that the program
// reads. Steps are rows of a table; a step never changes. Any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "platform/json/value.hpp"

namespace outlay::events {

struct Upcaster {
    std::string_view type;
    std::int64_t from;                                // rewrites version `from` to `from` + 1
    std::string (*rewrite)(const json::Value& data);  // the new data as JSON text
};

// The steps of this program. None yet: every type is at version 1.
std::span<const Upcaster> upcasters();

struct Lifted {
    json::Value data;
    std::deque<std::string> texts;  // what data.raw() points into; a deque never moves them
};

// Lifts `data` from version `from` to version `to`, above it. CHECKs that every step is in the
// table and writes JSON.
Lifted upcast(std::span<const Upcaster> steps, std::string_view type, std::int64_t from,
              std::int64_t to, const json::Value& data);

}  // namespace outlay::events
