// The PastReader port: read models of one workspace as they were at a moment, for queries that ask
// what was known then. Any thread; blocks.
#pragma once

#include <cstddef>

#include "journal/moment.hpp"
#include "platform/sql.hpp"

namespace outlay::journal {

class PastReader {
public:
    virtual ~PastReader() = default;
    // Runs `body` in a session over a scratch store that holds what followed from the moment's
    // commits, made by the same projections as the live one; `live` finds their bytes. An error of
    // kind `busy`: too many do so already.
    virtual sql::Status read(sql::Session& live, const Moment& moment,
                             const sql::TransactionBody& body) = 0;
    // More commits than that take longer than a request may wait; `outlay asof` has no such bound.
    virtual std::size_t commits_max() const = 0;
};

}  // namespace outlay::journal
