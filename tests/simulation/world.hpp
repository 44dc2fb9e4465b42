// One simulated installation and everybody who uses it, in one thread, from one seed: the real
// submit, admission and projection code over a simulated broker and a real store with faults.
//
// A failing seed is printed. To replay it exactly, with every step told:
//     OUTLAY_SIMULATION_SEED=<seed> build/release/tests/test_simulation
// Any number of seeds: OUTLAY_SIMULATION_SEEDS=<number> ./dev test Simulation
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/claims.hpp"
#include "tests/simulation/exposure.hpp"
#include "tests/simulation/processes.hpp"
#include "tests/simulation/rebuild_process.hpp"
#include "tests/simulation/succession.hpp"

namespace outlay::simulation {

struct Report {
    std::vector<std::string> problems;  // promises that were broken
    std::uint64_t digest = 0;           // of everything that happened
    std::size_t records = 0;
    std::size_t admitted = 0;
    std::size_t alerts = 0;
    std::vector<std::size_t> answers;  // by kind
};

class World {
public:
    World(std::uint64_t seed, bool is_told);
    Report run();

private:
    struct Step {
        int weight;
        void (World::*act)();
    };
    static const std::vector<Step>& steps();
    void act();

    // Clients.
    void ask();
    void ask_anew();
    void ask_again();
    void ask_with_spent_key();
    void ask_in_a_race();
    void ask_twice();
    void ask_after_operation();
    void send(Wish wish, Node& node, bool is_patient = false);
    void look_up(const journal::OperationQuery& query, Node& node);
    std::size_t waiting() const;

    // Processes and the world around them.
    void run_node();
    void poll_node();
    void run_broker();
    void run_worker();
    void run_scheduler();
    void go_on_meanwhile();
    void run_rebuild();
    void crash_rebuild();
    void send_effects();
    void pass_time();
    void pass_much_time();
    void crash_node();
    void crash_worker();
    void move_partition();
    void interrupt_reader();
    void upset_clock();
    void upset_store();
    void upset_broker();
    void check_exposure();

    void start_node();
    void start_worker();
    void project(Worker& worker);
    void start_rebuild();
    void step_rebuild(RebuildProcess& rebuild);
    void end_rebuild(std::size_t rebuild);
    // What became of the generations by a step of somebody.
    void observe(Mover mover);
    void observe_thaw(const GenerationsSeen& before);
    void check_switch(std::int64_t from);
    void bury();
    void crash(std::size_t worker);

    // The end.
    void calm_down();
    void settle(milliseconds patience);
    void found_in_peace();
    void settle_everything();
    void check_end();
    void check_rebuilt();
    void rebuild_in_peace();
    void answer_in_peace();
    void check_verified();
    void check_claims(Report& report);

    std::int64_t next(std::int32_t partition) const {
        return seen_.exposed().at(static_cast<std::size_t>(partition)).next;
    }
    void note(const std::string& what);
    void accuse(const std::string& problem);

    bool is_told_;
    Random random_;
    Time time_;
    Broker broker_;
    StoreFile files_;
    platform::SystemZones zones_;
    Surroundings around_;
    Wishes wishes_;
    std::vector<std::unique_ptr<Node>> nodes_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::unique_ptr<RebuildProcess>> rebuilds_;
    std::deque<Exchange> exchanges_;
    std::deque<LookUp> look_ups_;
    Oracle oracle_;
    GenerationsSeen seen_;
    // Since when the other generations have so many records.
    std::map<std::int64_t, std::chrono::steady_clock::time_point> progress_since_;
    Outbox sent_;
    bool has_rebuilds_;
    std::vector<std::string> problems_;
    std::uint64_t digest_ = 14695981039346656037ULL;
    int processes_ = 0;
    bool is_calm_ = false;
};

}  // namespace outlay::simulation
