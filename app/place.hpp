// Place: where an installation keeps its journal and its store, in either form. Made once per
// process; the roles share it.
#pragma once

#include <memory>
#include <string>

#include "app/settings.hpp"
#include "domain/values/result.hpp"
#include "journal/journal.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::app {

template <typename T>
using Outcome = domain::Result<T, std::string>;  // the error is a sentence for an operator

struct Place {
    std::unique_ptr<sql::Store> store;
    std::unique_ptr<journal::Journal> log;
    journal::Subscriptions* subscriptions = nullptr;  // of `log`
    std::string description;
    bool is_embedded = false;
    // "" while the journal is well. Any thread; does not block.
    std::function<std::string()> log_failure;
    // Whether appends are answered with "not written" from now on. Any thread.
    std::function<void(bool)> hold_appends;
};

enum class LogUse { read, write };

// The SQLite files of a folder, which exists.
Outcome<Place> embedded_place(const std::string& folder, LogUse use, const platform::Clock& clock);
// Kafka and PostgreSQL. For `write` it waits until the topic and the database answer, as long as
// `patience`.
Outcome<Place> scale_out_place(const Settings& settings, LogUse use, std::chrono::seconds patience,
                               const platform::Clock& clock);
// The journal alone, for tools that need no store: of the folder if one is named, else of the
// brokers. To write into a folder its lock has to be held.
Outcome<std::unique_ptr<journal::Journal>> tool_journal(const Settings& settings, LogUse use,
                                                        const platform::Clock& clock);
// The store alone, as of the journal; null if none is named or there.
Outcome<std::unique_ptr<sql::Store>> tool_store(const Settings& settings);
// The same for those that cannot do without it.
Outcome<std::unique_ptr<sql::Store>> needed_store(const Settings& settings);
// What a tool looks at: the folder if one is named, else brokers and database.
Outcome<Place> tool_place(const Settings& settings, const platform::Clock& clock);

// In all partitions whose end can be asked: what progress is measured by.
std::int64_t records_of(journal::Journal& log);

Outcome<Address> parse_address(const std::string& text);  // HOST:PORT, [V6]:PORT
// The address of /livez and /readyz; empty for "off".
Outcome<std::optional<Address>> admin_address(const Settings& settings, std::uint16_t main_port);

// Says a sentence on standard error and answers the exit status 1.
int fail(const std::string& sentence);

}  // namespace outlay::app
