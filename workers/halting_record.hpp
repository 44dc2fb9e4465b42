// The record at which a partition stands still, as an operator has to know it, and the skip that
// names it. Blocks; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/history.hpp"
#include "journal/journal.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

// What it says of itself, "" for what it does not say: nothing of it was judged.
struct HaltingRecord {
    journal::Record record;
    std::string hash;  // names it in a skip
    std::string kind;
    std::string workspace;
    std::string command;
    std::string actor;
    std::vector<std::string> events{};  // their types
};
HaltingRecord halting_record(journal::Record record);

// Empty: it cannot be read.
std::optional<journal::Record> record_at(journal::Journal& log, const journal::Position& position);

struct SkipWish {
    journal::Position position;
    std::string record_hash;
    std::string reason;
    std::string by;  // user@host
    domain::Instant at;
};
struct SkipPlan {
    HaltingRecord halting;
    std::string journal;                        // its identity
    std::optional<journal::Position> named_at;  // a skip that is there already
};
// Errors are sentences for an operator; then nothing may be appended.
domain::Result<SkipPlan, std::string> plan_skip(sql::Store& store, journal::Journal& log,
                                                const SkipWish& wish);
// Notes the deed, then appends the skip at the end of the partition; the readers find it there. An
// error leaves open whether it was appended: the same call may be made again.
domain::Status<std::string> skip(sql::Store& store, journal::Journal& log, const SkipPlan& plan,
                                 const SkipWish& wish);

}  // namespace outlay::workers
