// `outlay serve`: journal, projector and HTTP front in one process on SQLite files.
#include <filesystem>
#include <iostream>

#include "api/auth/identity.hpp"
#include "app/admin_server.hpp"
#include "app/front_role.hpp"
#include "app/key_file.hpp"
#include "app/lifetime.hpp"
#include "app/observing.hpp"
#include "app/outside.hpp"
#include "app/reconciler.hpp"
#include "app/roles.hpp"
#include "app/watch.hpp"
#include "platform/secret_file.hpp"
#include "platform/sqlite/directory_lock.hpp"
#include "platform/zones/system_zones.hpp"
#include "workers/notifier/notifier.hpp"
#include "workers/projector.hpp"
#include "workers/schema.hpp"

namespace outlay::app {

namespace {

void greet(const std::string& url, const std::string& folder, const std::string& new_key) {
    const auto key_file = folder + "/owner.key";
    std::cout << "Outlay serves " << url << "  (data in " << folder << ", Ctrl-C stops it)\n";
    if (!new_key.empty()) {
        std::cout << "Owner's API key, printed this once and kept in " << key_file << ":\n  "
                  << new_key << "\n";
    }
    std::cout
        << "Try:\n"
        << "  KEY=$(cat " << key_file << "); URL=" << url << "\n"
        << "  WS=$(curl -s $URL/v1/workspaces -H \"Authorization: Bearer $KEY\" -H 'Content-Type: "
           "application/json' \\\n"
        << "       -d "
           "'{\"name\":\"Home\",\"base_currency\":\"EUR\",\"time_zone\":\"Europe/Berlin\"}' | grep "
           "-o "
           "'ws_[0-9a-z]*' | head -1)\n"
        << "  curl -s $URL/v1/workspaces/$WS/expenses -H \"Authorization: Bearer $KEY\" -H "
           "'Content-Type: "
           "application/json' \\\n"
        << "       -d "
           "'{\"amount\":{\"amount\":1250,\"currency\":\"EUR\"},\"spent_on\":\"2026-11-20\","
           "\"merchant\":\"Cafe Central\"}'\n"
        << "  curl -s $URL/v1/workspaces/$WS/expenses -H \"Authorization: Bearer $KEY\"\n"
        << std::flush;
}

// Made with the journal and never after it: under another secret, retries of old commands would be
// taken for other commands.
Outcome<platform::Secret> root_secret_of(const std::string& folder) {
    const auto file = folder + "/root.secret";
    const bool is_first_start = !std::filesystem::exists(folder + "/journal.db");
    const auto secret =
        is_first_start ? platform::load_or_create_secret(file) : platform::load_secret(file);
    if (secret.ok()) return *secret;
    if (secret.error().is_missing) {
        return domain::Fail{file +
                            " is missing, though there is a journal: put it back from the backup. "
                            "If it is lost for good, `(umask 077; openssl rand -hex 32 > " +
                            file +
                            ")` makes another one; idempotency keys and tokens from before "
                            "are void then"};
    }
    return domain::Fail{secret.error().detail};
}

Outcome<std::string> prepare_store(sql::Store& store, const std::string& folder,
                                   const platform::Secret& secret, const platform::Clock& clock) {
    const auto migrated = workers::migrate(store, migrations::sqlite(), clock);
    if (!migrated.ok()) return domain::Fail{"store.db: " + migrated.error().detail};
    const auto key =
        api::make_first_owner(store, clock, secret, [&folder](const api::NewKey& made) {
            return write_key_file(folder + "/owner.key", made.secret);
        });
    if (!key.ok()) return domain::Fail{"store.db: " + key.error().detail};
    return *key ? (*key)->secret : std::string{};
}

}  // namespace

int serve(const Settings& settings, const ReadAgain& read_again) {
    Lifetime lifetime(settings, read_again);
    const Observing observing("serve", settings);
    const platform::SystemClock clock;
    const platform::SystemZones zones;
    std::error_code made;
    std::filesystem::create_directories(settings.data_dir, made);
    if (made) return fail("cannot make the folder " + settings.data_dir + ": " + made.message());
    const auto lock = sqlite::DirectoryLock::take(settings.data_dir);
    if (!lock.ok()) return fail(lock.error());
    const auto secret = root_secret_of(settings.data_dir);
    if (!secret.ok()) return fail(secret.error());
    auto place = embedded_place(settings.data_dir, LogUse::write, clock);
    if (!place.ok()) return fail(place.error());
    const auto new_key = prepare_store(*place->store, settings.data_dir, *secret, clock);
    if (!new_key.ok()) return fail(new_key.error());

    const auto outside = open_outside(settings, *secret);
    if (!outside.ok()) return fail(outside.error());
    auto front = FrontRole::start(*place, settings, *secret, **outside, clock, zones);
    if (!front.ok()) return fail(front.error());
    // The folder's lock sees to it that no other process has this name.
    workers::notifier::Notifier notifier(
        {*place->store, clock, zones, (*outside)->means(), "embedded"},
        (*outside)->notifier_options());
    workers::Projector projector({*place->log, *place->subscriptions, *place->store, clock,
                                  [role = front->get(), &notifier] {
                                      role->projected();
                                      notifier.signal();
                                  },
                                  &(*front)->pauses()},
                                 {});
    projector.start();
    workers::BudgetDays days(*place->store, *place->log, clock, zones);
    const Watch day_watch(budget_days_question(days), budget_days_pause, budget_days_silence_max);
    notifier.start();
    const Reconciler reconciler(*place->store, clock, place->log->partition_count(), settings);
    auto checks = (*front)->checks();
    checks.push_back({"projector",
                      [&projector] { return projector.stuck() ? "makes no progress" : ""; },
                      pause_remark((*front)->pauses(), journal::Pausable::projector)});
    checks.push_back({"deliveries", [] { return std::string{}; },
                      pause_remark((*front)->pauses(), journal::Pausable::deliveries)});
    checks.push_back(lifetime.check());
    const auto where = admin_address(settings, (*front)->port());
    if (!where.ok()) return fail(where.error());
    const auto admin = AdminServer::start(
        *where, std::move(checks),
        {"serve", *place->store, *place->log, clock, [role = front->get()] { role->measure(); }});
    if (!admin.ok()) return fail(admin.error());

    const auto host = parse_address(settings.listen)->host;
    const bool is_v6 = host.find(':') != std::string::npos;
    const std::string scheme = settings.tls_cert_file.empty() ? "http://" : "https://";
    greet(scheme + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string((*front)->port()),
          settings.data_dir, *new_key);
    lifetime.run({.works = [&] { return (*front)->works() && !projector.stuck(); },
                  .reload = [&front] { (*front)->reload(); }});
    std::cout << "Stopping.\n" << std::flush;
    const bool was_drained = (*front)->stop();
    projector.stop();
    notifier.stop();
    return was_drained ? 0 : 1;
}

}  // namespace outlay::app
