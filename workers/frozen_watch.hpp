// Frozen watch: thaws the live generation when the switch that froze it was abandoned (its process
// was killed), so that nobody has to. Confined to the projector's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

class FrozenWatch {
public:
    FrozenWatch(sql::Store& store, const platform::Clock& clock) : store_(store), clock_(clock) {}

    // To be called again and again, at least every two seconds, while nothing can be projected.
    // Looks once a second; after ten seconds in which the live generation was frozen and no other
    // one moved either, it thaws the live one, if that still is the one it saw (DESIGN.md section
    // 6).
    void look();
    // Something was projected: it is not frozen.
    void moved() { seen_.reset(); }

private:
    using TimePoint = std::chrono::steady_clock::time_point;
    // A frozen live generation.
    struct Seen {
        std::int64_t active = 0;
        std::vector<std::pair<std::int64_t, std::int64_t>> progress;  // of each other generation
        bool operator==(const Seen&) const = default;
    };
    std::optional<Seen> look_again();  // empty: it is not frozen, or nobody knows

    sql::Store& store_;
    const platform::Clock& clock_;
    std::optional<Seen> seen_;
    TimePoint since_{};
    TimePoint looked_{};
};

}  // namespace outlay::workers
