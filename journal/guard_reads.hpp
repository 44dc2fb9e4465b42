// Guard reads: fetches guards for everybody who misses them at the same time, in one snapshot.
// While one read is under way, further wishes gather for the next. Confined to its submitter's
// executor.
#pragma once

#include <vector>

#include "journal/guards.hpp"
#include "platform/pool.hpp"
#include "platform/sql.hpp"
#include "platform/task.hpp"

namespace outlay::journal {

class GuardReads {
public:
    struct Wish {
        domain::WorkspaceId workspace;
        bool with_categories = false;
    };
    struct Found {
        SharedVersioned workspace;
        SharedVersioned categories;  // null unless asked for
    };
    GuardReads(sql::Store& store, platform::Pool& pool, platform::Executor& executor)
        : store_(store), pool_(pool), executor_(executor) {}

    // The owner outlives its waiters.
    platform::Task<sql::Result<Found>> read(Wish wish);

private:
    struct Waiting {
        Wish wish;
        std::function<void(sql::Result<Found>)> resolve;
    };
    platform::Task<domain::Done> serve_all();

    sql::Store& store_;
    platform::Pool& pool_;
    platform::Executor& executor_;
    std::vector<Waiting> waiting_;
    bool is_reading_ = false;
};

}  // namespace outlay::journal
