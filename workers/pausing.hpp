// Pausing and resuming by hand. Both are noted with the operator's name, and either may be asked
// for again. Blocks; any thread.
#pragma once

#include <optional>
#include <string>

#include "journal/pauses.hpp"

namespace outlay::workers {

struct PauseWish {
    journal::PauseScope scope;
    std::string reason;
    std::string by;  // user@host
    domain::Instant at;
};

// Whether there is what the scope names; a pause of something else would hold nothing, in silence.
sql::Result<bool> is_known(sql::Store& store, const journal::PauseScope& scope);

struct PauseMade {
    journal::Pause pause;
    bool is_new = true;  // false: it was paused before, and stays so as it was
};
sql::Result<PauseMade> make_pause(sql::Store& store, const PauseWish& wish);

// The pause that was ended; empty: there was none of exactly this scope. Endpoints get their five
// days of failing anew: nobody called them meanwhile.
sql::Result<std::optional<journal::Pause>> end_pause(sql::Store& store, const PauseWish& wish);

}  // namespace outlay::workers
