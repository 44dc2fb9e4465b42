// Opening journals and stores.
#include "app/place.hpp"

#include <charconv>
#include <filesystem>
#include <iostream>
#include <thread>

#include "app/kafka_access.hpp"
#include "app/measured_journal.hpp"
#include "app/measured_store.hpp"
#include "platform/kafka/journal.hpp"
#include "platform/kafka/topic.hpp"
#include "platform/log.hpp"
#include "platform/postgres/store.hpp"
#include "platform/postgres/trust.hpp"
#include "platform/sqlite/journal.hpp"
#include "platform/sqlite/store.hpp"

namespace outlay::app {

namespace {

constexpr std::chrono::seconds connect_pause{1};
constexpr std::chrono::seconds warm_up_slice{5};
constexpr std::chrono::seconds refusal_patience{8};
constexpr std::chrono::seconds tool_patience{5};

Outcome<std::unique_ptr<kafka::KafkaJournal>> connect_journal(const Settings& settings,
                                                              std::chrono::seconds patience) {
    auto client = kafka_access(settings);
    if (!client.ok()) return domain::Fail{client.error()};
    const auto give_up = std::chrono::steady_clock::now() + patience;
    const auto reached = reach_kafka(*client, patience);
    if (!reached.ok()) return domain::Fail{reached.error()};
    kafka::JournalOptions options;
    options.client = std::move(client).value();
    options.topic = settings.kafka_topic;
    options.group.group_id = settings.group;
    options.group.instance_id = settings.instance;
    auto log = kafka::KafkaJournal::make(options);
    if (!log.ok()) return domain::Fail{"Kafka: " + log.error().detail};
    for (;;) {
        const auto warm = (*log)->warm_up(std::chrono::steady_clock::now() + warm_up_slice);
        if (warm.ok()) return std::move(log).value();
        if (std::chrono::steady_clock::now() >= give_up) {
            return domain::Fail{"Kafka at " + settings.kafka_brokers + ": " + warm.error().detail +
                                " (is the topic made? `outlay topics apply` makes it)"};
        }
        platform::log(platform::LogLevel::warning, "waiting for Kafka",
                      {{"error", warm.error().detail}});
        std::this_thread::sleep_for(connect_pause);
    }
}

// A server that refuses may be in the middle of being set up, but not for long.
domain::Status<std::string> wait_for_store(sql::Store& store, std::chrono::seconds patience) {
    const auto begun = std::chrono::steady_clock::now();
    for (;;) {
        const auto status = store.transact({sql::Access::admin, std::nullopt},
                                           [](sql::Session& session) -> sql::Status {
                                               const auto rows = session.query("SELECT 1");
                                               if (!rows.ok()) return domain::Fail{rows.error()};
                                               return domain::Done{};
                                           });
        if (status.ok()) return domain::Done{};
        const bool is_refused = postgres::is_refusal(status.error().detail);
        const auto limit = is_refused ? std::min(patience, refusal_patience) : patience;
        if (std::chrono::steady_clock::now() >= begun + limit) {
            return domain::Fail{
                (is_refused ? "the database refuses: " : "the database does not answer: ") +
                status.error().detail};
        }
        platform::log(platform::LogLevel::warning, "waiting for the database",
                      {{"error", status.error().detail}});
        std::this_thread::sleep_for(connect_pause);
    }
}

}  // namespace

Outcome<Place> embedded_place(const std::string& folder, LogUse use, const platform::Clock& clock) {
    namespace fs = std::filesystem;
    const fs::path root(folder);
    if (use == LogUse::read && !fs::exists(root / "journal.db")) {
        return domain::Fail{folder + " holds no installation (there is no journal.db)"};
    }
    if (use == LogUse::read && !fs::exists(root / "store.db")) {
        return domain::Fail{folder + " has lost its store.db; `outlay serve` makes it anew"};
    }
    auto store = sqlite::open_store(root / "store.db");
    if (!store.ok()) return domain::Fail{"store.db: " + store.error().detail};
    sqlite::JournalOptions options;
    options.file = root / "journal.db";
    options.read_only = use == LogUse::read;
    auto log = sqlite::SqliteJournal::open(options, clock);
    if (!log.ok()) return domain::Fail{"journal.db: " + log.error().detail};
    Place place;
    place.store = measured(std::move(store).value());
    place.subscriptions = log->get();
    place.log = measured(std::move(log).value());
    place.description = "SQLite files in " + folder;
    place.is_embedded = true;
    place.log_failure = [] { return std::string{}; };
    return place;
}

Outcome<Place> scale_out_place(const Settings& settings, LogUse, std::chrono::seconds patience,
                               const platform::Clock&) {
    if (settings.kafka_brokers.empty()) {
        return domain::Fail{std::string("no Kafka: set --kafka-brokers or OUTLAY_KAFKA_BROKERS")};
    }
    if (settings.postgres_url.empty()) {
        return domain::Fail{
            std::string("no PostgreSQL: set --postgres-url or OUTLAY_POSTGRES_URL")};
    }
    postgres::StoreOptions options;
    options.url = settings.postgres_url;
    Place place;
    place.store = measured(postgres::open_store(options));
    const auto reached = wait_for_store(*place.store, patience);
    if (!reached.ok()) return domain::Fail{reached.error()};
    auto log = connect_journal(settings, patience);
    if (!log.ok()) return domain::Fail{log.error()};
    place.subscriptions = log->get();
    place.log_failure = [journal = log->get()] {
        return journal->healthy() ? std::string{} : std::string("is not connected");
    };
    place.hold_appends = [journal = log->get()](bool held) { journal->hold_appends(held); };
    place.log = measured(std::move(log).value());
    place.description = "Kafka topic " + settings.kafka_topic + " and PostgreSQL";
    return place;
}

Outcome<std::unique_ptr<journal::Journal>> tool_journal(const Settings& settings, LogUse use,
                                                        const platform::Clock& clock) {
    if (settings.data_dir.empty()) {
        if (settings.kafka_brokers.empty())
            return domain::Fail{std::string("no journal: set --data or --kafka-brokers")};
        auto log = connect_journal(settings, tool_patience);
        if (!log.ok()) return domain::Fail{log.error()};
        return std::unique_ptr<journal::Journal>(std::move(log).value());
    }
    sqlite::JournalOptions options;
    options.file = std::filesystem::path(settings.data_dir) / "journal.db";
    options.read_only = use == LogUse::read;
    if (options.read_only && !std::filesystem::exists(options.file))
        return domain::Fail{settings.data_dir + " holds no installation (there is no journal.db)"};
    auto log = sqlite::SqliteJournal::open(options, clock);
    if (!log.ok()) return domain::Fail{"journal.db: " + log.error().detail};
    return std::unique_ptr<journal::Journal>(std::move(log).value());
}

Outcome<std::unique_ptr<sql::Store>> tool_store(const Settings& settings) {
    if (!settings.data_dir.empty()) {
        const auto file = std::filesystem::path(settings.data_dir) / "store.db";
        if (!std::filesystem::exists(file)) return std::unique_ptr<sql::Store>();
        auto store = sqlite::open_store(file);
        if (!store.ok()) return domain::Fail{"store.db: " + store.error().detail};
        return std::move(store).value();
    }
    if (settings.postgres_url.empty()) return std::unique_ptr<sql::Store>();
    postgres::StoreOptions options;
    options.url = settings.postgres_url;
    return postgres::open_store(options);
}

Outcome<Place> tool_place(const Settings& settings, const platform::Clock& clock) {
    if (!settings.data_dir.empty()) return embedded_place(settings.data_dir, LogUse::read, clock);
    return scale_out_place(settings, LogUse::read, tool_patience, clock);
}

std::int64_t records_of(journal::Journal& log) {
    std::int64_t records = 0;
    for (std::int32_t partition = 0; partition < log.partition_count(); ++partition) {
        const auto end = log.end(partition);
        if (end.ok()) records += *end;
    }
    return records;
}

Outcome<std::unique_ptr<sql::Store>> needed_store(const Settings& settings) {
    auto store = tool_store(settings);
    if (!store.ok() || *store) return store;
    return domain::Fail{settings.data_dir.empty()
                            ? "no PostgreSQL: set --postgres-url or OUTLAY_POSTGRES_URL"
                            : settings.data_dir + " holds no store.db"};
}

Outcome<Address> parse_address(const std::string& text) {
    const auto colon = text.rfind(':');
    Address address;
    if (colon != std::string::npos) {
        const auto* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, address.port);
        address.host = text.substr(0, colon);
        if (address.host.size() > 2 && address.host.front() == '[') {
            address.host = address.host.substr(1, address.host.size() - 2);
        }
        if (error == std::errc{} && stop == end && !address.host.empty()) return address;
    }
    return domain::Fail{"\"" + text + "\" is no HOST:PORT"};
}

Outcome<std::optional<Address>> admin_address(const Settings& settings, std::uint16_t main_port) {
    if (settings.admin == "off") return std::optional<Address>{};
    if (!settings.admin.empty()) {
        const auto address = parse_address(settings.admin);
        if (!address.ok()) return domain::Fail{address.error()};
        return std::optional(*address);
    }
    if (main_port == 0) return std::optional<Address>{};
    if (main_port == UINT16_MAX)
        return domain::Fail{std::string("there is no port above 65535: set --admin")};
    return std::optional(Address{"127.0.0.1", static_cast<std::uint16_t>(main_port + 1)});
}

int fail(const std::string& sentence) {
    std::cerr << "outlay: " << sentence << "\n";
    return 1;
}

}  // namespace outlay::app
