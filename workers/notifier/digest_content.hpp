// What a digest says. Blocks; confined to the session's thread.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "domain/channel/events.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

// Which alerts digests have told: those that were raised by then, but for those that came into the
// log later with an earlier time, since nodes have clocks of their own.
struct AlertsTold {
    domain::Instant until{};
    std::int64_t offset = no_offset;  // the highest place in the log of any

    static constexpr std::int64_t no_offset = std::numeric_limits<std::int64_t>::max();
};

struct DigestScope {
    domain::WorkspaceId workspace;
    domain::channel::Routing routing{};  // chooses budgets and alerts, and whose spending counts
    domain::Date from;                   // local days, inclusive
    domain::Date to;
    AlertsTold told{};
};
struct DigestContent {
    std::string document{};  // JSON; "" : nothing happened
    AlertsTold told{};       // with this one
};
sql::Result<DigestContent> digest_content(sql::Session& session, const DigestScope& scope);

}  // namespace outlay::workers::notifier
