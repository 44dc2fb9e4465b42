// Composition by constructors, in the order in which the parts need each other.
#include "app/front_role.hpp"

#include <mutex>

#include "api/auth/identity.hpp"
#include "api/http/dispatch.hpp"
#include "api/resources/call.hpp"
#include "api/resources/message_watch.hpp"
#include "api/server/server.hpp"
#include "app/past_reader.hpp"
#include "app/pulse.hpp"
#include "app/watch.hpp"
#include "journal/genesis.hpp"
#include "platform/log.hpp"
#include "platform/metric_families.hpp"
#include "platform/pool.hpp"
#include "workers/effects.hpp"

namespace outlay::app {

namespace {
constexpr std::size_t pool_threads = 8;
constexpr std::size_t pool_queue_max =
    2000;  // store reads that may wait; above it requests are answered 503
}  // namespace

struct FrontRole::Parts {
    Place& place;
    platform::Pool pool{pool_threads, pool_queue_max};
    journal::Outcomes outcomes;
    journal::Turns turns;
    journal::PauseBoard pauses;
    journal::SubmitShared submit;
    api::Identity identity;
    api::MessageWatch messages;
    PastReader past;
    api::Node node;
    api::Dispatch dispatch;
    Watch store_watch;
    Watch pause_watch;
    std::mutex server_mutex;  // held by those who may meet the end of the server
    std::unique_ptr<api::Server> server;
    std::optional<Pulse> pulse;

    Parts(Place& p, const Settings& settings, const std::string& journal_identity,
          const platform::Secret& root_secret, const Outside& outside, const platform::Clock& clock,
          const platform::Zones& zones)
        : place(p),
          outcomes(*p.store, clock, {}),
          submit{*p.log, journal_identity, *p.store, outcomes, turns, pool, clock, zones,
                 {},     &pauses},
          identity(*p.store, pool, clock, root_secret),
          messages(*p.store, pool, clock),
          past(clock),
          node{submit,
               *p.store,
               pool,
               clock,
               zones,
               root_secret,
               identity,
               outside.egress,
               messages,
               outside.keys,
               outside.mailer != nullptr},
          dispatch(node, api::RouteTable(api::every_route()), settings.access_log_every),
          store_watch(store_question(*p.store), store_pause, store_silence_max),
          pause_watch(pause_question(*p.store, pauses), pause_look, pause_silence_max) {}
};

FrontRole::FrontRole(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
FrontRole::~FrontRole() {
    stop();
}

Outcome<std::unique_ptr<FrontRole>> FrontRole::start(Place& place, const Settings& settings,
                                                     const platform::Secret& root_secret,
                                                     const Outside& outside,
                                                     const platform::Clock& clock,
                                                     const platform::Zones& zones) {
    constexpr std::int64_t micros_per_milli = 1000;
    const auto proposed = platform::random_uuid_v7(clock.now().micros / micros_per_milli).text();
    const auto identity = journal::open_journal(*place.log, proposed);
    if (!identity.ok()) return domain::Fail{identity.error()};
    if (settings.tls_cert_file.empty() != settings.tls_key_file.empty())
        return domain::Fail{std::string("--tls-cert-file and --tls-key-file come together")};
    const auto address = parse_address(settings.listen);
    if (!address.ok()) return domain::Fail{address.error()};
    auto parts =
        std::make_unique<Parts>(place, settings, *identity, root_secret, outside, clock, zones);
    parts->node.past = &parts->past;
    // What is paused stays so, also in the first second.
    const auto known = parts->pauses.refresh(*place.store);
    if (!known.ok()) return domain::Fail{"the store: " + known.error().detail};
    parts->node.stream_heartbeat = std::chrono::seconds{settings.stream_heartbeat_s};
    parts->submit.options.background_max /= settings.io_threads;  // a submitter per thread
    api::ServerOptions options;
    options.host = address->host;
    options.port = address->port;
    options.threads = settings.io_threads;
    if (!settings.tls_cert_file.empty()) {
        options.tls = api::TlsFiles{settings.tls_cert_file, settings.tls_key_file};
    }
    options.drain_delay = std::chrono::seconds{settings.drain_delay_s};
    options.drain_timeout = std::chrono::seconds{settings.drain_deadline_s};
    metrics::gauge(metrics::connections_limit).set(static_cast<double>(options.connections_max));
    auto server = api::make_server(options);
    if (!server.ok()) return domain::Fail{server.error()};
    parts->server = std::move(server).value();
    parts->pulse.emplace(parts->server->executors());
    for (auto* executor : parts->server->executors()) {
        parts->node.submitters.emplace(
            executor, std::make_unique<journal::Submitter>(parts->submit, *executor));
    }
    const auto marked = workers::effects::begin_all(*place.store, *place.log);
    if (!marked.ok()) return domain::Fail{"the store: " + marked.error().detail};
    parts->server->serve(parts->dispatch);
    return std::unique_ptr<FrontRole>(new FrontRole(std::move(parts)));
}

std::uint16_t FrontRole::port() const {
    return parts_->server->port();
}
bool FrontRole::works() {
    return parts_->pulse->beats();
}
void FrontRole::reload() {
    const auto done = parts_->server->reload();
    if (done.ok()) return;
    platform::log(platform::LogLevel::error, "the new certificate is refused; the old one stays",
                  {{"error", done.error()}});
}
void FrontRole::projected() {
    parts_->outcomes.signal();
}

std::vector<Check> FrontRole::checks() const {
    return {{"journal", parts_->place.log_failure},
            {"store", [this] { return parts_->store_watch.failure(); }},
            {"commands", [] { return std::string{}; },
             pause_remark(parts_->pauses, journal::Pausable::commands)}};
}

const journal::PauseBoard& FrontRole::pauses() const {
    return parts_->pauses;
}

void FrontRole::measure() const {
    const std::lock_guard lock(parts_->server_mutex);
    if (!parts_->server) return;
    metrics::gauge(metrics::connections).set(static_cast<double>(parts_->server->connections()));
}

// Requests in flight end first; then nobody waits for outcomes any more; then the I/O threads end.
bool FrontRole::stop() {
    if (!parts_->server) return true;
    const bool was_drained = parts_->server->stop();
    parts_->outcomes.stop();
    parts_->pool.stop();
    {
        const std::lock_guard lock(parts_->server_mutex);
        parts_->server.reset();
    }
    parts_->node.submitters.clear();
    return was_drained;
}

}  // namespace outlay::app
