// The projector's loop: deliveries in, progress out, pauses and retries between.
#include "workers/projector.hpp"

#include <algorithm>
#include <utility>

#include "journal/history.hpp"
#include "platform/log.hpp"
#include "workers/batch_meter.hpp"

namespace outlay::workers {

using Progress = Partition::Progress;

Projector::Projector(ProjectorParts parts, ProjectorOptions options)
    : parts_(std::move(parts)),
      options_(options),
      frozen_(parts_.store, parts_.clock),
      halts_(parts_.store, parts_.clock) {
    note_alive();
}

Projector::~Projector() {
    stop();
}

void Projector::start() {
    CHECK(!thread_.joinable(), "a projector is started once");
    expose_failures();
    stopping_ = false;
    thread_ = std::thread([this] { run(); });
}

void Projector::run() {
    while (!stopping_) step();
    aside_.reset();
    subscription_.reset();
    slots_.clear();
}

void Projector::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    aside_.reset();
    subscription_.reset();
    slots_.clear();
    held_.reset();
}

bool Projector::step() {
    if (!subscription_) {
        subscription_ = parts_.subscriptions.subscribe(
            [this](std::int32_t partition) { return start_offset(partition); });
    }
    auto limits = options_.limits;
    if (aside_) {
        limits.wait = std::chrono::milliseconds{0};
    } else {
        wake_parked();
        compare_with_store();
    }
    auto delivery = held_ ? std::move(*held_) : subscription_->poll(limits);
    held_.reset();
    if (!std::holds_alternative<journal::Batch>(delivery)) join_aside();
    return std::visit([this](auto& what) { return handle(std::move(what)); }, delivery);
}

bool Projector::handle(journal::Idle) {
    const auto now = parts_.clock.monotonic();
    if (now - lag_checked_ < options_.lag_check) return false;
    lag_checked_ = now;
    if (!lags()) note_alive();
    return false;
}

// What is there already of other partitions goes into the same transaction: with many partitions
// and few records in each, its round trips are what costs. With many records it is the work, in the
// store and here: then two transactions run at a time.
bool Projector::handle(journal::Batch batch) {
    if (aside_ && aside_->waiting.contains(batch.partition)) join_aside();
    auto [waiting, records] = gather(std::move(batch));
    const bool is_much = 2 * records >= options_.limits.records_max;
    const auto is_new = [](const auto& each) { return each.second->is_new(); };
    if (options_.works_aside && !aside_ && is_much && std::ranges::none_of(waiting, is_new)) {
        aside_.emplace();
        aside_->waiting = std::move(waiting);
        aside_->done =
            std::async(std::launch::async, [&waits = aside_->waiting] { return project(waits); });
        return true;
    }
    const auto progress = project(waiting);
    for (const auto& [partition, what] : progress) follow(partition, what);
    join_aside();
    return true;
}

Projector::Results Projector::project(const Waiting& waiting) {
    std::vector<Partition*> partitions;
    for (const auto& [number, partition] : waiting) partitions.push_back(partition);
    const bool is_done = partitions.size() > 1 && Partition::project_together(partitions);
    Results results;
    for (const auto& [number, partition] : waiting)
        results.emplace_back(number, is_done ? Progress::advanced : partition->project_accepted());
    return results;
}

void Projector::join_aside() {
    if (!aside_) return;
    const auto results = aside_->done.get();
    aside_.reset();
    for (const auto& [partition, what] : results) follow(partition, what);
}

// Batches that wait to be projected, none of them of a partition that is being projected aside.
Projector::Gathered Projector::gather(journal::Batch first) {
    Gathered found{{}, first.records.size()};
    accept(std::move(first), found.waiting);
    auto now = options_.limits;
    now.wait = std::chrono::milliseconds{0};
    while (slots_.size() > 1 && found.records < options_.limits.records_max) {
        auto delivery = subscription_->poll(now);
        if (std::holds_alternative<journal::Idle>(delivery)) break;
        auto* const batch = std::get_if<journal::Batch>(&delivery);
        if (batch == nullptr || found.waiting.contains(batch->partition) ||
            (aside_ && aside_->waiting.contains(batch->partition))) {
            held_ = std::move(delivery);
            break;
        }
        found.records += batch->records.size();
        accept(std::move(*batch), found.waiting);
    }
    return found;
}

void Projector::accept(journal::Batch batch, Waiting& waiting) {
    // What is paused waits like what cannot go on, is looked at as often, and is read again then.
    if (is_paused(batch.partition)) return park(batch.partition, Progress::waiting);
    auto& partition = *slot(batch.partition).partition;
    const auto verdict = partition.accept(std::move(batch.records));
    if (verdict)
        follow(batch.partition, *verdict);
    else
        waiting.emplace(batch.partition, &partition);
}

bool Projector::handle(journal::Revoked revoked) {
    slots_.erase(revoked.partition);
    owned_.set(static_cast<double>(slots_.size()));
    return true;
}

bool Projector::handle(journal::Interrupted interrupted) {
    restart(interrupted.partition);
    return true;
}

bool Projector::handle(journal::Failed failed) {
    platform::log(platform::LogLevel::warning, "partition cannot be read",
                  {{"partition", std::int64_t{failed.partition}}, {"detail", failed.error.detail}});
    follow(failed.partition, slot(failed.partition).partition->fail(failed.error));
    return true;
}

bool Projector::is_paused(std::int32_t partition) const {
    return parts_.pauses != nullptr && parts_.pauses->holds_projector(partition);
}

Projector::Slot& Projector::slot(std::int32_t partition) {
    auto& found = slots_[partition];
    if (!found.partition) {
        found.partition =
            std::make_unique<Partition>(parts_.store, parts_.log,
                                        Lane{.partition = partition,
                                             .partition_count = parts_.log.partition_count(),
                                             .is_measured = true});
        owned_.set(static_cast<double>(slots_.size()));
    }
    return found;
}

Partition::Start Projector::start(std::int32_t number, Partition& partition) {
    if (is_paused(number)) return {std::nullopt, Progress::waiting};
    const auto started = partition.start();
    if (!started.from && partition.is_frozen()) frozen_.look();
    halts_.note(partition.checkpoint());
    return started;
}

// Called from within poll, as long as it answers nothing; so it must not ask the store each time.
std::optional<std::int64_t> Projector::start_offset(std::int32_t partition) {
    if (aside_ && aside_->waiting.contains(partition)) return std::nullopt;
    auto& assigned = slot(partition);
    if (parts_.clock.monotonic() < assigned.not_before) return std::nullopt;
    const auto started = start(partition, *assigned.partition);
    if (!started.from) {
        const bool halted = started.progress == Progress::halted;
        assigned.not_before =
            parts_.clock.monotonic() + (halted ? options_.halt_recheck : options_.retry_pause);
        note_alive();
        if (halted && parts_.projected) parts_.projected();
    }
    assigned.started = started.from.has_value();
    return started.from;
}

void Projector::follow(std::int32_t partition, Progress progress) {
    switch (progress) {
        case Progress::advanced:
            subscription_->processed(partition, slot(partition).partition->next());
            halts_.note(slot(partition).partition->checkpoint());
            note_alive();
            frozen_.moved();
            if (parts_.projected) parts_.projected();
            return;
        case Progress::nothing:
            return;
        case Progress::reread:
            return restart(partition);
        case Progress::waiting:
        case Progress::halted:
            return park(partition, progress);
    }
}

void Projector::restart(std::int32_t partition) {
    auto& assigned = slot(partition);
    const auto started = start(partition, *assigned.partition);
    if (!started.from) return park(partition, started.progress);
    assigned.started = true;
    subscription_->seek(partition, *started.from);
    if (std::exchange(assigned.parked, false)) subscription_->resume(partition);
}

// Reasons that are known and told are no reason to end the process: they would be the same in the
// next one.
void Projector::park(std::int32_t partition, Progress why) {
    auto& assigned = slot(partition);
    const bool halted = why == Progress::halted;
    assigned.not_before =
        parts_.clock.monotonic() + (halted ? options_.halt_recheck : options_.retry_pause);
    assigned.parked = true;
    subscription_->pause(partition);
    halts_.note(assigned.partition->checkpoint());
    note_alive();
    if (halted && parts_.projected) parts_.projected();
}

void Projector::wake_parked() {
    const auto now = parts_.clock.monotonic();
    std::vector<std::int32_t> due;
    for (const auto& [partition, waiting] : slots_) {
        if (waiting.parked && waiting.not_before <= now) due.push_back(partition);
    }
    for (const auto partition : due) restart(partition);
}

// A store that was restored to an older point, or made anew, tells nobody, and a partition without
// new records would never find out.
void Projector::compare_with_store() {
    const auto now = parts_.clock.monotonic();
    if (now - store_checked_ < options_.store_check) return;
    store_checked_ = now;
    std::map<std::int32_t, journal::Checkpoint> stored;
    const auto read = parts_.store.transact(
        {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
            stored.clear();
            auto all = journal::checkpoints(session);
            if (!all.ok()) return domain::Fail{all.error()};
            for (auto& checkpoint : *all)
                stored.emplace(checkpoint.partition, std::move(checkpoint));
            return domain::Done{};
        });
    if (!read.ok()) return;
    const auto is_frozen = [](const auto& each) { return each.second.mode == "frozen"; };
    if (std::ranges::any_of(stored, is_frozen)) frozen_.look();
    std::vector<std::int32_t> moved;
    for (const auto& [number, assigned] : slots_) {
        if (!assigned.started || assigned.parked) continue;
        if (!assigned.partition->stands_at(stored[number])) moved.push_back(number);
    }
    for (const auto partition : moved) {
        platform::log(platform::LogLevel::warning, "the store does not stand where it was left",
                      {{"partition", std::int64_t{partition}},
                       {"left", slot(partition).partition->next()},
                       {"stored", stored[partition].next}});
        restart(partition);
    }
}

bool Projector::lags() const {
    for (const auto& [number, assigned] : slots_) {
        if (!assigned.partition || assigned.parked) continue;
        const auto end = parts_.log.end(number);
        if (!end.ok()) return false;  // nor will the others be told
        if (*end > assigned.partition->next() && !assigned.partition->is_halted()) return true;
    }
    return false;
}

void Projector::note_alive() {
    alive_micros_ = std::chrono::duration_cast<std::chrono::microseconds>(
                        parts_.clock.monotonic().time_since_epoch())
                        .count();
}

bool Projector::stuck() const {
    const TimePoint alive{std::chrono::microseconds{alive_micros_.load()}};
    return parts_.clock.monotonic() - alive > options_.stuck_after;
}

}  // namespace outlay::workers
