// Replay beside a live store: the rows that follow from the journal, in a scratch store that stands
// at the same records as a snapshot of the live one, while that goes on. Blocks; confined to one
// thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "platform/sql.hpp"
#include "workers/replay.hpp"
#include "workers/row_pages.hpp"

namespace outlay::workers {

class ReplayBeside {
public:
    using Status = domain::Status<std::string>;  // the error is a sentence for an operator
    // With one snapshot of each store, both at the same records.
    using Body = std::function<sql::Status(sql::Session& live, sql::Session& replayed)>;

    // `scratch` is a migrated store, empty or as an earlier replay of the same rows left it.
    ReplayBeside(sql::Store& live, sql::Store& scratch, journal::Journal& log, RowScope rows,
                 Replay::Told told);

    // Most of the replay is done before the snapshot is opened, so that this is short-lived; what
    // came in between is replayed under it.
    Status look(const Body& body);
    // The same inside of a transaction on the live store, which holds its checkpoints where they
    // are.
    Status look(sql::Session& live, const Body& body);

private:
    Status reach(std::vector<journal::Checkpoint> wished);

    sql::Store& live_;
    sql::Store& scratch_;
    RowScope rows_;
    Replay replay_;
};

}  // namespace outlay::workers
