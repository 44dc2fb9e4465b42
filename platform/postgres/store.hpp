// The store port on PostgreSQL. Each kind of access has its own bounded set of connections, so that
// slow reports do not starve the projector. Access::query runs as the API role under row-level
// security of its workspace (setting `outlay.workspace`), lookup and project as the worker role,
// admin as the login role, which must be a member of both. Direct connections or a pooler in
// session mode: statements are prepared.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "platform/sql.hpp"

namespace outlay::postgres {

struct StoreOptions {
    std::string url;  // postgresql://user@host:port/database, or libpq keywords
    std::size_t query_connections = 8;
    std::size_t lookup_connections = 4;
    std::size_t project_connections = 6;  // two of the projector's threads, and the notifier's
    std::size_t admin_connections = 2;
    std::chrono::milliseconds wait{5000};                // for a free connection
    std::chrono::milliseconds statement_timeout{30000};  // per statement; none for admin
    std::string api_role = "outlay_api";
    std::string worker_role = "outlay_worker";
};

// Connects when the first transaction asks for it.
std::unique_ptr<sql::Store> open_store(StoreOptions options);

}  // namespace outlay::postgres
