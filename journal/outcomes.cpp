// The polling thread behind Outcomes. Followers wait in order of their earliest unjudged try, so
// one look at the checkpoints tells who is due; all who are due share two set-based look-ups in the
// same snapshot.
#include "journal/outcomes.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_set>

#include "journal/history.hpp"
#include "journal/tables.hpp"

namespace outlay::journal {

namespace {

// Without followers the checkpoints are looked at now and then, so that a halt, and its end, is
// known before the next append.
constexpr std::chrono::milliseconds idle_pause{1'000};
constexpr std::chrono::milliseconds halted_pause{250};
constexpr std::chrono::milliseconds failed_pause{50};

struct Follower {
    Follow follow;
    Outcomes::FateDone done;
};
using FollowerPtr = std::shared_ptr<Follower>;  // shared: a look works on a copy of the list

struct Reacher {
    Position position;
    platform::Deadline deadline;
    Outcomes::ReachedDone done;
};

struct Rejection {
    Verdict verdict;
    domain::CommandId command;
};

struct Look {
    std::map<std::int32_t, Checkpoint> checkpoints;
    std::unordered_map<CommandKey, Fate, KeyHash> settled;
    std::map<Position, Rejection> rejected;
};

std::optional<Verdict> verdict_of(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(Verdict::halt); ++i) {
        if (verdict_name(static_cast<Verdict>(i)) == name) return static_cast<Verdict>(i);
    }
    return std::nullopt;
}

bool is_judged(const Look& look, std::int32_t partition, std::int64_t offset) {
    const auto found = look.checkpoints.find(partition);
    return found != look.checkpoints.end() && offset < found->second.next;
}

sql::Status look_up_commits(sql::Session& session, const std::vector<FollowerPtr>& due,
                            Look& look) {
    std::unordered_set<CommandKey, KeyHash> wanted;
    for (const auto& follower : due) wanted.insert(follower->follow.command);
    std::vector<sql::Value> keys;
    for (const auto& key : wanted) {
        keys.emplace_back(key.workspace.value.text());
        keys.emplace_back(key.command.value.text());
    }
    constexpr std::array<std::string_view, 7> columns{
        "workspace", "command", "log_partition", "log_offset", "kind", "fingerprint", "record"};
    const auto rows = session.find(tables::commits, columns, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        Fate fate;
        const bool is_close = rows->text(row, 4) == "close";
        fate.kind = is_close ? Fate::Kind::closed : Fate::Kind::applied;
        fate.position = {static_cast<std::int32_t>(rows->integer(row, 2)), rows->integer(row, 3)};
        if (!rows->is_null(row, 5)) fate.fingerprint = rows->text(row, 5);
        if (is_close) fate.record = rows->text(row, 6);
        look.settled.insert_or_assign({{rows->uuid(row, 0)}, {rows->uuid(row, 1)}},
                                      std::move(fate));
    }
    return domain::Done{};
}

sql::Status look_up_rejections(sql::Session& session, const std::vector<FollowerPtr>& due,
                               Look& look) {
    std::set<Position> wanted;
    for (const auto& follower : due) {
        if (look.settled.contains(follower->follow.command)) continue;
        for (const auto offset : follower->follow.tries) {
            if (!is_judged(look, follower->follow.partition, offset)) continue;
            wanted.insert({follower->follow.partition, offset});
        }
    }
    if (wanted.empty()) return domain::Done{};
    std::vector<sql::Value> keys;
    for (const auto& position : wanted) {
        keys.emplace_back(std::int64_t{position.partition});
        keys.emplace_back(position.offset);
    }
    constexpr std::array<std::string_view, 4> columns{"log_partition", "log_offset", "verdict",
                                                      "command"};
    const auto rows = session.find(tables::rejections, columns, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const Position position{static_cast<std::int32_t>(rows->integer(row, 0)),
                                rows->integer(row, 1)};
        const auto verdict = verdict_of(rows->text(row, 2));
        const auto command = rows->optional_uuid(row, 3);
        if (verdict && command)
            look.rejected.emplace(position, Rejection{*verdict, domain::CommandId{*command}});
    }
    return domain::Done{};
}

// What the look says about a follower; empty: nothing final yet.
std::optional<Fate> fate_of(const Follow& follow, const Look& look) {
    const auto settled = look.settled.find(follow.command);
    if (settled != look.settled.end()) return settled->second;  // applied wins over every rejection
    Fate fate;
    fate.kind = Fate::Kind::rejected;
    for (const auto offset : follow.tries) {
        const auto rejected = look.rejected.find({follow.partition, offset});
        // A log that lost its tail may hold somebody else's record there.
        if (rejected == look.rejected.end() || rejected->second.command != follow.command.command) {
            const auto checkpoint = look.checkpoints.find(follow.partition);
            if (checkpoint == look.checkpoints.end() || !checkpoint->second.halt)
                return std::nullopt;
            fate.kind = Fate::Kind::halted;
            return fate;
        }
        fate.verdict = rejected->second.verdict;
    }
    if (follow.has_unknown_try || follow.tries.empty()) return std::nullopt;
    return fate;
}

}  // namespace

struct Outcomes::Impl {
    sql::Store& store;
    const platform::Clock& clock;
    OutcomesOptions options;

    std::mutex mutex;
    std::condition_variable wake;
    std::multimap<std::int64_t, FollowerPtr> by_try;  // earliest try -> follower, of all partitions
    std::list<FollowerPtr> unknown;  // followers with a try that may have landed anywhere
    std::multimap<platform::Deadline, FollowerPtr> by_deadline;  // all followers
    std::list<Reacher> reachers;
    std::map<std::int32_t, Checkpoint> known;
    std::size_t background = 0;  // of the followers
    bool reachable = true;
    bool signalled = false;
    bool stopping = false;
    std::thread thread;

    Impl(sql::Store& s, const platform::Clock& c, OutcomesOptions o)
        : store(s), clock(c), options(o) {}

    bool has_waiters() const { return !by_try.empty() || !unknown.empty() || !reachers.empty(); }
    bool has_clients() const { return !reachers.empty() || by_deadline.size() > background; }
    bool any_halt() const {
        for (const auto& [partition, checkpoint] : known) {
            if (checkpoint.halt) return true;
        }
        return false;
    }

    void run() {
        look();  // a halt that is older than this process
        for (;;) {
            {
                std::unique_lock lock(mutex);
                rest(lock);
                if (stopping) break;
                signalled = false;
            }
            look();
        }
    }

    void rest(std::unique_lock<std::mutex>& lock) {
        if (!has_waiters()) {
            const auto waiting = [this] { return stopping || has_waiters(); };
            const bool halted = any_halt();
            const bool is_wanted = wake.wait_for(lock, halted ? halted_pause : idle_pause, waiting);
            if (halted || !is_wanted) return;
        }
        const bool is_calm = !has_clients();
        const auto pause = !reachable ? failed_pause
                           : is_calm  ? options.background_pause
                                      : options.pause;
        wake.wait_for(lock, pause, [this, is_calm] {
            return stopping || signalled || (is_calm && has_clients());
        });
    }

    // Followers with a try below the furthest checkpoint may be due; the exact test is per
    // partition.
    std::vector<FollowerPtr> due_followers(const std::map<std::int32_t, Checkpoint>& checkpoints) {
        std::int64_t furthest = 0;
        bool halted = false;
        for (const auto& [partition, checkpoint] : checkpoints) {
            furthest = std::max(furthest, checkpoint.next);
            halted = halted || checkpoint.halt.has_value();
        }
        const std::lock_guard lock(mutex);
        std::vector<FollowerPtr> due(unknown.begin(), unknown.end());
        const auto end = halted ? by_try.end() : by_try.lower_bound(furthest);
        for (auto entry = by_try.begin(); entry != end; ++entry) {
            const auto checkpoint = checkpoints.find(entry->second->follow.partition);
            if (checkpoint == checkpoints.end()) continue;
            if (entry->first < checkpoint->second.next || checkpoint->second.halt)
                due.push_back(entry->second);
        }
        return due;
    }

    void look() {
        Look seen;
        std::vector<FollowerPtr> due;
        const auto status = store.transact(
            {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
                seen = {};
                auto all = checkpoints(session);
                if (!all.ok()) return domain::Fail{all.error()};
                for (auto& checkpoint : *all)
                    seen.checkpoints.emplace(checkpoint.partition, std::move(checkpoint));
                due = due_followers(seen.checkpoints);
                if (due.empty()) return domain::Done{};
                auto commits = look_up_commits(session, due, seen);
                if (!commits.ok()) return commits;
                return look_up_rejections(session, due, seen);
            });
        finish(status.ok() ? due : std::vector<FollowerPtr>{}, seen, status.ok());
    }

    void finish(const std::vector<FollowerPtr>& due, const Look& seen, bool reached_store) {
        std::vector<std::function<void()>> calls;
        {
            const std::lock_guard lock(mutex);
            reachable = reached_store;
            if (reached_store) known = seen.checkpoints;
            for (const auto& follower : due) {
                if (auto fate = fate_of(follower->follow, seen))
                    take_out(follower, std::move(*fate), calls);
            }
            finish_reachers(calls);
            time_out(calls);
        }
        for (const auto& call : calls) call();
    }

    void take_out(const FollowerPtr& follower, Fate fate,
                  std::vector<std::function<void()>>& calls) {
        if (follower->follow.has_unknown_try || follower->follow.tries.empty()) {
            unknown.remove(follower);
        } else {
            erase(by_try, earliest(follower->follow), follower);
        }
        erase(by_deadline, follower->follow.deadline, follower);
        if (follower->follow.is_background) --background;
        calls.emplace_back(
            [done = std::move(follower->done), fate = std::move(fate)] { done(fate); });
    }

    bool take_in(const FollowerPtr& follower) {
        const std::lock_guard lock(mutex);
        if (stopping || by_try.size() + unknown.size() >= options.followers_max) return false;
        if (follower->follow.has_unknown_try || follower->follow.tries.empty())
            unknown.push_back(follower);
        else
            by_try.emplace(earliest(follower->follow), follower);
        by_deadline.emplace(follower->follow.deadline, follower);
        if (follower->follow.is_background) ++background;
        return true;
    }

    template <typename Key>
    static void erase(std::multimap<Key, FollowerPtr>& followers, const Key& key,
                      const FollowerPtr& follower) {
        auto [entry, end] = followers.equal_range(key);
        while (entry != end && entry->second != follower) ++entry;
        if (entry != end) followers.erase(entry);
    }

    static std::int64_t earliest(const Follow& follow) { return std::ranges::min(follow.tries); }

    void finish_reachers(std::vector<std::function<void()>>& calls) {
        const auto now = clock.monotonic();
        for (auto reacher = reachers.begin(); reacher != reachers.end();) {
            const auto checkpoint = known.find(reacher->position.partition);
            const bool reached =
                checkpoint != known.end() && reacher->position.offset < checkpoint->second.next;
            if (reached || now >= reacher->deadline) {
                calls.emplace_back([done = std::move(reacher->done), reached] { done(reached); });
                reacher = reachers.erase(reacher);
            } else {
                ++reacher;
            }
        }
    }

    void time_out(std::vector<std::function<void()>>& calls) {
        const auto now = clock.monotonic();
        while (!by_deadline.empty() && by_deadline.begin()->first <= now) {
            const FollowerPtr late = by_deadline.begin()->second;
            take_out(late, Fate{}, calls);
        }
    }

    void give_up_all() {
        std::vector<std::function<void()>> calls;
        {
            const std::lock_guard lock(mutex);
            for (auto& [offset, follower] : by_try)
                calls.emplace_back([follower] { follower->done(Fate{}); });
            for (auto& follower : unknown)
                calls.emplace_back([follower] { follower->done(Fate{}); });
            for (auto& reacher : reachers)
                calls.emplace_back([done = reacher.done] { done(false); });
            by_try.clear();
            by_deadline.clear();
            background = 0;
            unknown.clear();
            reachers.clear();
        }
        for (const auto& call : calls) call();
    }
};

Outcomes::Outcomes(sql::Store& store, const platform::Clock& clock, OutcomesOptions options)
    : impl_(std::make_unique<Impl>(store, clock, options)) {
    if (options.has_thread) impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Outcomes::~Outcomes() {
    stop();
}

void Outcomes::follow(Follow follow, FateDone done) {
    const auto follower = std::make_shared<Follower>(Follower{std::move(follow), std::move(done)});
    if (impl_->take_in(follower)) return impl_->wake.notify_one();
    Fate fate;
    fate.kind = Fate::Kind::overloaded;
    follower->done(fate);
}

void Outcomes::reach(Position position, platform::Deadline deadline, ReachedDone done) {
    bool reached = false;
    bool accepted = false;
    {
        const std::lock_guard lock(impl_->mutex);
        const auto checkpoint = impl_->known.find(position.partition);
        reached = checkpoint != impl_->known.end() && position.offset < checkpoint->second.next;
        accepted =
            !reached && !impl_->stopping && impl_->reachers.size() < impl_->options.followers_max;
        if (accepted) impl_->reachers.push_back({position, deadline, done});
    }
    if (!accepted) return done(reached);
    impl_->wake.notify_one();
}

void Outcomes::signal() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->signalled = true;
    }
    impl_->wake.notify_one();
}

std::int64_t Outcomes::known_next(std::int32_t partition) const {
    const std::lock_guard lock(impl_->mutex);
    const auto found = impl_->known.find(partition);
    return found == impl_->known.end() ? 0 : found->second.next;
}

std::optional<std::string> Outcomes::known_halt(std::int32_t partition) const {
    const std::lock_guard lock(impl_->mutex);
    const auto found = impl_->known.find(partition);
    if (found == impl_->known.end() || !found->second.halt) return std::nullopt;
    return std::string(halt_cause_name(*found->second.halt));
}

void Outcomes::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->wake.notify_all();
    if (impl_->thread.joinable()) impl_->thread.join();
    impl_->give_up_all();
}

void Outcomes::step() {
    bool is_wanted = false;
    {
        const std::lock_guard lock(impl_->mutex);
        is_wanted = impl_->has_waiters() || impl_->any_halt();
    }
    if (is_wanted) impl_->look();
}

}  // namespace outlay::journal
