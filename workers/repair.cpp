// A look collects keys; mending looks at these again under the lock of the checkpoint.
#include "workers/repair.hpp"

#include <array>

#include "journal/record.hpp"
#include "platform/hash.hpp"
#include "platform/json/writer.hpp"
#include "workers/cells.hpp"
#include "workers/mismatches.hpp"
#include "workers/projection.hpp"
#include "workers/row_changes.hpp"
#include "workers/verify.hpp"

namespace outlay::workers {

namespace {

using domain::Done;
using domain::Fail;

// Rows whose keys are kept at a time: what is more is found by the next look.
constexpr std::size_t keys_max = 50'000;

constexpr std::array audit_columns{
    sql::Column{"id", sql::Type::uuid},       sql::Column{"at", sql::Type::timestamp},
    sql::Column{"operator", sql::Type::text}, sql::Column{"action", sql::Type::text},
    sql::Column{"detail", sql::Type::text},
};
constexpr sql::Table audit{"outlay.operator_audit", audit_columns, 1};

// Holds the partition where it is, and makes what projectors remember of its rows void.
sql::Result<bool> hold_partition(sql::Session& session, std::int32_t partition) {
    const std::array parameters{cell(partition)};
    const auto held = session.execute(
        "UPDATE read.checkpoints SET revision = revision + 1"
        " WHERE log_partition = $1 AND mode = 'active'",
        parameters);
    if (!held.ok()) return Fail{held.error()};
    return *held == 1;
}

// Old rows go before new ones come: one may stand where a unique index wants another.
sql::Result<std::int64_t> replace_rows(sql::Session& live, const sql::Table& table, const Page& is,
                                       const Page& should_be) {
    RowChanges removals;
    RowChanges additions;
    std::int64_t replaced = 0;
    for (const auto& [key, row] : is) {
        const auto twin = should_be.find(key);
        if (twin != should_be.end() && twin->second == row) continue;
        removals.remove(table, key);
        ++replaced;
    }
    for (const auto& [key, row] : should_be) {
        const auto old = is.find(key);
        if (old != is.end() && old->second == row) continue;
        additions.append(table, row);
        if (old == is.end()) ++replaced;
    }
    if (auto done = removals.flush(live); !done.ok()) return Fail{done.error()};
    if (auto done = additions.flush(live); !done.ok()) return Fail{done.error()};
    return replaced;
}

}  // namespace

std::int64_t Damage::total() const {
    std::int64_t sum = 0;
    for (const auto& [table, count] : by_table) sum += count;
    return sum;
}

Repair::Repair(RepairParts parts, domain::WorkspaceId workspace, Replay::Told told)
    : parts_(std::move(parts)),
      workspace_(workspace),
      rows_{workspace, journal::partition_of(workspace, parts_.log.partition_count())},
      beside_(parts_.live, parts_.scratch, parts_.log, rows_, std::move(told)) {}

Repair::Outcome<Damage> Repair::look() {
    Damage damage;
    std::optional<Difference> elsewhere;
    const auto collect = [&](const sql::Table& table, const Row& key, Difference difference) {
        if (!found_[&table].emplace(key, Row{}).second) return true;
        ++damage.by_table[difference.table];
        if (damage.differences.size() < described_max)
            damage.differences.push_back(std::move(difference));
        return damage.total() < static_cast<std::int64_t>(keys_max);
    };
    const auto looked =
        beside_.look([&](sql::Session& live, sql::Session& replayed) -> sql::Status {
            damage = {};
            found_.clear();
            damage.generation = live.generation();
            auto compared = compare_checkpoints(live, replayed, rows_, damage.records);
            if (!compared.ok()) return Fail{compared.error()};
            elsewhere = std::move(compared).value();
            if (elsewhere) return Done{};
            StateDigest state;
            RowComparison comparison(live, replayed, rows_, state, collect);
            for (const auto* table : generation_tables()) {
                const auto digest = comparison.compare(*table);
                if (!digest.ok()) return Fail{digest.error()};
                if (*digest) damage.rows += (*digest)->rows;
            }
            return Done{};
        });
    if (!looked.ok()) return Fail{looked.error()};
    if (elsewhere) {
        return Fail{"the journal is not the one that was projected: " + elsewhere->detail +
                    " (`outlay journal verify` tells more)"};
    }
    records_ = damage.records;
    return damage;
}

Repair::Outcome<std::int64_t> Repair::mend() {
    std::int64_t replaced = 0;
    bool is_held = false;
    std::string problem;
    const auto done = parts_.live.transact(sql::as_worker, [&](sql::Session& live) -> sql::Status {
        replaced = 0;
        const auto held = hold_partition(live, rows_.partition);
        if (!held.ok()) return Fail{held.error()};
        is_held = *held;
        if (!is_held) return Done{};
        const auto looked = beside_.look(live, [&](sql::Session& session, sql::Session& replayed) {
            return replace(session, replayed, replaced);
        });
        if (looked.ok()) return write_audit(live, replaced);
        problem = looked.error();
        return Fail{sql::Error{sql::ErrorKind::failed, problem}};
    });
    if (!problem.empty()) return Fail{problem};
    if (!done.ok()) return Fail{"the store: " + done.error().detail};
    if (!is_held) return Fail{std::string("the read models stand still for a rebuild")};
    return replaced;
}

Repair::Outcome<bool> Repair::note_match() {
    bool was_known = false;
    const auto done = parts_.live.transact(sql::as_worker, [&](sql::Session& live) -> sql::Status {
        auto noted = workers::note_match(live, workspace_, {rows_.partition, records_ - 1},
                                         parts_.clock.now());
        if (!noted.ok()) return Fail{noted.error()};
        was_known = *noted;
        return Done{};
    });
    if (!done.ok()) return Fail{"the store: " + done.error().detail};
    return was_known;
}

sql::Status Repair::replace(sql::Session& live, sql::Session& replayed, std::int64_t& replaced) {
    for (const auto& [table, keys] : found_) {
        const auto is = twins_of(live, *table, keys);
        if (!is.ok()) return Fail{is.error()};
        const auto should_be = twins_of(replayed, *table, keys);
        if (!should_be.ok()) return Fail{should_be.error()};
        const auto done = replace_rows(live, *table, *is, *should_be);
        if (!done.ok()) return Fail{done.error()};
        replaced += *done;
    }
    return Done{};
}

sql::Status Repair::write_audit(sql::Session& session, std::int64_t replaced) {
    if (replaced == 0) return Done{};
    const auto now = parts_.clock.now();
    std::string detail;
    json::Writer out(detail);
    out.begin_object()
        .field("workspace", workspace_.text())
        .field("generation", session.generation())
        .field("rows", replaced)
        .end_object();
    constexpr std::int64_t micros_per_milli = 1'000;
    const std::array cells{cell(platform::random_uuid_v7(now.micros / micros_per_milli)), cell(now),
                           cell(parts_.operator_name), cell("repair"), cell(detail)};
    return session.write(audit, sql::OnConflict::fail, cells);
}

}  // namespace outlay::workers
