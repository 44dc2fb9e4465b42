// A scratch store in memory lives for one query.
#include "app/past_reader.hpp"

#include "migrations/migrations.hpp"
#include "platform/sqlite/store.hpp"
#include "workers/past.hpp"
#include "workers/schema.hpp"

namespace outlay::app {

namespace {

// Each keeps a pool thread and a core busy, and some 2 KB for each commit: more would starve other
// requests.
constexpr int readers_max = 2;
constexpr std::size_t past_commits_max = 50'000;

}  // namespace

std::size_t PastReader::commits_max() const {
    return past_commits_max;
}

sql::Status PastReader::read(sql::Session& live, const journal::Moment& moment,
                             const sql::TransactionBody& body) {
    sql::Status done =
        domain::Fail{sql::Error{sql::ErrorKind::busy, "other queries look at the past"}};
    if (++running_ <= readers_max) done = read_now(live, moment, body);
    --running_;
    return done;
}

sql::Status PastReader::read_now(sql::Session& live, const journal::Moment& moment,
                                 const sql::TransactionBody& body) const {
    auto store = sqlite::open_memory_store();
    if (!store.ok()) return domain::Fail{store.error()};
    if (auto migrated = workers::migrate(**store, migrations::sqlite(), clock_); !migrated.ok())
        return migrated;
    workers::Past past(**store);
    const auto reached = past.reach(live, moment, [](std::int64_t) { return true; });
    if (!reached.ok()) return domain::Fail{reached.error()};
    return (*store)->transact({sql::Access::lookup, std::nullopt}, body);
}

}  // namespace outlay::app
