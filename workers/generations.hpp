// Generations: which sets of read models there are, which one answers queries, and the switches
// between them (DESIGN.md section 6). One is active; a rebuild makes another one beside it; the one
// that was active before is kept, frozen, to return to. Every switch first locks the row of the
// active one, so that switches happen one after the other, and proves under that lock that
// everything still is as its caller thinks. Blocks; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "migrations/migrations.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

namespace generation_state {
inline constexpr std::string_view active = "active";
inline constexpr std::string_view building = "building";    // by a rebuild
inline constexpr std::string_view aside = "aside";          // made for a look, never to be active
inline constexpr std::string_view previous = "previous";    // was active before
inline constexpr std::string_view returning = "returning";  // by a rollback
inline constexpr std::string_view dropping = "dropping";
}  // namespace generation_state

struct Generation {
    std::int64_t number = 0;
    std::string state;
    std::int64_t projected = 0;  // records, in all partitions
    bool is_frozen = false;      // a partition stands still for a switch
};

struct Generations {
    std::int64_t active = 0;
    std::vector<Generation> all;  // by number

    // The one with the highest number in that state.
    std::optional<std::int64_t> in_state(std::string_view state) const;
    bool is_in(std::int64_t generation, std::string_view state) const;
};
sql::Result<Generations> generations(sql::Store& store);

// A new generation; its tables are made by migrate_generation.
sql::Result<std::int64_t> add_generation(sql::Store& store, const platform::Clock& clock,
                                         std::string_view state = generation_state::building);
// Does nothing to the active one; answers false then.
sql::Result<bool> set_state(sql::Store& store, std::int64_t generation, std::string_view state);
// Drops its tables and forgets it, once: not what was made under the same number since. False if it
// is the active one.
sql::Result<bool> drop_generation(sql::Store& store, std::int64_t generation);

// The checkpoints of the active generation stand still, or move again. False if the generation is
// not the active one (any more).
sql::Result<bool> freeze(sql::Store& store, std::int64_t generation);
sql::Result<bool> unfreeze(sql::Store& store, std::int64_t generation);
// A former active generation may be carried on as a shadow; false if it is the active one (again),
// or is dropped.
sql::Result<bool> turn_to_shadow(sql::Store& store, std::int64_t generation);

// Queries are answered by `to` instead of `from`. Only if `from` is active and frozen, and both
// stand at the same records; else nothing changes, and the answer is what stood against it.
sql::Result<std::optional<std::string>> flip(sql::Store& store, std::int64_t from, std::int64_t to);

// Queries are answered by a new, empty generation, and all others are dropped: the store follows
// another journal from now on, which has these ends. Nothing up to them has effects.
sql::Status begin_anew(sql::Store& store, std::span<const migrations::Migration> all,
                       std::span<const std::int64_t> ends, const platform::Clock& clock);

// A store of which `read.` means one generation, active or not.
class GenerationView final : public sql::Store {
public:
    GenerationView(sql::Store& store, std::int64_t generation)
        : store_(store), generation_(generation) {}
    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override;
    sql::Status run_script(std::string_view script, std::int64_t generation) override {
        return store_.run_script(script, generation);
    }

private:
    sql::Store& store_;
    std::int64_t generation_;
};

}  // namespace outlay::workers
