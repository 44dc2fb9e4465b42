// A process that an operator started for the generations of read models: the product's own rebuild,
// interleaved with everybody else before each of its transactions, and killed wherever it stands.
#pragma once

#include <string>

#include "tests/simulation/interleaved.hpp"
#include "tests/simulation/processes.hpp"
#include "workers/rebuild.hpp"

namespace outlay::simulation {

enum class Errand {
    rebuild,       // goes on with an unfinished one, if there is one
    rebuild_anew,  // drops an unfinished one
    rollback,
    abandoned_switch,  // freezes the live generation and is gone
    run_ahead,         // replays beyond the live generation, which must not succeed
};
const char* name_of(Errand errand);

class RebuildProcess {
public:
    RebuildProcess(Surroundings& around, int number, Errand errand);
    // Dies where it stands.
    ~RebuildProcess();

    int number() const { return number_; }
    Errand errand() const { return errand_; }
    // One transaction at most, or a few statements of a reader.
    void step() { flow_.go_on(); }
    bool is_over() const { return flow_.is_over(); }
    // It came to its end and did what it was to do.
    bool is_done() const { return is_done_; }
    // Why it did not; and what it found to be different.
    const std::string& complaint() const { return complaint_; }
    const std::string& difference() const { return difference_; }
    StoreLink& store() { return store_; }

private:
    void work();
    void rebuild();
    void switch_half();
    void run_ahead();
    bool succeeds(const workers::Rebuild::Status& status);
    void pause(Moment moment);
    workers::RebuildOptions options();
    bool goes_on();

    Random& random_;
    int number_;
    Errand errand_;
    bool is_dead_ = false;
    bool is_done_ = false;
    std::string complaint_;
    std::string difference_;
    MachineClock clock_;
    StoreLink store_;
    Link link_;
    Interleaved flow_;
};

}  // namespace outlay::simulation
