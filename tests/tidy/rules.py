"""The rules of the house as tables: who may include what, and the sizes that files keep."""

LINE_COLUMNS_MAX = 100  # C++
TEXT_COLUMNS_MAX = 120  # scripts and build files
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70

BANNED_NAME_PARTS = {"util", "utils", "helper", "helpers", "manager", "common", "misc", "stuff"}

# Layers by folder, most specific first: a file belongs to the first whose prefix fits. What lies
# directly in platform/ is a port; a folder below it is an adapter.
LAYERS = (
    ("domain/values/", "values"),
    ("domain/", "domain"),
    ("events/", "events"),
    ("journal/", "journal"),
    ("views/", "views"),
    ("api/", "api"),
    ("workers/", "workers"),
    ("platform/json/", "json"),
    ("platform/*/", "adapter"),
    ("platform/", "port"),
    ("migrations/", "migrations"),
    ("app/", "app"),
    ("tests/", "tests"),
)

# Whom a layer may include besides itself. Adapters may include their own folder only.
MAY_INCLUDE = {
    "values": set(),
    "domain": {"values"},
    "port": {"values", "domain"},
    "json": {"values", "port"},
    "events": {"values", "domain", "json"},
    "journal": {"values", "domain", "port", "json", "events"},
    "views": {"values", "domain", "port", "json", "events", "journal"},
    "api": {"values", "domain", "port", "json", "events", "journal", "views"},
    "workers": {"values", "domain", "port", "json", "events", "journal", "views", "migrations"},
    "adapter": {"values", "domain", "port", "json", "events", "journal"},
    "migrations": set(),
    "app": {"values", "domain", "port", "json", "events", "journal", "views", "api", "workers",
            "adapter", "migrations"},
    "tests": {"values", "domain", "port", "json", "events", "journal", "views", "api", "workers",
              "adapter", "migrations", "app"},
}

# An adapter implements ports, so of the journal it sees the port's headers and what they speak of.
JOURNAL_PORT_HEADERS = {"journal/journal.hpp", "journal/position.hpp", "journal/record.hpp"}

# Libraries by the headers that belong to them.
LIBRARY_PREFIXES = {
    "boost/": "boost",
    "pqxx/": "pqxx",
    "libpq": "pqxx",
    "postgresql/": "pqxx",
    "librdkafka/": "rdkafka",
    "simdjson": "simdjson",
    "sodium": "sodium",
    "sqlite3": "sqlite",
    "spdlog/": "spdlog",
    "fmt/": "spdlog",
    "curl/": "curl",
    "openssl/": "openssl",
    "zlib.h": "zlib",
    "CLI/": "cli11",
    "date/": "date",
    "gtest/": "googletest",
    "gmock/": "googletest",
    "benchmark/": "benchmark",
}

# Which folder may use which library. Whoever adds an adapter adds a line.
LIBRARIES_OF = (
    ("platform/kafka/", {"rdkafka"}),
    ("platform/postgres/", {"pqxx"}),
    ("platform/sqlite/", {"sqlite"}),
    ("platform/json/", {"simdjson"}),
    ("platform/sodium/", {"sodium"}),
    ("platform/openssl/", {"openssl"}),
    ("platform/zones/", {"date"}),
    ("platform/log/", {"spdlog"}),
    ("platform/curl/", {"curl", "openssl"}),
    ("platform/zlib/", {"zlib"}),
    ("platform/asio/", {"boost"}),
    ("api/server/", {"boost", "openssl"}),
    ("app/", {"boost", "cli11", "openssl"}),
    ("tests/", set(LIBRARY_PREFIXES.values())),
)

# Operating system headers are adapters' business too; the rest is portable C++.
SYSTEM_HEADERS_IN = ("platform/*/", "api/server/", "app/", "tests/")

# Headers whose text is plain std although the folder holds a library.
PLAIN_HEADERS_IN = ("platform/json/",)
