// Waits that end: many deadlines on one executor with one timer for all of them, because a timer
// per request costs more than what it guards. Confined to its executor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "platform/clock.hpp"
#include "platform/executor.hpp"

namespace outlay::journal {

class Patience {
public:
    using Ticket = std::pair<platform::Deadline, std::uint64_t>;

    Patience(platform::Executor& executor, const platform::Clock& clock);
    // `late` runs on the executor once the deadline is there, unless the ticket was handed back.
    Ticket wait_until(platform::Deadline deadline, platform::Work late);
    // It came in time. Nothing happens if it did not.
    void done(const Ticket& ticket);

private:
    struct Book;
    std::shared_ptr<Book> book_;  // shared with the timer, which does not keep it alive
};

}  // namespace outlay::journal
