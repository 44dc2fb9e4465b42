// Past: the read models of one workspace as they followed from its first commits, made in a scratch
// store of their own from the bytes that the live store keeps, by the very same projections. What
// was admitted then needs no judging again. Live tables are only read. Confined to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "journal/journal.hpp"
#include "journal/moment.hpp"
#include "platform/sql.hpp"
#include "workers/budget_book.hpp"
#include "workers/folding.hpp"
#include "workers/projections/budget_usage.hpp"

namespace outlay::workers {

class Past {
public:
    // Called after each batch with the number of its commits; false ends it.
    using Told = std::function<bool(std::int64_t commits)>;

    static constexpr std::size_t large_batches = 2'000;

    // `scratch` is migrated and empty. `batch` commits are written at a time.
    explicit Past(sql::Store& scratch, std::size_t batch = large_batches);

    // Carries the scratch store up to the moment. False: it was ended by `told`.
    sql::Result<bool> reach(sql::Session& live, const journal::Moment& moment, const Told& told);

private:
    using Offsets = std::span<const std::int64_t>;
    sql::Status project(const journal::Moment& moment, const std::vector<journal::Record>& records);
    sql::Status write(sql::Session& session, const journal::Moment& moment,
                      const std::vector<journal::Record>& records);
    sql::Status open_book(sql::Session& session, const domain::WorkspaceId& workspace);

    sql::Store& scratch_;
    std::size_t batch_;
    StateCache states_;
    BudgetBooks books_;
    budget_usage::Folders folders_;
};

}  // namespace outlay::workers
