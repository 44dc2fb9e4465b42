// State digest: what read models say, as one short text per workspace and one for all of them. It
// knows neither positions nor journals, generations or stores: it is the same after a move
// (docs/journal.md, section 8). Confined to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/values/ids.hpp"
#include "platform/sql.hpp"
#include "workers/keyed_rows.hpp"

namespace outlay::workers {

// A sum of hashes, which does not depend on the order of what is added.
class HashSum {
public:
    void add(std::string_view bytes);
    std::string text() const;  // 32 hexadecimal digits

private:
    std::array<std::uint8_t, 16> sum_{};
};

// The cells of a row as a text that no other row has.
std::string row_text(const Row& row);

struct WorkspaceState {
    domain::WorkspaceId workspace;
    std::int64_t rows = 0;
    std::string digest;
};

class StateDigest {
public:
    // A row of one of the generation's tables; those of which users see nothing are passed over.
    void add(const sql::Table& table, const Row& row);
    std::vector<WorkspaceState> workspaces() const;  // in order of their ids
    std::string text() const;                        // of all of them, 64 hexadecimal digits

private:
    struct Sum {
        HashSum hashes;
        std::int64_t rows = 0;
    };
    std::map<std::string, Sum> sums_;  // by workspace, as in the cells
};

// Of all rows that the session's snapshot shows.
sql::Result<StateDigest> digest_of(sql::Session& session);

}  // namespace outlay::workers
