// The store port on one SQLite file: one writer (Access::project and Access::admin take turns) and
// a few readers that each hold a snapshot. There is no row-level security here: one file serves one
// installation, and queries name their workspace themselves. Take the DirectoryLock first: two
// processes must not serve one file.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>

#include "platform/sql.hpp"

namespace outlay::sqlite {

struct StoreOptions {
    std::size_t readers = 4;
    // How long a transaction waits for a connection, and for locks of other processes on the file.
    std::chrono::milliseconds wait{5000};
};

// Opens or makes the file; its folder must exist.
sql::Result<std::unique_ptr<sql::Store>> open_store(const std::filesystem::path& file,
                                                    const StoreOptions& options = {});

// A store in memory, empty, with one connection for everything: its transactions take turns.
sql::Result<std::unique_ptr<sql::Store>> open_memory_store();

}  // namespace outlay::sqlite
