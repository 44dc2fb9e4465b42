// One tick for all streams: it ends waits whose time has come and asks the pool for a look. A look
// compares the checkpoints with those of the look before; where they moved, it asks which
// workspaces got messages.
#include "api/resources/message_watch.hpp"

#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "journal/history.hpp"

namespace outlay::api {

namespace {

using Offsets = std::map<std::int32_t, std::int64_t>;  // next of each partition
using Resolve = std::function<void(Woken)>;
using Calls = std::vector<std::pair<Resolve, Woken>>;

struct Chair {
    Watched watched;
    platform::Executor* executor;
    bool has_news = false;
    Resolve resolve{};  // of who waits
    platform::Deadline until{};
};

struct Look {
    Offsets next;
    // Workspaces that got messages since the look before, and those that got changes.
    std::set<domain::Uuid> told{};
    std::set<domain::Uuid> changed{};

    bool is_news_for(const Watched& watched) const {
        const auto& workspace = watched.workspace.value;
        return told.contains(workspace) || (watched.has_changes && changed.contains(workspace));
    }
};

sql::Result<Offsets> offsets_of(sql::Session& session) {
    const auto all = journal::checkpoints(session);
    if (!all.ok()) return domain::Fail{all.error()};
    Offsets next;
    for (const auto& checkpoint : *all) next.emplace(checkpoint.partition, checkpoint.next);
    return next;
}

sql::Status find_news(sql::Session& session, const Offsets& before, Look& look) {
    std::string moved;
    std::vector<sql::Value> parameters;
    for (const auto& [partition, next] : look.next) {
        const auto known = before.find(partition);
        const std::int64_t from = known == before.end() ? 0 : known->second;
        if (next <= from) continue;
        parameters.emplace_back(std::int64_t{partition});
        parameters.emplace_back(from);
        const auto count = parameters.size();
        moved += (moved.empty() ? "(log_partition = $" : " OR (log_partition = $") +
                 std::to_string(count - 1) + " AND log_offset >= $" + std::to_string(count) + ")";
    }
    if (moved.empty()) return domain::Done{};
    const auto rows = session.query(
        "SELECT DISTINCT workspace, is_change FROM outlay.outbox WHERE channel IS NULL AND (" +
            moved + ")",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row)
        (rows->integer(row, 1) != 0 ? look.changed : look.told).insert(rows->uuid(row, 0));
    return domain::Done{};
}

void make(const Calls& calls) {
    for (const auto& [resolve, woken] : calls) resolve(woken);
}

}  // namespace

struct MessageWatch::State : std::enable_shared_from_this<MessageWatch::State> {
    sql::Store& store;
    platform::Pool& pool;
    const platform::Clock& clock;
    const std::chrono::milliseconds pause;

    std::mutex mutex;
    std::set<Chair*> chairs;
    std::optional<Offsets> seen;  // empty: the next look does not know what is new
    bool is_ticking = false;
    bool is_looking = false;
    bool is_stopped = false;

    State(sql::Store& s, platform::Pool& p, const platform::Clock& c, std::chrono::milliseconds w)
        : store(s), pool(p), clock(c), pause(w) {}

    void tick() {
        Calls calls;
        platform::Executor* keeper = nullptr;
        bool looks = false;
        {
            const std::lock_guard lock(mutex);
            is_ticking = !is_stopped && !chairs.empty();
            if (!is_ticking) {
                seen.reset();
                return;
            }
            end_late(calls);
            keeper = (*chairs.begin())->executor;
            looks = !std::exchange(is_looking, true);
        }
        make(calls);
        if (looks && !pool.try_run([self = shared_from_this()] { self->look(); })) {
            const std::lock_guard lock(mutex);
            is_looking = false;
        }
        keeper->post_after(pause, [self = shared_from_this()] { self->tick(); });
    }

    void end_late(Calls& calls) {
        const auto now = clock.monotonic();
        for (auto* const chair : chairs) {
            if (chair->resolve && chair->until <= now)
                calls.emplace_back(std::exchange(chair->resolve, nullptr), Woken::time);
        }
    }

    void look() {
        std::optional<Offsets> before;
        {
            const std::lock_guard lock(mutex);
            before = seen;
        }
        Look found;
        const auto status = store.transact(
            {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
                found = {};
                auto next = offsets_of(session);
                if (!next.ok()) return domain::Fail{next.error()};
                found.next = std::move(next).value();
                return before ? find_news(session, *before, found) : sql::Status(domain::Done{});
            });
        finish(before.has_value(), status.ok(), std::move(found));
    }

    // The first look of a while tells everybody: what came before it is known to nobody.
    void finish(bool knows_news, bool has_seen, Look found) {
        Calls calls;
        {
            const std::lock_guard lock(mutex);
            is_looking = false;
            if (!has_seen) return;
            for (auto* const chair : chairs) {
                if (knows_news && !found.is_news_for(chair->watched)) continue;
                chair->has_news = true;
                tell(*chair, calls);
            }
            if (!chairs.empty()) seen = std::move(found.next);
        }
        make(calls);
    }

    static void tell(Chair& chair, Calls& calls) {
        if (!chair.resolve) return;
        chair.has_news = false;
        calls.emplace_back(std::exchange(chair.resolve, nullptr), Woken::news);
    }

    void stop() {
        Calls calls;
        {
            const std::lock_guard lock(mutex);
            is_stopped = true;
            for (auto* const chair : chairs) {
                if (chair->resolve)
                    calls.emplace_back(std::exchange(chair->resolve, nullptr), Woken::stopped);
            }
        }
        make(calls);
    }

    // What a wait hears at once, if anything.
    std::optional<Woken> enter(Chair& chair, platform::Deadline until, const Resolve& resolve) {
        const std::lock_guard lock(mutex);
        if (is_stopped) return Woken::stopped;
        if (std::exchange(chair.has_news, false)) return Woken::news;
        chair.until = until;
        chair.resolve = resolve;
        return std::nullopt;
    }
};

struct MessageWatch::Seat::Held {
    std::shared_ptr<State> state;
    Chair chair;
    Held(std::shared_ptr<State> s, Chair c) : state(std::move(s)), chair(std::move(c)) {}
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
        const std::lock_guard lock(state->mutex);
        state->chairs.erase(&chair);
    }
};

MessageWatch::MessageWatch(sql::Store& store, platform::Pool& pool, const platform::Clock& clock,
                           std::chrono::milliseconds pause)
    : state_(std::make_shared<State>(store, pool, clock, pause)) {}

MessageWatch::~MessageWatch() {
    stop();
}

MessageWatch::Seat MessageWatch::sit(const Watched& watched, platform::Executor& executor) {
    Seat seat(std::make_shared<Seat::Held>(state_, Chair{watched, &executor}));
    bool begins = false;
    {
        const std::lock_guard lock(state_->mutex);
        state_->chairs.insert(&seat.held_->chair);
        begins = !state_->is_stopped && !std::exchange(state_->is_ticking, true);
    }
    if (begins) executor.post([state = state_] { state->tick(); });
    return seat;
}

platform::Completion<Woken> MessageWatch::Seat::wait(platform::Deadline until) {
    return {*held_->chair.executor, [held = held_, until](const Resolve& resolve) {
                const auto woken = held->state->enter(held->chair, until, resolve);
                if (woken) resolve(*woken);
            }};
}

void MessageWatch::stop() {
    state_->stop();
}

}  // namespace outlay::api
