// One question over outbox, deliveries and lanes. A lane that rests (quiet hours, a rate limit, a
// failing endpoint) is due when its rest ends.
#include "workers/notifier/backlog.hpp"

#include <algorithm>

#include "views/cells.hpp"

namespace outlay::workers::notifier {

namespace {

constexpr std::string_view question =
    "SELECT (SELECT count(*) FROM outlay.deliveries WHERE state = 'pending'),"
    " (SELECT count(*) FROM outlay.deliveries WHERE state = 'dead'),"
    " (SELECT count(*) FROM outlay.channel_lanes WHERE disabled_at IS NOT NULL),"
    " (SELECT min(created_at) FROM outlay.deliveries WHERE state = 'pending'),"
    " (SELECT min(due_at) FROM outlay.channel_lanes WHERE disabled_at IS NULL),"
    " (SELECT min(created_at) FROM outlay.outbox WHERE fanned_at IS NULL)";

std::optional<domain::Instant> earlier(const std::optional<domain::Instant>& one,
                                       const std::optional<domain::Instant>& other) {
    if (!one || !other) return one ? one : other;
    return std::min(*one, *other);
}

}  // namespace

sql::Result<Backlog> backlog(sql::Store& store) {
    Backlog found;
    const auto done = store.transact(
        {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
            const auto rows = session.query(question);
            if (!rows.ok()) return domain::Fail{rows.error()};
            const auto unlaid = views::optional_instant_in(*rows, 0, 5);
            found.waiting = rows->integer(0, 0);
            found.dead = rows->integer(0, 1);
            found.disabled = rows->integer(0, 2);
            found.oldest = earlier(views::optional_instant_in(*rows, 0, 3), unlaid);
            found.due = earlier(views::optional_instant_in(*rows, 0, 4), unlaid);
            return domain::Done{};
        });
    if (!done.ok()) return domain::Fail{done.error()};
    return found;
}

}  // namespace outlay::workers::notifier
