// Replays the journal into the shadow generation by the projector's own code.
#include "tests/simulation/shadow_builder.hpp"

#include "migrations/migrations.hpp"
#include "platform/clock.hpp"
#include "workers/schema.hpp"

namespace outlay::simulation {

ShadowBuilder::ShadowBuilder(Surroundings& around, int number, bool is_prepared)
    : around_(around),
      link_to_store_(around.store, around.random, [] {}),
      store_(link_to_store_, shadow_generation),
      link_(around.broker, number),
      is_prepared_(is_prepared) {}

void ShadowBuilder::prepare() {
    const auto done = around_.store.transact(
        {sql::Access::admin, std::nullopt}, [](sql::Session& session) -> sql::Status {
            const auto made = session.execute(
                "INSERT INTO outlay.generations (generation, state, created_at)"
                " VALUES (2, 'building', '2026-11-20T00:00:00Z')");
            if (!made.ok()) return domain::Fail{made.error()};
            return domain::Done{};
        });
    CHECK(done.ok(), "no second generation");
    const auto migrated =
        workers::migrate(around_.store, migrations::sqlite(), platform::SystemClock{});
    CHECK(migrated.ok(), "the second generation has no tables");
    is_prepared_ = true;
}

void ShadowBuilder::step(std::int32_t partition, std::int64_t limit) {
    if (!is_prepared_) prepare();
    auto& building = partitions_[partition];
    if (!building.partition) {
        building.partition = std::make_unique<workers::Partition>(
            store_, link_, workers::Lane{partition, around_.broker.partition_count(), "shadow"});
    }
    if (!building.read_from) building.read_from = building.partition->start().from;
    if (!building.read_from || *building.read_from >= limit) return;
    const auto wished = static_cast<std::int64_t>(around_.random.number(1, 8));
    const auto count = std::min(wished, limit - *building.read_from);
    auto records = link_.read(partition, *building.read_from,
                              {.records_max = static_cast<std::size_t>(count)});
    if (!records.ok() || records->empty()) return;
    *building.read_from += static_cast<std::int64_t>(records->size());
    using Progress = workers::Partition::Progress;
    const auto progress = building.partition->consume(std::move(*records));
    if (progress != Progress::advanced && progress != Progress::nothing) building.read_from.reset();
}

}  // namespace outlay::simulation
