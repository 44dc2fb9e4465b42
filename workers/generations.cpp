// Rows of outlay.generations, the pointer to the active one, and the modes of checkpoint rows.
#include "workers/generations.hpp"

#include <algorithm>
#include <array>

#include "journal/history.hpp"
#include "workers/cells.hpp"
#include "workers/effects.hpp"
#include "workers/projection.hpp"
#include "workers/schema.hpp"

namespace outlay::workers {

namespace {

using domain::Fail;
using journal::Checkpoint;

const sql::TransactionOptions as_admin{sql::Access::admin, std::nullopt};

// Holds the row of the active generation for the rest of the transaction; false if it names
// another one. A plain read would not do: what a switch that is under way commits must be seen.
sql::Result<bool> lock_active(sql::Session& session, std::int64_t generation) {
    const std::array parameters{cell(generation)};
    const auto held = session.execute(
        "UPDATE outlay.active_generation SET generation = generation WHERE generation = $1",
        parameters);
    if (!held.ok()) return Fail{held.error()};
    return *held == 1;
}

// Runs `change` if `condition` holds under the lock of the switches, and answers whether it did.
sql::Result<bool> change_if(sql::Store& store,
                            const std::function<sql::Result<bool>(sql::Session&)>& condition,
                            const sql::TransactionBody& change) {
    bool holds = false;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        const auto found = condition(session);
        if (!found.ok()) return Fail{found.error()};
        holds = *found;
        return holds ? change(session) : domain::Done{};
    });
    if (!done.ok()) return Fail{done.error()};
    return holds;
}

// Under the lock of the switches: the generation is not the active one.
sql::Result<bool> is_spare(sql::Session& session, std::int64_t generation) {
    const std::array parameters{cell(generation)};
    const auto held = session.execute(
        "UPDATE outlay.active_generation SET generation = generation WHERE generation <> $1",
        parameters);
    if (!held.ok()) return Fail{held.error()};
    return *held == 1;
}

sql::Result<std::string> state_of(sql::Session& session, std::int64_t generation) {
    const std::array parameters{cell(generation)};
    const auto rows =
        session.query("SELECT state FROM outlay.generations WHERE generation = $1", parameters);
    if (!rows.ok()) return Fail{rows.error()};
    return rows->empty() ? std::string() : rows->text(0, 0);
}

// Under the lock of the switches: the generation was active before, and nobody drops it.
sql::Result<bool> may_return(sql::Session& session, std::int64_t generation) {
    auto is_free = is_spare(session, generation);
    if (!is_free.ok() || !*is_free) return is_free;
    const auto state = state_of(session, generation);
    if (!state.ok()) return Fail{state.error()};
    return *state == generation_state::previous || *state == generation_state::returning;
}

sql::Status set_modes(sql::Session& session, std::int64_t generation, std::string_view from,
                      std::string_view to) {
    session.use_generation(generation);
    const std::array parameters{cell(to), cell(from)};
    const auto changed =
        session.execute("UPDATE read.checkpoints SET mode = $1 WHERE mode = $2", parameters);
    if (!changed.ok()) return Fail{changed.error()};
    return domain::Done{};
}

sql::Status write_state(sql::Session& session, std::int64_t generation, std::string_view state) {
    const std::array parameters{cell(state), cell(generation)};
    const auto changed = session.execute(
        "UPDATE outlay.generations SET state = $1 WHERE generation = $2", parameters);
    if (!changed.ok()) return Fail{changed.error()};
    return domain::Done{};
}

sql::Result<std::vector<Checkpoint>> checkpoints_of(sql::Session& session,
                                                    std::int64_t generation) {
    session.use_generation(generation);
    return journal::checkpoints(session);
}

// Made by migrations that are recorded, and dropped together with their records.
sql::Result<bool> has_tables(sql::Session& session, std::int64_t generation) {
    const std::array parameters{cell("%@" + std::to_string(generation))};
    const auto rows =
        session.query("SELECT name FROM outlay.schema_migrations WHERE name LIKE $1", parameters);
    if (!rows.ok()) return Fail{rows.error()};
    return !rows->empty();
}

sql::Status look_at_checkpoints(sql::Session& session, Generation& generation) {
    const auto exists = has_tables(session, generation.number);
    if (!exists.ok()) return Fail{exists.error()};
    if (!*exists) return domain::Done{};
    const auto checkpoints = checkpoints_of(session, generation.number);
    if (!checkpoints.ok()) return Fail{checkpoints.error()};
    for (const auto& checkpoint : *checkpoints) {
        generation.projected += checkpoint.next;
        generation.is_frozen = generation.is_frozen || checkpoint.mode == "frozen";
    }
    return domain::Done{};
}

// The rows of a generation, held for the rest of the transaction.
sql::Result<std::vector<Checkpoint>> lock_checkpoints(sql::Session& session,
                                                      std::int64_t generation) {
    session.use_generation(generation);
    const auto held = session.execute("UPDATE read.checkpoints SET mode = mode");
    if (!held.ok()) return Fail{held.error()};
    return checkpoints_of(session, generation);
}

bool stand_alike(const Checkpoint& one, const Checkpoint& other) {
    return one.partition == other.partition && one.next == other.next &&
           one.last_hash == other.last_hash && one.chain_hash == other.chain_hash &&
           one.journal == other.journal;
}

bool all_in_mode(const std::vector<Checkpoint>& checkpoints, std::string_view mode) {
    return std::ranges::all_of(checkpoints,
                               [mode](const auto& checkpoint) { return checkpoint.mode == mode; });
}

// A process may come late to this, when the number was dropped by another one and given away
// again: then the row of the active generation is inserted once more, which ends the script.
std::string script_to_drop(std::int64_t generation) {
    const auto number = std::to_string(generation);
    const auto where = " WHERE generation = " + number;
    const std::string state(generation_state::dropping);
    std::string script = "UPDATE outlay.generations SET state = state" + where +
                         ";\nINSERT INTO outlay.generations (generation, state, created_at)"
                         " SELECT generation, state, created_at FROM outlay.generations"
                         " WHERE generation = (SELECT generation FROM outlay.active_generation)"
                         " AND NOT EXISTS (SELECT 1 FROM outlay.generations" +
                         where + " AND state = '" + state +
                         "');\nDROP VIEW IF EXISTS read.heads;\n"
                         "DROP TABLE IF EXISTS read.checkpoints;\n";
    for (const auto* table : generation_tables())
        script += "DROP TABLE IF EXISTS " + std::string(table->name) + ";\n";
    return script + "DELETE FROM outlay.schema_migrations WHERE name LIKE '%@" + number +
           "';\nDELETE FROM outlay.schema_checksums WHERE name LIKE '%@" + number +
           "';\nDELETE FROM outlay.generations" + where;
}

// What stands against a flip, "" for nothing. Both generations are locked afterwards.
sql::Result<std::string> objection_to_flip(sql::Session& session, std::int64_t from,
                                           std::int64_t to) {
    const auto held = lock_active(session, from);
    if (!held.ok()) return Fail{held.error()};
    if (!*held) return "generation " + std::to_string(from) + " is not the active one any more";
    const auto state = state_of(session, to);
    if (!state.ok()) return Fail{state.error()};
    if (*state != generation_state::building && *state != generation_state::returning)
        return "generation " + std::to_string(to) + " is not being built any more";
    const auto old_rows = lock_checkpoints(session, from);
    if (!old_rows.ok()) return Fail{old_rows.error()};
    const auto new_rows = lock_checkpoints(session, to);
    if (!new_rows.ok()) return Fail{new_rows.error()};
    if (!all_in_mode(*old_rows, "frozen")) return "generation " + std::to_string(from) + " went on";
    if (!all_in_mode(*new_rows, "shadow"))
        return "generation " + std::to_string(to) + " is not a shadow any more";
    if (!std::ranges::equal(*old_rows, *new_rows, stand_alike))
        return std::string("the generations stand at different records");
    return std::string();
}

// What the fixed tables say of places in the journal, for one that has these ends. Digests know
// alerts by time alone from then on.
sql::Status mark_ends(sql::Session& session, std::span<const std::int64_t> ends) {
    const auto cleared = session.execute("DELETE FROM outlay.effects_from");
    if (!cleared.ok()) return Fail{cleared.error()};
    for (std::size_t partition = 0; partition < ends.size(); ++partition) {
        const auto marked =
            effects::begin(session, static_cast<std::int32_t>(partition), ends[partition] - 1);
        if (!marked.ok()) return marked;
    }
    for (const auto* statement :
         {"UPDATE outlay.channel_digests SET alerts_offset = 9223372036854775807",
          "DELETE FROM outlay.message_horizons"}) {
        const auto done = session.execute(statement);
        if (!done.ok()) return Fail{done.error()};
    }
    return domain::Done{};
}

}  // namespace

std::optional<std::int64_t> Generations::in_state(std::string_view state) const {
    std::optional<std::int64_t> found;
    for (const auto& generation : all) {
        if (generation.state == state) found = generation.number;
    }
    return found;
}

bool Generations::is_in(std::int64_t generation, std::string_view state) const {
    return std::ranges::any_of(
        all, [&](const auto& known) { return known.number == generation && known.state == state; });
}

sql::Result<Generations> generations(sql::Store& store) {
    Generations found;
    const auto done = store.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        found = {};
        found.active = session.generation();
        const auto rows =
            session.query("SELECT generation, state FROM outlay.generations ORDER BY generation");
        if (!rows.ok()) return Fail{rows.error()};
        for (std::size_t row = 0; row < rows->size(); ++row)
            found.all.push_back({rows->integer(row, 0), rows->text(row, 1), 0, false});
        for (auto& generation : found.all) {
            if (auto looked = look_at_checkpoints(session, generation); !looked.ok()) return looked;
        }
        return domain::Done{};
    });
    if (!done.ok()) return Fail{done.error()};
    return found;
}

sql::Result<std::int64_t> add_generation(sql::Store& store, const platform::Clock& clock,
                                         std::string_view state) {
    std::int64_t number = 0;
    const auto added = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        const auto rows = session.query("SELECT max(generation) FROM outlay.generations");
        if (!rows.ok()) return Fail{rows.error()};
        number = rows->optional_integer(0, 0).value_or(0) + 1;
        const std::array cells{cell(number), cell(state), cell(clock.now())};
        return session.write(generations_table, sql::OnConflict::fail, cells);
    });
    if (!added.ok()) return Fail{added.error()};
    return number;
}

sql::Result<bool> set_state(sql::Store& store, std::int64_t generation, std::string_view state) {
    return change_if(
        store, [&](sql::Session& session) { return is_spare(session, generation); },
        [&](sql::Session& session) { return write_state(session, generation, state); });
}

sql::Result<bool> drop_generation(sql::Store& store, std::int64_t generation) {
    // From now on no switch takes it.
    const auto marked = set_state(store, generation, generation_state::dropping);
    if (!marked.ok()) return Fail{marked.error()};
    if (!*marked) return false;
    const auto dropped = store.run_script(script_to_drop(generation), generation);
    if (dropped.ok()) return true;
    // Or somebody else was quicker, or it is only the answer that was lost.
    const auto known = generations(store);
    if (!known.ok() || known->is_in(generation, generation_state::dropping))
        return Fail{dropped.error()};
    return true;
}

sql::Result<bool> freeze(sql::Store& store, std::int64_t generation) {
    return change_if(
        store, [&](sql::Session& session) { return lock_active(session, generation); },
        [&](sql::Session& session) { return set_modes(session, generation, "active", "frozen"); });
}

sql::Result<bool> unfreeze(sql::Store& store, std::int64_t generation) {
    return change_if(
        store, [&](sql::Session& session) { return lock_active(session, generation); },
        [&](sql::Session& session) { return set_modes(session, generation, "frozen", "active"); });
}

sql::Result<bool> turn_to_shadow(sql::Store& store, std::int64_t generation) {
    return change_if(
        store, [&](sql::Session& session) { return may_return(session, generation); },
        [&](sql::Session& session) {
            auto done = set_modes(session, generation, "frozen", "shadow");
            // A projector that was late made a row of a partition that it had just been given.
            if (done.ok()) done = set_modes(session, generation, "active", "shadow");
            return done.ok() ? write_state(session, generation, generation_state::returning) : done;
        });
}

sql::Result<std::optional<std::string>> flip(sql::Store& store, std::int64_t from,
                                             std::int64_t to) {
    std::string objection;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        auto found = objection_to_flip(session, from, to);
        if (!found.ok()) return Fail{found.error()};
        objection = std::move(found).value();
        if (!objection.empty()) return domain::Done{};  // nothing was changed but by its own value
        auto written = set_modes(session, to, "shadow", "active");
        if (written.ok()) written = write_state(session, from, generation_state::previous);
        if (written.ok()) written = write_state(session, to, generation_state::active);
        if (!written.ok()) return written;
        const std::array parameters{cell(to)};
        const auto moved =
            session.execute("UPDATE outlay.active_generation SET generation = $1", parameters);
        if (!moved.ok()) return Fail{moved.error()};
        return domain::Done{};
    });
    if (!done.ok()) return Fail{done.error()};
    return objection.empty() ? std::nullopt : std::optional(std::move(objection));
}

sql::Status GenerationView::transact(const sql::TransactionOptions& options,
                                     const sql::TransactionBody& body) {
    return store_.transact(options, [&](sql::Session& session) {
        session.use_generation(generation_);
        return body(session);
    });
}

sql::Status begin_anew(sql::Store& store, std::span<const migrations::Migration> all,
                       std::span<const std::int64_t> ends, const platform::Clock& clock) {
    const auto added = add_generation(store, clock);
    if (!added.ok()) return Fail{added.error()};
    const auto made = migrate_generation(store, all, *added, SchemaPart::everything, clock);
    if (!made.ok()) return made;
    const auto pointed = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        const std::array number{cell(*added)};
        const auto moved =
            session.execute("UPDATE outlay.active_generation SET generation = $1", number);
        if (!moved.ok()) return Fail{moved.error()};
        const std::array given_up{cell(generation_state::dropping), cell(*added)};
        const auto left = session.execute(
            "UPDATE outlay.generations SET state = $1 WHERE generation <> $2", given_up);
        if (!left.ok()) return Fail{left.error()};
        auto stated = write_state(session, *added, generation_state::active);
        return stated.ok() ? mark_ends(session, ends) : stated;
    });
    if (!pointed.ok()) return pointed;
    const auto known = generations(store);
    if (!known.ok()) return Fail{known.error()};
    for (const auto& generation : known->all) {
        if (generation.number == *added) continue;
        const auto dropped = drop_generation(store, generation.number);
        if (!dropped.ok()) return Fail{dropped.error()};
    }
    return domain::Done{};
}

}  // namespace outlay::workers
