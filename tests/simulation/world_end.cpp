// How a run ends: faults stop, every command is settled, and everything is compared.
#include <algorithm>

#include "tests/simulation/world.hpp"
#include "workers/verify.hpp"

namespace outlay::simulation {

namespace {

constexpr milliseconds pause{40};
constexpr int wishes_in_peace = 8;
constexpr int steps_in_peace = 4;  // of a rebuild, while everybody else takes one

}  // namespace

void World::calm_down() {
    note("calm");
    is_calm_ = true;
    broker_.set_calm(true);
    broker_.set_clock_error(milliseconds{0});
    if (nodes_.empty()) start_node();
    for (auto& node : nodes_) {
        node->store().set_trouble(0);
        node->clock().set_error(milliseconds{0});
    }
    for (auto& worker : workers_) worker->store().set_trouble(0);
    if (workers_.empty() || random_.one_in(2)) start_worker();
    for (std::int32_t p = 0; p < broker_.partition_count(); ++p) {
        for (auto& worker : workers_) worker->link().revoke(p, true);
        workers_.back()->link().assign(p);
    }
    for (auto& rebuild : rebuilds_) rebuild->store().set_trouble(0);
    if (random_.one_in(2)) rebuilds_.clear();
    bury();
}

// Most runs begin with households that exist.
void World::found_in_peace() {
    broker_.set_calm(true);
    settle(milliseconds{300});
    for (int i = 0; i < wishes_in_peace; ++i) {
        ask_anew();
        settle(milliseconds{80});
    }
    broker_.set_calm(false);
}

// Lets everybody finish what is under way.
void World::settle(milliseconds patience) {
    for (milliseconds passed{0}; passed < patience; passed += pause) {
        while (broker_.has_traffic()) broker_.step();
        for (auto& node : nodes_) {
            while (node->step()) {
            }
        }
        for (auto& worker : workers_) project(*worker);
        for (int steps = 0; steps < steps_in_peace; ++steps) {
            for (auto& rebuild : rebuilds_) step_rebuild(*rebuild);
        }
        bury();
        for (auto& node : nodes_) node->poll();
        time_.advance(pause);
    }
}

// Every command that anybody sent comes to an end that everybody can learn.
void World::settle_everything() {
    settle(milliseconds{10'000});
    for (int more = 0; more < 10 && (seen_.is_frozen() || !rebuilds_.empty()); ++more)
        settle(milliseconds{2'000});
    if (!rebuilds_.empty()) accuse("a rebuild never ends");
    time_.advance(milliseconds{60'000});  // past every deadline, by any clock
    const auto sent = exchanges_.size();
    for (std::size_t i = 0; i < sent; ++i) {
        const auto& exchange = exchanges_[i];
        const auto command = exchange.wish.command;
        const bool is_open =
            !exchange.answer || std::holds_alternative<journal::Pending>(*exchange.answer);
        if (!is_open) continue;
        if (!exchange.answer && command.keyed && random_.one_in(2)) {
            send(exchange.wish, *random_.pick(nodes_));
        }
        look_up({command.workspace, command.id, command.fingerprint, {}}, *random_.pick(nodes_));
    }
    settle(milliseconds{4'000});
    for (const auto& look_up : look_ups_) {
        const bool is_last = look_up.query.settle_after == domain::Instant{};
        if (is_last && !look_up.is_final())
            accuse("look-up " + std::to_string(look_up.number) + " never learns the outcome");
    }
    settle(milliseconds{6'000});
}

void World::check_end() {
    const auto& shown = seen_.exposed();
    if (seen_.is_frozen()) accuse("frozen for good");
    for (std::int32_t p = 0; p < broker_.partition_count(); ++p) {
        const auto& one = shown.at(static_cast<std::size_t>(p));
        if (one.next != broker_.end(p) || !one.halt.empty())
            accuse("partition " + std::to_string(p) + " ends at " + std::to_string(one.next) +
                   " of " + std::to_string(broker_.end(p)) + " " + one.halt);
        for (const auto& record : broker_.records(p)) note(record.value);
    }
    if (!problems_.empty()) return;
    check_exposure();
    if (problems_.empty() && random_.one_in(3)) rebuild_in_peace();
    if (problems_.empty()) check_rebuilt();
}

// With nobody else about, a rebuild comes to its end, and so does a way back.
void World::rebuild_in_peace() {
    const bool has_previous = std::ranges::any_of(seen_.all, [](const auto& one) {
        return one.second.state == "previous" || one.second.state == "returning";
    });
    const auto errand = has_previous && random_.one_in(2) ? Errand::rollback : Errand::rebuild;
    const auto active = seen_.active;
    RebuildProcess rebuild(around_, ++processes_, errand);
    while (!rebuild.is_over()) step_rebuild(rebuild);
    if (!rebuild.is_done())
        return accuse(std::string("no ") + name_of(errand) + " in peace: " + rebuild.complaint());
    if (!rebuild.difference().empty()) accuse("rebuilt in peace: " + rebuild.difference());
    if (seen_.active == active) accuse("nothing was switched in peace");
    if (problems_.empty()) answer_in_peace();
}

// Every node learns what the new generation shows.
void World::answer_in_peace() {
    const auto first = exchanges_.size();
    for (auto& node : nodes_) send(wishes_.any(), *node, true);
    settle(milliseconds{1'000});
    for (auto i = first; i < exchanges_.size(); ++i) {
        const auto& answer = exchanges_[i].answer;
        const bool is_final = answer && !std::holds_alternative<journal::Pending>(*answer) &&
                              !std::holds_alternative<journal::Unavailable>(*answer);
        if (!is_final) accuse(exchanges_[i].trace() + " is not answered in peace");
    }
    settle(milliseconds{4'000});
    check_exposure();
}

// P7: another store comes to the same rows in batches of other sizes.
void World::check_rebuilt() {
    StoreFile again;
    const auto marked = again.store().transact(
        {sql::Access::project, std::nullopt}, [](sql::Session& session) -> sql::Status {
            const auto made =
                session.execute("INSERT INTO outlay.effects_from VALUES (0, 0), (1, 0)");
            if (!made.ok()) return domain::Fail{made.error()};
            return domain::Done{};
        });
    CHECK(marked.ok(), "the store takes no marks");
    Surroundings around{time_, random_, broker_, again.store(), zones_, [] {}};
    {
        Worker worker(around, ++processes_);
        for (std::int32_t p = 0; p < broker_.partition_count(); ++p) worker.link().assign(p);
        while (worker.step()) {
        }
    }
    const auto live = dump(files_.store(), seen_.active);
    auto difference = first_difference(live, dump(again.store(), 1));
    send_effects();
    auto asked_for = sent_.rows;
    std::ranges::sort(asked_for);
    if (difference.empty()) difference = first_difference(asked_for, effects(again.store()));
    if (!difference.empty()) accuse("projected again: " + difference);
    check_verified();
}

// What operators use to prove the same agrees.
void World::check_verified() {
    if (!random_.one_in(4)) return;
    StoreFile scratch;
    Link link(broker_, ++processes_);
    const auto verified =
        workers::verify(files_.store(), scratch.store(), link, [](std::int64_t) { return true; });
    if (!verified.ok()) return accuse("not verified: " + verified.error());
    if (verified->difference) accuse("verified: " + verified->difference->detail);
}

void World::check_claims(Report& report) {
    if (!problems_.empty()) return;
    Claims claims(oracle_, broker_.partition_count());
    for (const auto& exchange : exchanges_) claims.check(exchange);
    for (const auto& look_up : look_ups_) claims.check(look_up);
    for (const auto& contradiction : claims.contradictions()) accuse(contradiction);
    for (std::int32_t p = 0; p < broker_.partition_count(); ++p) {
        report.records += oracle_.judged(p).size();
        report.admitted += static_cast<std::size_t>(
            std::ranges::count(oracle_.judged(p), std::string("admitted"), &Judged::verdict));
    }
    report.alerts = oracle_.collect(&Ledger::add_alerts).size();
}

}  // namespace outlay::simulation
