// What a digest says. Blocks; confined to the session's thread.
#pragma once

#include <string>

#include "domain/channel/events.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

struct DigestScope {
    domain::WorkspaceId workspace;
    domain::channel::Routing
        routing{};      // chooses budgets, alerts by severity, and whose spending counts
    domain::Date from;  // local days, inclusive
    domain::Date to;
    domain::Instant alerts_after;  // raised after that
};
struct DigestContent {
    std::string document{};          // JSON; "" : nothing happened
    domain::Instant alerts_until{};  // when the newest alert was raised, or `alerts_after`
};
sql::Result<DigestContent> digest_content(sql::Session& session, const DigestScope& scope);

}  // namespace outlay::workers::notifier
