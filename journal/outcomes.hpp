// Outcomes: learns what became of appended tries and how far the projection has come, for everybody
// in this process who waits. One thread polls the store, once for all, every few milliseconds while
// somebody waits and once a second otherwise; in the all-in-one process the projector's signal
// replaces the pause. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/admission.hpp"
#include "journal/position.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"
#include "platform/task.hpp"

namespace outlay::journal {

// The final word on a command, or on the tries that were followed.
struct Fate {
    enum class Kind {
        applied,     // admitted at `position`, with `fingerprint`
        closed,      // closed at `position`; `record` is the close
        rejected,    // every followed try was rejected, and the command is still open
        timeout,     // the deadline came first
        halted,      // the partition stands still before the try
        overloaded,  // too many followers; nothing is known
    };
    Kind kind = Kind::timeout;
    Position position;
    std::string fingerprint;
    std::string record;
    std::optional<Verdict> verdict{};  // for rejected: of the last try
};

struct Follow {
    CommandKey command;
    std::int32_t partition = 0;
    std::vector<std::int64_t> tries;  // known offsets of own tries
    bool has_unknown_try =
        false;  // an own try may have landed somewhere: only a final word ends the wait
    platform::Deadline deadline;
    bool is_background = false;  // no client waits for it
};

struct OutcomesOptions {
    std::chrono::milliseconds pause{3};
    std::chrono::milliseconds background_pause{50};  // while no client waits
    std::size_t followers_max = 50'000;
    bool has_thread = true;  // false: its owner calls step()
};

class Outcomes {
public:
    Outcomes(sql::Store& store, const platform::Clock& clock, OutcomesOptions options);
    ~Outcomes();
    Outcomes(const Outcomes&) = delete;
    Outcomes& operator=(const Outcomes&) = delete;

    using FateDone = std::function<void(Fate)>;
    using ReachedDone = std::function<void(bool)>;

    // `done` is called once, from the polling thread or from stop; it must only post.
    void follow(Follow follow, FateDone done);
    // Calls back with true once the projection has passed `position`, with false at the deadline.
    void reach(Position position, platform::Deadline deadline, ReachedDone done);
    // Something was projected just now.
    void signal();
    // What the last look at the checkpoints showed (0 and empty before the first one).
    std::int64_t known_next(std::int32_t partition) const;
    std::optional<std::string> known_halt(std::int32_t partition) const;  // cause name
    void stop();
    // One look at the store if somebody waits, for an owner that drives it in its own thread.
    void step();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace outlay::journal
