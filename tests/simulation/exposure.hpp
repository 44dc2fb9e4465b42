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
// In the session's generation.
std::vector<Exposed> exposed_in(sql::Session& session, std::int32_t partitions);

// Rows of the outbox, whole and as the oracle knows them.
struct Outbox {
    Lines rows;
    Lines effects;
};
// Takes every row out, as when it was sent.
Outbox send_all(sql::Store& store);

// Carries the oracle to what is exposed and compares every read model with it, and the effects that
// were asked for, of which some were sent; empty if all is right, else what differs.
Lines compare(sql::Store& store, const Broker& broker, Oracle& oracle, const Lines& sent);

// Everything that a second projection must make again, row by row, by table.
Lines dump(sql::Store& store, std::int64_t generation);
// What waits in the outbox.
Lines effects(sql::Store& store);
// The first line that only one of the two has.
std::string first_difference(const Lines& left, const Lines& right);

}  // namespace outlay::simulation
