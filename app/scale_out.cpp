// The roles on Kafka and PostgreSQL: `api`, `worker`, `topics`.
#include <unistd.h>
#include <iostream>

#include "app/admin_server.hpp"
#include "app/front_role.hpp"
#include "app/journal_topic.hpp"
#include "app/kafka_access.hpp"
#include "app/lifetime.hpp"
#include "app/observing.hpp"
#include "app/operator.hpp"
#include "app/outside.hpp"
#include "app/reconciler.hpp"
#include "app/roles.hpp"
#include "app/root_secret.hpp"
#include "app/watch.hpp"
#include "platform/log.hpp"
#include "platform/postgres/trust.hpp"
#include "platform/zones/system_zones.hpp"
#include "workers/notifier/notifier.hpp"
#include "workers/projector.hpp"
#include "workers/schema.hpp"

namespace outlay::app {

namespace {

constexpr std::chrono::seconds start_patience{60};  // for Kafka and PostgreSQL to come up

domain::Status<std::string> check_schema(sql::Store& store) {
    const auto missing = workers::missing_migrations(store, migrations::postgres());
    if (!missing.ok())
        return domain::Fail{"the database: " + missing.error().detail + " (run `outlay migrate`)"};
    if (!missing->empty()) {
        return domain::Fail{"the database lacks " + missing->front() + "; run `outlay migrate`"};
    }
    return domain::Done{};
}

// The way to Kafka, when it has been gone once.
Outcome<kafka::ClientOptions> reached_kafka(const Settings& settings) {
    auto client = kafka_access(settings);
    if (!client.ok()) return client;
    const auto reached = reach_kafka(*client, start_patience);
    if (!reached.ok()) return domain::Fail{reached.error()};
    return client;
}

int report_topic(const Settings& settings, const kafka::ClientOptions& client) {
    const auto findings = kafka::check_topic(client, topic_wish(settings),
                                             std::chrono::steady_clock::now() + start_patience);
    if (!findings.ok()) return fail("Kafka: " + findings.error().detail);
    for (const auto& finding : *findings) {
        std::cout << finding.setting << " is " << finding.found << ", should be " << finding.wanted
                  << "\n";
    }
    if (findings->empty())
        std::cout << settings.kafka_topic << ": every setting keeps the promises\n";
    return findings->empty() ? 0 : 1;
}

// What is asked and answered there can be read and changed on its way.
void tell_unproven_database(const Settings& settings) {
    const auto host = postgres::unproven_host(settings.postgres_url);
    if (host.empty()) return;
    platform::log(platform::LogLevel::warning,
                  "the database is over a network without proof that it is the one; "
                  "?sslmode=verify-full&sslrootcert=FILE asks for it",
                  {{"host", host}});
}

// A worker that makes no progress under lag ends, so that the group gives its partitions to another
// one.
bool projects_or_ends(const workers::Projector& projector) {
    if (!projector.stuck()) return true;
    platform::log(platform::LogLevel::error, "the projector makes no progress; ending", {});
    platform::flush_log();
    ::_exit(1);
}

// What its claims on deliveries are known by; two processes must not share one.
std::string instance_name(const Settings& settings) {
    if (!settings.instance.empty()) return settings.instance;
    return host_name() + "-" + std::to_string(::getpid());
}

}  // namespace

int run_api(const Settings& settings, const ReadAgain& read_again) {
    Lifetime lifetime(settings, read_again);
    const Observing observing("api", settings);
    const platform::SystemClock clock;
    const platform::SystemZones zones;
    const auto secret = shared_root_secret(settings, platform::load_secret);
    if (!secret.ok()) return fail(secret.error());
    tell_unproven_database(settings);
    auto place = scale_out_place(settings, LogUse::write, start_patience, clock);
    if (!place.ok()) return fail(place.error());
    const auto topic = refuse_unsafe_topic(settings, *place->log, start_patience);
    if (!topic.ok()) return fail(topic.error());
    const auto schema = check_schema(*place->store);
    if (!schema.ok()) return fail(schema.error());
    const auto outside = open_outside(settings, *secret);
    if (!outside.ok()) return fail(outside.error());
    auto front = FrontRole::start(*place, settings, *secret, **outside, clock, zones);
    if (!front.ok()) return fail(front.error());
    const auto where = admin_address(settings, (*front)->port());
    if (!where.ok()) return fail(where.error());
    const Watch topic_watch(topic_question(settings, *place), topic_pause, topic_silence_max);
    auto checks = (*front)->checks();
    checks.push_back({"topic", [&topic_watch] { return topic_watch.failure(); }});
    checks.push_back(lifetime.check());
    const auto admin = AdminServer::start(
        *where, std::move(checks),
        {"api", *place->store, *place->log, clock, [role = front->get()] { role->measure(); }});
    if (!admin.ok()) return fail(admin.error());
    platform::log(platform::LogLevel::info, "api ready",
                  {{"port", std::int64_t{(*front)->port()}}});
    lifetime.run({.works = [&front] { return (*front)->works(); },
                  .reload = [&front] { (*front)->reload(); }});
    return (*front)->stop() ? 0 : 1;
}

int run_worker(const Settings& settings, const ReadAgain& read_again) {
    Lifetime lifetime(settings, read_again);
    const Observing observing("worker", settings);
    const platform::SystemClock clock;
    const auto name = instance_name(settings);
    // The sealing keys of channels derive from it, unless they are given.
    const auto secret = shared_root_secret(settings, platform::load_secret);
    if (!secret.ok()) return fail(secret.error());
    const auto outside = open_outside(settings, *secret);
    if (!outside.ok()) return fail(outside.error());
    tell_unproven_database(settings);
    auto place = scale_out_place(settings, LogUse::read, start_patience, clock);
    if (!place.ok()) return fail(place.error());
    const auto topic = refuse_unsafe_topic(settings, *place->log, start_patience);
    if (!topic.ok()) return fail(topic.error());
    const auto schema = check_schema(*place->store);
    if (!schema.ok()) return fail(schema.error());
    const platform::SystemZones zones;
    journal::PauseBoard pauses;
    const auto known = pauses.refresh(*place->store);
    if (!known.ok()) return fail("the database: " + known.error().detail);
    const Watch pause_watch(pause_question(*place->store, pauses), pause_look, pause_silence_max);
    workers::notifier::Notifier notifier({*place->store, clock, zones, (*outside)->means(), name},
                                         (*outside)->notifier_options());
    workers::Projector projector({*place->log, *place->subscriptions, *place->store, clock,
                                  [&notifier] { notifier.signal(); }, &pauses},
                                 {.works_aside = true});
    projector.start();
    workers::BudgetDays days(*place->store, *place->log, clock, zones);
    const Watch day_watch(budget_days_question(days), budget_days_pause, budget_days_silence_max);
    notifier.start();
    const Reconciler reconciler(*place->store, clock, place->log->partition_count(), settings);
    const Watch store_watch(store_question(*place->store), store_pause, store_silence_max);
    const Watch topic_watch(topic_question(settings, *place), topic_pause, topic_silence_max);
    const auto where = admin_address(settings, 0);
    if (!where.ok()) return fail(where.error());
    const auto admin = AdminServer::start(
        *where,
        {{"projector", [&projector] { return projector.stuck() ? "makes no progress" : ""; },
          pause_remark(pauses, journal::Pausable::projector)},
         {"deliveries", [] { return std::string{}; },
          pause_remark(pauses, journal::Pausable::deliveries)},
         {"journal", place->log_failure},
         {"topic", [&topic_watch] { return topic_watch.failure(); }},
         {"store", [&store_watch] { return store_watch.failure(); }},
         lifetime.check()},
        {"worker", *place->store, *place->log, clock});
    if (!admin.ok()) return fail(admin.error());
    platform::log(platform::LogLevel::info, "worker ready", {{"instance", name}});
    lifetime.run({.works = [&projector] { return projects_or_ends(projector); }, .reload = [] {}});
    projector.stop();
    notifier.stop();
    return 0;
}

int topics_apply(const Settings& settings) {
    const auto client = reached_kafka(settings);
    if (!client.ok()) return fail(client.error());
    const auto made = kafka::create_topic(*client, topic_wish(settings),
                                          std::chrono::steady_clock::now() + start_patience);
    if (!made.ok()) return fail("Kafka: " + made.error().detail);
    std::cout << settings.kafka_topic
              << (*made == kafka::TopicState::created ? " was made\n" : " exists\n");
    return report_topic(settings, *client);
}

int topics_check(const Settings& settings) {
    const auto client = reached_kafka(settings);
    if (!client.ok()) return fail(client.error());
    return report_topic(settings, *client);
}

}  // namespace outlay::app
