// DESIGN.md section 6, the rules of shadow, freeze and flip.
#include "tests/simulation/succession.hpp"

#include <algorithm>
#include <set>

namespace outlay::simulation {

namespace {

bool is_shadow(const GenerationSeen& seen) {
    return seen.state == "building" || seen.state == "returning";
}

std::vector<std::int64_t> positions(const GenerationSeen& seen) {
    std::vector<std::int64_t> found;
    for (const auto& one : seen.partitions) found.push_back(one.next);
    return found;
}

bool all_in_mode(const GenerationSeen& seen, std::string_view mode) {
    return std::ranges::all_of(seen.partitions, [mode](const Exposed& one) {
        return one.mode.empty() || one.mode == mode;  // empty: there is no row yet
    });
}

bool is_behind(const GenerationSeen& seen, const GenerationSeen& other) {
    for (std::size_t p = 0; p < seen.partitions.size(); ++p) {
        if (seen.partitions[p].next < other.partitions[p].next) return true;
    }
    return false;
}

Lines wrong_states(const GenerationsSeen& now) {
    Lines problems;
    for (const auto& [number, seen] : now.all) {
        const auto name = "generation " + std::to_string(number) + " (" + seen.state + ") ";
        if ((seen.state == "active") != (number == now.active))
            problems.push_back(name + "is not what the pointer says");
        if (seen.state == "previous" && !all_in_mode(seen, "frozen"))
            problems.push_back(name + "is not frozen");
        if (!is_shadow(seen)) continue;
        if (!all_in_mode(seen, "shadow")) problems.push_back(name + "is no shadow");
        if (is_behind(now.all.at(now.active), seen))
            problems.push_back(name + "is before the active one");
    }
    return problems;
}

// Who drops a generation relies on it.
Lines wrong_returns(const GenerationsSeen& before, const GenerationsSeen& now) {
    Lines problems;
    for (const auto& [number, seen] : now.all) {
        const auto earlier = before.all.find(number);
        if (earlier == before.all.end() || earlier->second.state != "dropping") continue;
        if (seen.state != "dropping")
            problems.push_back("generation " + std::to_string(number) +
                               " was to be dropped, and is " + seen.state);
    }
    return problems;
}

Lines wrong_moves(const GenerationsSeen& before, const GenerationsSeen& now, Mover mover) {
    Lines problems;
    for (const auto& [number, seen] : now.all) {
        const auto earlier = before.all.find(number);
        if (earlier == before.all.end() || positions(earlier->second) == positions(seen)) continue;
        const bool may_move = mover == Mover::worker
                                  ? number == before.active
                                  : is_shadow(earlier->second) || seen.state == "dropping";
        if (!may_move)
            problems.push_back("generation " + std::to_string(number) + " (" + seen.state +
                               ") moved");
        if (mover == Mover::worker && earlier->second.state == "active" &&
            all_in_mode(earlier->second, "frozen") && all_in_mode(seen, "frozen"))
            problems.emplace_back("a frozen generation was projected on");
    }
    return problems;
}

Lines wrong_switch(const GenerationsSeen& before, const GenerationsSeen& now) {
    Lines problems;
    const auto& from = before.all.at(before.active);
    const auto& to = now.all.at(now.active);
    if (!all_in_mode(from, "frozen")) problems.emplace_back("switched from what was not frozen");
    if (!all_in_mode(to, "active")) problems.emplace_back("switched to what is not active");
    for (std::size_t p = 0; p < from.partitions.size(); ++p) {
        if (from.partitions[p].next != to.partitions[p].next ||
            from.partitions[p].chain != to.partitions[p].chain)
            problems.push_back("switched to other records of partition " + std::to_string(p));
    }
    return problems;
}

std::set<std::string> migrated(sql::Session& session) {
    const auto rows = session.query("SELECT name FROM outlay.schema_migrations");
    CHECK(rows.ok(), "the migrations cannot be read");
    std::set<std::string> generations;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto& name = rows->text(row, 0);
        const auto at = name.find('@');
        if (at != std::string::npos) generations.insert(name.substr(at + 1));
    }
    return generations;
}

}  // namespace

std::int64_t GenerationSeen::records() const {
    std::int64_t sum = 0;
    for (const auto& one : partitions) sum += one.next;
    return sum;
}

bool GenerationsSeen::is_frozen() const {
    return std::ranges::any_of(exposed(), [](const auto& one) { return one.mode == "frozen"; });
}

std::int64_t GenerationsSeen::progress() const {
    std::int64_t sum = 0;
    for (const auto& [number, seen] : all) sum += number == active ? 0 : seen.records();
    return sum;
}

GenerationsSeen look_at_generations(sql::Store& store, std::int32_t partitions) {
    GenerationsSeen found;
    const auto done = store.transact(
        {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
            found.active = session.generation();
            const auto with_tables = migrated(session);
            const auto rows = session.query("SELECT generation, state FROM outlay.generations");
            CHECK(rows.ok(), "the generations cannot be read");
            for (std::size_t row = 0; row < rows->size(); ++row) {
                auto& seen = found.all[rows->integer(row, 0)];
                seen.state = rows->text(row, 1);
                seen.partitions.resize(static_cast<std::size_t>(partitions));
                if (!with_tables.contains(std::to_string(rows->integer(row, 0)))) continue;
                session.use_generation(rows->integer(row, 0));
                seen.partitions = exposed_in(session, partitions);
            }
            return domain::Done{};
        });
    CHECK(done.ok(), "the store cannot be read");
    return found;
}

Lines wrong_with(const GenerationsSeen& before, const GenerationsSeen& now, Mover mover) {
    auto problems = wrong_states(now);
    for (auto& problem : wrong_moves(before, now, mover)) problems.push_back(std::move(problem));
    for (auto& problem : wrong_returns(before, now)) problems.push_back(std::move(problem));
    if (is_behind(now.all.at(now.active), before.all.at(before.active)))
        problems.emplace_back("queries see less than before");
    if (now.active == before.active) return problems;
    if (mover == Mover::worker) problems.emplace_back("a worker switched");
    for (auto& problem : wrong_switch(before, now)) problems.push_back(std::move(problem));
    return problems;
}

}  // namespace outlay::simulation
