// Rebuilds beside everybody else, and what becomes of the generations by that.
#include <algorithm>

#include "tests/simulation/world.hpp"

namespace outlay::simulation {

namespace {

constexpr std::size_t rebuilds_max = 2;
constexpr std::chrono::seconds abandoned_after{10};

}  // namespace

void World::run_rebuild() {
    if (!has_rebuilds_) return;
    if (rebuilds_.size() < rebuilds_max && random_.one_in(20)) start_rebuild();
    if (rebuilds_.empty()) return;
    auto& rebuild = *random_.pick(rebuilds_);
    // At times one goes far while another one stands somewhere in the middle.
    for (auto left = random_.number(1, random_.one_in(8) ? 60 : 4); left > 0; --left)
        step_rebuild(rebuild);
}

void World::start_rebuild() {
    static const std::vector<Errand> errands{
        Errand::rebuild,  Errand::rebuild,  Errand::rebuild,          Errand::rebuild_anew,
        Errand::rollback, Errand::rollback, Errand::abandoned_switch, Errand::run_ahead};
    const auto errand = random_.pick(errands);
    rebuilds_.push_back(std::make_unique<RebuildProcess>(around_, ++processes_, errand));
    note("process " + std::to_string(processes_) + " starts a " + name_of(errand));
}

void World::step_rebuild(RebuildProcess& rebuild) {
    const auto writes = rebuild.store().writes();
    rebuild.step();
    if (rebuild.store().writes() != writes) observe(Mover::rebuild);
}

void World::end_rebuild(std::size_t rebuild) {
    const auto& ended = *rebuilds_[rebuild];
    const auto name = std::string(name_of(ended.errand())) + " " + std::to_string(ended.number());
    note(name + (ended.is_done() ? " is done" : " ends: " + ended.complaint()));
    if (!ended.difference().empty()) accuse(name + " finds a difference: " + ended.difference());
    rebuilds_.erase(rebuilds_.begin() + static_cast<std::ptrdiff_t>(rebuild));
}

// Killed between any two of its transactions.
void World::crash_rebuild() {
    if (rebuilds_.empty()) return;
    const auto chosen = random_.index(rebuilds_.size());
    note("process " + std::to_string(rebuilds_[chosen]->number()) + " is killed");
    rebuilds_.erase(rebuilds_.begin() + static_cast<std::ptrdiff_t>(chosen));
}

void World::send_effects() {
    auto sent = send_all(files_.store());
    for (auto& effect : sent.effects) {
        if (std::ranges::count(sent_.effects, effect) > 0) accuse("sent twice: " + effect);
        note("sends " + effect);
        sent_.effects.push_back(std::move(effect));
    }
    std::ranges::move(sent.rows, std::back_inserter(sent_.rows));
}

void World::observe(Mover mover) {
    auto now_seen = look_at_generations(files_.store(), broker_.partition_count());
    if (!now_seen.all.contains(now_seen.active)) return accuse("the active generation is gone");
    const auto before = std::exchange(seen_, std::move(now_seen));
    for (const auto& problem : wrong_with(before, seen_, mover)) accuse(problem);
    const auto now = time_.monotonic();
    if (mover == Mover::worker) observe_thaw(before);
    std::erase_if(progress_since_, [&](const auto& one) {
        return one.first != seen_.progress() && now - one.second > 3 * abandoned_after;
    });
    progress_since_.try_emplace(seen_.progress(), now);
    if (seen_.active == before.active) return;
    note("generation " + std::to_string(seen_.active) + " is active");
    check_switch(before.active);
}

// A switch that makes progress is not abandoned.
void World::observe_thaw(const GenerationsSeen& before) {
    if (!before.is_frozen() || seen_.is_frozen() || before.active != seen_.active) return;
    note("the generation is thawed");
    const auto since = progress_since_.find(seen_.progress());
    if (since == progress_since_.end() || time_.monotonic() - since->second < abandoned_after)
        accuse("a switch was taken for abandoned while it made progress");
}

// P7: nothing that queries show is changed by a switch.
void World::check_switch(std::int64_t from) {
    if (!problems_.empty()) return;
    const auto difference =
        first_difference(dump(files_.store(), seen_.active), dump(files_.store(), from));
    if (!difference.empty()) accuse("switched to other rows: " + difference);
    check_exposure();
}

}  // namespace outlay::simulation
