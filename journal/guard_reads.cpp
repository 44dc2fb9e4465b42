// One read transaction for all wishes that gathered.
#include "journal/guard_reads.hpp"

#include <unordered_set>
#include <utility>

namespace outlay::journal {

namespace {

using platform::Task;
using State = sql::Result<SharedVersioned>;
using States = std::unordered_map<AggregateKey, State, KeyHash>;

AggregateKey workspace_key(const GuardReads::Wish& wish) {
    return {wish.workspace, std::string(domain::workspace_name)};
}
AggregateKey categories_key(const GuardReads::Wish& wish) {
    return {wish.workspace, std::string(domain::categories_name)};
}

// A workspace whose events cannot be folded is nobody else's trouble: then each is read by itself.
States load_states(sql::Session& session, const std::vector<AggregateKey>& keys) {
    States states;
    auto loaded = load_all(session, keys);
    for (const auto& key : keys) {
        states.emplace(key, shared(loaded.ok() ? sql::Result<Versioned>(std::move(loaded->at(key)))
                                               : load(session, key.workspace, key.aggregate)));
    }
    return states;
}

sql::Result<States> read_states(sql::Store& store, const std::vector<AggregateKey>& keys) {
    States states;
    const auto status = store.transact({sql::Access::lookup, std::nullopt},
                                       [&](sql::Session& session) -> sql::Status {
                                           states = load_states(session, keys);
                                           return domain::Done{};
                                       });
    if (!status.ok()) return domain::Fail{status.error()};
    return states;
}

sql::Result<GuardReads::Found> pick(const sql::Result<States>& states,
                                    const GuardReads::Wish& wish) {
    if (!states.ok()) return domain::Fail{states.error()};
    const auto& workspace = states->at(workspace_key(wish));
    if (!workspace.ok()) return domain::Fail{workspace.error()};
    GuardReads::Found found{*workspace, nullptr};
    if (!wish.with_categories) return found;
    const auto& categories = states->at(categories_key(wish));
    if (!categories.ok()) return domain::Fail{categories.error()};
    found.categories = *categories;
    return found;
}

}  // namespace

Task<sql::Result<GuardReads::Found>> GuardReads::read(Wish wish) {
    platform::Completion<sql::Result<Found>> wait(executor_, [&](auto resolve) {
        waiting_.push_back({wish, std::move(resolve)});
        if (!std::exchange(is_reading_, true)) platform::start(serve_all(), [](domain::Done) {});
    });
    auto found = co_await wait;
    co_return found;
}

Task<domain::Done> GuardReads::serve_all() {
    while (!waiting_.empty()) {
        const auto served = std::exchange(waiting_, {});
        std::unordered_set<AggregateKey, KeyHash> wanted;
        for (const auto& [wish, resolve] : served) {
            wanted.insert(workspace_key(wish));
            if (wish.with_categories) wanted.insert(categories_key(wish));
        }
        const std::function<sql::Result<States>()> work =
            [&store = store_, keys = std::vector<AggregateKey>(wanted.begin(), wanted.end())] {
                return read_states(store, keys);
            };
        sql::Result<States> overloaded =
            domain::Fail{sql::Error{sql::ErrorKind::busy, "too many reads are waiting"}};
        auto step = platform::run_on(pool_, executor_, work, std::move(overloaded));
        const auto states = co_await step;
        for (const auto& [wish, resolve] : served) resolve(pick(states, wish));
    }
    is_reading_ = false;
    co_return domain::Done{};
}

}  // namespace outlay::journal
