// What was seen, and since when it is the same.
#include "workers/frozen_watch.hpp"

#include "platform/log.hpp"
#include "workers/generations.hpp"

namespace outlay::workers {

namespace {

constexpr std::chrono::seconds look_pause{1};
constexpr std::chrono::seconds abandoned_after{10};
// Between two looks further apart everything may have moved and come back.
constexpr std::chrono::seconds apart_max{3};

}  // namespace

std::optional<FrozenWatch::Seen> FrozenWatch::look_again() {
    const auto known = generations(store_);
    if (!known.ok()) return std::nullopt;
    Seen seen{known->active, {}};
    bool is_frozen = false;
    for (const auto& generation : known->all) {
        if (generation.number == known->active)
            is_frozen = generation.is_frozen;
        else
            seen.progress.emplace_back(generation.number, generation.projected);
    }
    return is_frozen ? std::optional(seen) : std::nullopt;
}

void FrozenWatch::look() {
    const auto now = clock_.monotonic();
    if (now - looked_ < look_pause) return;
    const bool is_too_late = now - looked_ > apart_max;
    looked_ = now;
    auto seen = look_again();
    if (!seen || seen != seen_ || is_too_late) {
        seen_ = std::move(seen);
        since_ = now;
        return;
    }
    if (now - since_ < abandoned_after) return;
    const auto thawed = unfreeze(store_, seen->active);
    if (!thawed.ok() || !*thawed) return;
    platform::log(platform::LogLevel::warning, "thawed a generation whose switch was abandoned",
                  {{"generation", seen->active}});
}

}  // namespace outlay::workers
