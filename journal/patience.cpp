// The timer is set for the earliest deadline. Most waits end before, so that it usually finds
// nothing late and is set again for what is the earliest then.
#include "journal/patience.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace outlay::journal {

using std::chrono::milliseconds;

struct Patience::Book : std::enable_shared_from_this<Patience::Book> {
    platform::Executor& executor;
    const platform::Clock& clock;
    std::map<Ticket, platform::Work> waits;
    std::uint64_t tickets = 0;
    platform::Deadline armed_for = platform::Deadline::max();

    Book(platform::Executor& e, const platform::Clock& c) : executor(e), clock(c) {}

    void arm() {
        if (waits.empty() || waits.begin()->first.first >= armed_for) return;
        armed_for = waits.begin()->first.first;
        const auto left = std::chrono::ceil<milliseconds>(armed_for - clock.monotonic());
        executor.post_after(std::max(left, milliseconds{0}),
                            [weak = weak_from_this(), deadline = armed_for] {
                                if (const auto book = weak.lock()) book->sweep(deadline);
                            });
    }

    void sweep(platform::Deadline deadline) {
        if (deadline != armed_for) return;  // an earlier one was set meanwhile
        armed_for = platform::Deadline::max();
        const auto now = clock.monotonic();
        std::vector<platform::Work> late;
        while (!waits.empty() && waits.begin()->first.first <= now) {
            late.push_back(std::move(waits.begin()->second));
            waits.erase(waits.begin());
        }
        for (const auto& work : late) work();
        arm();
    }
};

Patience::Patience(platform::Executor& executor, const platform::Clock& clock)
    : book_(std::make_shared<Book>(executor, clock)) {}

Patience::Ticket Patience::wait_until(platform::Deadline deadline, platform::Work late) {
    const Ticket ticket{deadline, ++book_->tickets};
    book_->waits.emplace(ticket, std::move(late));
    book_->arm();
    return ticket;
}

void Patience::done(const Ticket& ticket) {
    book_->waits.erase(ticket);
}

}  // namespace outlay::journal
