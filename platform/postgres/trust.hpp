// Whom the two ends of a connection believe: what a URL asks for, and what a refusal says. Pure but
// for libpq's own variables (PGHOST, PGSSLMODE); any thread.
#pragma once

#include <string>

namespace outlay::postgres {

// The host that a URL leads to over a network without proof that it is the one that is meant; "" if
// there is none: TLS is verified (sslmode verify-ca or verify-full), or no network is in between.
std::string unproven_host(const std::string& url);

// Whether a server that could not be connected with is there but refused us, or we refused it.
bool is_refusal(const std::string& detail);

}  // namespace outlay::postgres
