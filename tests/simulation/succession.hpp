// The generations of read models as they stand, and which changes of them are right: one is active,
// it moves forwards only, and its place is taken by one that stands at the same records.
#pragma once

#include <map>
#include <string>

#include "tests/simulation/exposure.hpp"

namespace outlay::simulation {

struct GenerationSeen {
    std::string state;
    std::vector<Exposed> partitions;
    std::int64_t records() const;
};

struct GenerationsSeen {
    std::int64_t active = 0;
    std::map<std::int64_t, GenerationSeen> all;

    const std::vector<Exposed>& exposed() const { return all.at(active).partitions; }
    bool is_frozen() const;
    // Records in all generations but the active one.
    std::int64_t progress() const;
};
GenerationsSeen look_at_generations(sql::Store& store, std::int32_t partitions);

enum class Mover { worker, rebuild };
// What is wrong with how things are now, or with how they became so by one step of somebody.
Lines wrong_with(const GenerationsSeen& before, const GenerationsSeen& now, Mover mover);

}  // namespace outlay::simulation
