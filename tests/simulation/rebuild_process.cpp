// Errands around generations.
#include "tests/simulation/rebuild_process.hpp"

#include "migrations/migrations.hpp"

namespace outlay::simulation {

namespace {

constexpr int batches_between_requests_to_end = 80;

std::string text_of(const workers::Difference& difference) {
    return difference.table + " " + difference.key + ": " + difference.detail;
}

}  // namespace

const char* name_of(Errand errand) {
    switch (errand) {
        case Errand::rebuild:
            return "rebuild";
        case Errand::rebuild_anew:
            return "rebuild anew";
        case Errand::rollback:
            return "rollback";
        case Errand::abandoned_switch:
            return "abandoned switch";
        case Errand::run_ahead:
            return "replay ahead";
    }
    CHECK(false, "an errand outside its enumeration");
    return "";
}

RebuildProcess::RebuildProcess(Surroundings& around, int number, Errand errand)
    : random_(around.random),
      number_(number),
      errand_(errand),
      clock_(around.time),
      store_(around.store, around.random, [this](Moment moment) { pause(moment); }),
      link_(around.broker, number),
      flow_([this] { work(); }) {}

// What it does from here on reaches nobody.
RebuildProcess::~RebuildProcess() {
    is_dead_ = true;
    store_.cut();
    link_.cut();
    while (!flow_.is_over()) flow_.go_on();
}

void RebuildProcess::pause(Moment moment) {
    if (is_dead_) return;
    if (moment == Moment::between_statements && !random_.one_in(6)) return;
    flow_.pause();
}

bool RebuildProcess::goes_on() {
    return !is_dead_ && (link_.is_calm() || !random_.one_in(batches_between_requests_to_end));
}

workers::RebuildOptions RebuildProcess::options() {
    workers::RebuildOptions options;
    options.batch = {.records_max = static_cast<std::size_t>(random_.number(1, 30)),
                     .wait = milliseconds{0}};
    options.indexes_last = random_.one_in(2);
    options.near = random_.number(0, 10);
    return options;
}

bool RebuildProcess::succeeds(const workers::Rebuild::Status& status) {
    if (!status.ok()) complaint_ = status.error();
    return status.ok();
}

void RebuildProcess::work() {
    switch (errand_) {
        case Errand::rebuild:
        case Errand::rebuild_anew:
        case Errand::rollback:
            return rebuild();
        case Errand::abandoned_switch:
            return switch_half();
        case Errand::run_ahead:
            return run_ahead();
    }
    CHECK(false, "an errand outside its enumeration");
}

void RebuildProcess::rebuild() {
    workers::Rebuild work({store_, link_, migrations::sqlite(), clock_}, options(),
                          [this](std::int64_t) { return goes_on(); });
    if (errand_ == Errand::rebuild_anew && !succeeds(work.abandon())) return;
    const auto begun = errand_ == Errand::rollback ? work.begin_rollback() : work.begin();
    if (!begun.ok()) {
        complaint_ = begun.error();
        return;
    }
    if (!succeeds(work.catch_up())) return;
    if (errand_ != Errand::rollback || random_.one_in(2)) {
        const auto found = work.compare();
        if (!found.ok()) {
            complaint_ = found.error();
            return;
        }
        if (found->difference) difference_ = text_of(*found->difference);
    }
    is_done_ = succeeds(work.flip());
}

void RebuildProcess::switch_half() {
    const auto known = workers::generations(store_);
    if (!known.ok()) return;
    is_done_ = workers::freeze(store_, known->active).ok();
}

void RebuildProcess::run_ahead() {
    const auto known = workers::generations(store_);
    if (!known.ok()) return;
    auto target = known->in_state(workers::generation_state::building);
    if (!target) target = known->in_state(workers::generation_state::returning);
    if (!target) return;
    std::vector<journal::Checkpoint> wished;
    for (std::int32_t p = 0; p < link_.partition_count(); ++p) {
        const auto end = link_.end(p);
        if (!end.ok()) return;
        wished.emplace_back().partition = p;
        wished.back().next = *end;
    }
    workers::GenerationView view(store_, *target);
    workers::Replay replay(
        view, link_, [this](std::int64_t) { return goes_on(); }, options().batch);
    is_done_ = replay.reach(wished).ok();
}

}  // namespace outlay::simulation
