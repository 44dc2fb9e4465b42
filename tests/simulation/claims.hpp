// What clients asked and were told, and whether the oracle can contradict it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/oracle.hpp"
#include "tests/simulation/wishes.hpp"

namespace outlay::simulation {

// One request. `from` and `to`: what was exposed of the journal when it was sent and answered.
struct Exchange {
    int number = 0;
    int node = 0;  // that was asked
    Wish wish;
    std::int32_t partition = 0;
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::optional<journal::Answer> answer;
    std::string trace() const { return "request " + std::to_string(number); }
};

// One question after an operation.
struct LookUp {
    int number = 0;
    journal::OperationQuery query;
    std::int64_t to = 0;
    std::optional<journal::OperationState> state;
    bool is_final() const;
};

// Short words for traces.
std::string text_of(const journal::Answer& answer);
std::string text_of(const journal::OperationState& state);

class Claims {
public:
    // The oracle has judged the whole journal.
    explicit Claims(const Oracle& oracle, std::int32_t partitions);
    void check(const Exchange& exchange);
    void check(const LookUp& look_up);
    const std::vector<std::string>& contradictions() const { return contradictions_; }

private:
    void judge(const Exchange& exchange, const journal::Applied& applied);
    void judge(const Exchange& exchange, const journal::Refused& refused);
    void judge(const Exchange& exchange, const journal::KeyReused& reused);
    void judge(const Exchange& exchange, const journal::PreconditionFailed& failed);
    void judge(const Exchange& exchange, const journal::LostRace& lost);
    void judge(const Exchange& exchange, const journal::Closed& closed);
    void judge(const Exchange& exchange, const journal::Pending& pending);
    void judge(const Exchange& exchange, const journal::Unavailable& unavailable);
    void judge_noop(const Exchange& exchange, const journal::Applied& applied);
    void judge_target(const std::string& who, const Judged& fate, const journal::Versioned& target,
                      std::int64_t to);
    void judge_power(const Exchange& exchange);
    void judge_known_key(const Exchange& exchange);
    // Answers of failure rest on what was exposed at some offset from `from` up to this one: while
    // the request was under way, and before the command's fate was exposed.
    std::int64_t last_basis(const Exchange& exchange) const;
    bool must_be_allowed(const Exchange& exchange) const;
    bool is_clear(const Exchange& exchange, std::int64_t next) const;
    const Judged* fate_of(const Exchange& exchange) const;
    std::vector<const Judged*> own_records(const Exchange& exchange) const;
    bool applied_itself(const Exchange& exchange) const;
    void require(bool holds, const std::string& who, const std::string& what);

    const Oracle& oracle_;
    std::map<std::string, std::vector<const Judged*>> by_trace_;
    std::vector<std::string> contradictions_;
};

}  // namespace outlay::simulation
