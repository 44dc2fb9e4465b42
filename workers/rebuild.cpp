// The steps of a rebuild.
#include "workers/rebuild.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "platform/log.hpp"
#include "workers/schema.hpp"

namespace outlay::workers {

namespace {

using domain::Done;
using domain::Fail;

constexpr int flips_max = 5;        // tries, while workers thaw the live generation in between
constexpr int comparisons_max = 5;  // likewise

Fail<std::string> store_failed(const sql::Error& error) {
    return Fail{"the store: " + error.detail};
}

std::string name_of(std::int64_t generation) {
    return "generation " + std::to_string(generation);
}

// Where nothing is projected yet there may be no row.
sql::Result<std::map<std::int32_t, std::int64_t>> positions(sql::Session& session) {
    const auto checkpoints = journal::checkpoints(session);
    if (!checkpoints.ok()) return Fail{checkpoints.error()};
    std::map<std::int32_t, std::int64_t> found;
    for (const auto& one : *checkpoints) {
        if (one.next > 0) found.emplace(one.partition, one.next);
    }
    return found;
}

sql::Result<bool> stand_level(sql::Session& one, sql::Session& other) {
    const auto here = positions(one);
    if (!here.ok()) return Fail{here.error()};
    const auto there = positions(other);
    if (!there.ok()) return Fail{there.error()};
    return *here == *there;
}

// The live generation goes on when this ends, whatever happened. Should the process end before, a
// worker thaws it.
class Thaw {
public:
    Thaw(sql::Store& store, std::int64_t generation) : store_(store), generation_(generation) {}
    Thaw(const Thaw&) = delete;
    Thaw& operator=(const Thaw&) = delete;
    ~Thaw() { now(); }
    void now() {
        if (is_done_) return;
        const auto thawed = unfreeze(store_, generation_);
        is_done_ = thawed.ok();
        if (!thawed.ok()) {
            platform::log(platform::LogLevel::warning, "workers will thaw the generation",
                          {{"detail", thawed.error().detail}});
        }
    }

private:
    sql::Store& store_;
    std::int64_t generation_;
    bool is_done_ = false;
};

}  // namespace

Rebuild::Rebuild(RebuildParts parts, RebuildOptions options, Replay::Told told)
    : parts_(parts), options_(options), told_(std::move(told)) {}

Rebuild::Outcome<std::int64_t> Rebuild::begin() {
    return begin(generation_state::building);
}

Rebuild::Outcome<std::int64_t> Rebuild::begin_aside() {
    return begin(generation_state::aside);
}

Rebuild::Outcome<std::int64_t> Rebuild::begin(std::string_view state) {
    const auto known = generations(parts_.store);
    if (!known.ok()) return store_failed(known.error());
    live_ = known->active;
    auto target = known->in_state(state);
    if (!target) {
        const auto added = add_generation(parts_.store, parts_.clock, state);
        if (!added.ok()) return store_failed(added.error());
        target = *added;
    }
    const bool indexes_last = options_.indexes_last && state == generation_state::building;
    const auto part = indexes_last ? SchemaPart::tables : SchemaPart::everything;
    const auto made =
        migrate_generation(parts_.store, parts_.migrations, *target, part, parts_.clock);
    if (!made.ok()) return store_failed(made.error());
    take(*target);
    return shadow_;
}

Rebuild::Outcome<std::int64_t> Rebuild::begin_rollback() {
    const auto known = generations(parts_.store);
    if (!known.ok()) return store_failed(known.error());
    live_ = known->active;
    auto target = known->in_state(generation_state::returning);
    if (!target) target = known->in_state(generation_state::previous);
    if (!target) return Fail{"there is no generation before " + std::to_string(live_)};
    const auto turned = turn_to_shadow(parts_.store, *target);
    if (!turned.ok()) return store_failed(turned.error());
    if (!*turned) return Fail{name_of(*target) + " became the active one, or was dropped"};
    take(*target);
    return shadow_;
}

Rebuild::Status Rebuild::abandon() {
    return drop_all_in(std::array{generation_state::building, generation_state::dropping});
}

Rebuild::Status Rebuild::drop_aside() {
    return drop_all_in(std::array{generation_state::aside});
}

Rebuild::Status Rebuild::drop_all_in(std::span<const std::string_view> states) {
    const auto known = generations(parts_.store);
    if (!known.ok()) return store_failed(known.error());
    for (const auto& generation : known->all) {
        if (std::ranges::find(states, generation.state) == states.end()) continue;
        const auto dropped = drop_generation(parts_.store, generation.number);
        if (!dropped.ok()) return store_failed(dropped.error());
    }
    return Done{};
}

void Rebuild::take(std::int64_t generation) {
    shadow_ = generation;
    view_ = std::make_unique<GenerationView>(parts_.store, generation);
    replay_ = std::make_unique<Replay>(*view_, parts_.log, told_, options_.batch, options_.threads);
}

Rebuild::Outcome<std::vector<journal::Checkpoint>> Rebuild::live_checkpoints() {
    std::vector<journal::Checkpoint> found;
    GenerationView live(parts_.store, live_);
    const auto done = live.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        auto checkpoints = journal::checkpoints(session);
        if (!checkpoints.ok()) return Fail{checkpoints.error()};
        found = std::move(checkpoints).value();
        return Done{};
    });
    if (!done.ok()) return store_failed(done.error());
    return found;
}

Rebuild::Status Rebuild::reach_live() {
    const auto wished = live_checkpoints();
    if (!wished.ok()) return Fail{wished.error()};
    return replay_->reach(*wished);
}

Rebuild::Outcome<std::int64_t> Rebuild::lag() {
    const auto known = generations(parts_.store);
    if (!known.ok()) return store_failed(known.error());
    std::int64_t behind = 0;
    bool is_there = false;
    for (const auto& generation : known->all) {
        is_there = is_there ||
                   (generation.number == shadow_ && generation.state != generation_state::dropping);
        if (generation.number == live_) behind += generation.projected;
        if (generation.number == shadow_) behind -= generation.projected;
    }
    if (!is_there) return Fail{name_of(shadow_) + " was dropped by somebody else"};
    return behind;
}

Rebuild::Status Rebuild::catch_up() {
    auto reached = reach_live();
    if (!reached.ok()) return reached;
    const auto made = migrate_generation(parts_.store, parts_.migrations, shadow_,
                                         SchemaPart::everything, parts_.clock);
    if (!made.ok()) return store_failed(made.error());
    for (;;) {
        const auto behind = lag();
        if (!behind.ok()) return Fail{behind.error()};
        if (*behind <= options_.near) return Done{};
        // What this process left may not be there any more: begun anew by another one.
        take(shadow_);
        reached = reach_live();
        if (!reached.ok()) return reached;
    }
}

Rebuild::Status Rebuild::catch_up(const journal::Position& end) {
    auto wished = live_checkpoints();
    if (!wished.ok()) return Fail{wished.error()};
    std::erase_if(*wished, [&end](const journal::Checkpoint& checkpoint) {
        return checkpoint.partition != end.partition;
    });
    for (auto& checkpoint : *wished) checkpoint.next = std::min(checkpoint.next, end.offset);
    return replay_->reach(*wished);
}

Rebuild::Status Rebuild::freeze_and_draw_level() {
    const auto frozen = freeze(parts_.store, live_);
    if (!frozen.ok()) return store_failed(frozen.error());
    if (!*frozen) return Fail{name_of(live_) + " is not the active one any more"};
    return reach_live();
}

Rebuild::Outcome<Verification> Rebuild::compare() {
    for (int tries = 0; tries < comparisons_max; ++tries) {
        auto compared = compare_if_level();
        if (!compared.ok()) return Fail{compared.error()};
        if (*compared) return std::move(**compared);
    }
    return Fail{name_of(live_) + " went on before it could be compared"};
}

// Empty: both were not at the same records any more when their snapshots were open. That says
// nothing about their rows; somebody else thawed the live one.
Rebuild::Outcome<std::optional<Verification>> Rebuild::compare_if_level() {
    Thaw thaw(parts_.store, live_);
    auto level = freeze_and_draw_level();
    if (!level.ok()) return Fail{level.error()};
    std::optional<Verification> found;
    GenerationView live_view(parts_.store, live_);
    const auto done = live_view.transact(sql::as_reader, [&](sql::Session& live) {
        return view_->transact(sql::as_reader, [&](sql::Session& rebuilt) -> sql::Status {
            thaw.now();
            const auto is_level = stand_level(live, rebuilt);
            if (!is_level.ok()) return Fail{is_level.error()};
            if (!*is_level) return Done{};
            auto compared = compare_generations(live, rebuilt);
            if (!compared.ok()) return Fail{compared.error()};
            found = std::move(compared).value();
            return Done{};
        });
    });
    if (!done.ok()) return store_failed(done.error());
    return found;
}

Rebuild::Status Rebuild::flip() {
    auto switched = switch_over();
    for (int tries = 1; !switched.ok() && tries < flips_max; ++tries) {
        platform::log(platform::LogLevel::warning, "the switch is tried again",
                      {{"detail", switched.error()}});
        switched = switch_over();
    }
    return switched.ok() ? drop_older() : switched;
}

// A commit of which nobody knows whether it came to pass is found out by looking.
Rebuild::Status Rebuild::switch_over() {
    const auto known = generations(parts_.store);
    if (!known.ok()) return store_failed(known.error());
    if (known->active == shadow_) return Done{};
    Thaw thaw(parts_.store, live_);
    auto level = freeze_and_draw_level();
    if (!level.ok()) return level;
    const auto objection = workers::flip(parts_.store, live_, shadow_);
    if (!objection.ok()) return store_failed(objection.error());
    if (*objection) return Fail{**objection};
    return Done{};
}

Rebuild::Status Rebuild::drop_older() {
    const auto known = generations(parts_.store);
    if (!known.ok()) return store_failed(known.error());
    for (const auto& generation : known->all) {
        const bool is_kept = generation.number == shadow_ || generation.number == live_ ||
                             generation.state == generation_state::building ||
                             generation.state == generation_state::aside;
        if (is_kept) continue;
        const auto dropped = drop_generation(parts_.store, generation.number);
        if (!dropped.ok()) return store_failed(dropped.error());
    }
    return Done{};
}

}  // namespace outlay::workers
