// What the store shows, measured by the oracle at exactly the positions that are exposed.
#pragma once

#include <string>
#include <vector>

#include "platform/sql.hpp"
#include "tests/simulation/broker.hpp"
#include "tests/simulation/oracle.hpp"

namespace outlay::simulation {

using Lines = std::vector<std::string>;

// How far the projection of a partition has come in the generation that answers queries.
struct Exposed {
    std::int64_t next = 0;
    std::string chain;
    std::string mode;
    std::string halt;
};
std::vector<Exposed> exposed(sql::Store& store, std::int32_t partitions);

// Carries the oracle to what is exposed and compares every read model with it; empty if all is
// right, else what differs.
Lines compare(sql::Store& store, const Broker& broker, Oracle& oracle);

// Everything that a second projection must make again, row by row, by table.
Lines dump(sql::Store& store, std::int64_t generation);
// The effects that were asked for.
Lines effects(sql::Store& store);
// The first line that only one of the two has.
std::string first_difference(const Lines& left, const Lines& right);

}  // namespace outlay::simulation
