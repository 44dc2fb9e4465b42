// A notifier under test: channels and messages put straight into a store, a network that answers as
// told, and a clock that moves only when the test says so.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "platform/zones/system_zones.hpp"
#include "tests/unit/projector_world.hpp"
#include "views/channel.hpp"
#include "views/channel_seals.hpp"
#include "workers/notifier/fan_out.hpp"
#include "workers/notifier/notifier.hpp"

namespace outlay::tests {

using HttpOutcome = domain::Result<platform::HttpAnswer, platform::HttpError>;

inline HttpOutcome status(int code,
                          std::optional<std::chrono::seconds> retry_after = std::nullopt) {
    return platform::HttpAnswer{code, "", retry_after};
}
inline HttpOutcome failure(platform::HttpFailure kind) {
    return domain::Fail{platform::HttpError{kind, "scripted"}};
}

// Every endpoint answers 204 until it is told otherwise.
class ScriptedClient final : public platform::HttpClient {
public:
    struct Sent {
        std::string url;
        std::string id;
        std::string timestamp;
        std::string signature;
        std::string body;
        domain::Instant at;
    };
    explicit ScriptedClient(const platform::Clock& clock) : clock_(clock) {}

    HttpOutcome post(const platform::HttpRequest& request) const override {
        std::map<std::string, std::string> headers(request.headers.begin(), request.headers.end());
        sent.push_back({request.url, headers["webhook-id"], headers["webhook-timestamp"],
                        headers["webhook-signature"], request.body, clock_.now()});
        const auto told = answers.find(request.url);
        return told == answers.end() ? status(204) : told->second();
    }
    std::size_t count(const std::string& url) const {
        return static_cast<std::size_t>(std::ranges::count(sent, url, &Sent::url));
    }

    std::map<std::string, std::function<HttpOutcome()>> answers;
    mutable std::vector<Sent> sent;

private:
    const platform::Clock& clock_;
};

// Takes every mail until it is told otherwise.
class ScriptedMailer final : public platform::Mailer {
public:
    const std::string& sender() const override { return sender_; }
    platform::MailAnswer send(const platform::Mail& mail) const override {
        sent.push_back(mail);
        const auto told = answer;
        if (meanwhile) std::exchange(meanwhile, nullptr)();
        return told;
    }

    mutable std::function<void()> meanwhile;  // once, before it answers the next mail
    platform::MailAnswer answer{true, false, 250, ""};
    mutable std::vector<platform::Mail> sent;

private:
    std::string sender_ = "outlay@example.org";
};

class NotifierWorld {
public:
    explicit NotifierWorld(sql::Store& store) : store_(store) {}

    struct Options {
        std::string patterns = R"(["alert.*"])";
        std::string state = "active";
        std::int64_t registered_at = 0;
        std::string kind = "webhook";
        std::string routing = "{}";
        std::string timing = "{}";
        std::string signature = "v1";
        std::string address{};  // "" : the URL of its number
    };
    // Leads to "https://NUMBER.example/".
    domain::ChannelId add_channel(int number) { return add_channel(number, Options{}); }
    domain::ChannelId add_channel(int number, const Options& options) {
        const domain::ChannelId id{platform::uuid_of_name({}, "channel " + std::to_string(number))};
        const auto target = seal(id, options.address.empty() ? url_of(number) : options.address);
        const auto secret = seal(id, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        EXPECT_TRUE(
            change(store_,
                   "INSERT INTO read.channels (workspace, id, kind, description, events,"
                   " shown, target, secret, routing, state, version, created_at,"
                   " updated_at, log_partition, log_offset, timing, recipient, digest_every,"
                   " signature) VALUES ($1, $2, $9, '',"
                   " $3, '', $4, $5, $10, $6, 1, $7, $7, 0, $8, $11, $12, $13, $14)",
                   {home.value.text(), id.value.text(), options.patterns, target, secret,
                    options.state, now(), options.registered_at, options.kind, options.routing,
                    options.timing, recipient_in(options.timing), digest_in(options.timing),
                    options.signature})
                .ok());
        return id;
    }
    struct About {
        std::string kind = "alert.raised";
        std::string document = "{\"n\":1}";
        std::string severity = "warning";
        domain::BudgetId budget{};
        domain::MemberId member{};
    };
    domain::MessageId add_message(int number) { return add_message(number, About{}); }
    domain::MessageId add_message(int number, const About& about) {
        const domain::MessageId id{platform::uuid_of_name({}, "message " + std::to_string(number))};
        EXPECT_TRUE(change(store_,
                           "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition,"
                           " log_offset, created_at, severity, budget, member) VALUES ($1, $2, $3,"
                           " $6, 0, $4, $5, $7, $8, $9)",
                           {id.value.text(), home.value.text(), about.kind, std::int64_t{number},
                            now(), about.document, about.severity, about.budget.value.text(),
                            about.member.value.text()})
                        .ok());
        return id;
    }
    // Lays out and sends all that is due now.
    void run() {
        for (auto laid = workers::notifier::fan_out(store_, clock); laid.ok() && *laid > 0;)
            laid = workers::notifier::fan_out(store_, clock);
        for (;;) {
            auto claim = lanes.claim();
            ASSERT_TRUE(claim.ok()) << claim.error().detail;
            if (!*claim) return;
            courier.deliver(**claim);
        }
    }
    // The same again and again while the time passes.
    void run_for(std::chrono::milliseconds whole, std::chrono::milliseconds step) {
        for (std::chrono::milliseconds passed{0}; passed < whole; passed += step) {
            run();
            clock.advance(step);
        }
        run();
    }
    Lines deliveries() {
        return rows_of(store_, "SELECT state, attempts, last_error FROM outlay.deliveries");
    }
    std::string lane(const domain::ChannelId& channel, const std::string& column) {
        const auto found =
            rows_of(store_, "SELECT " + column + " FROM outlay.channel_lanes WHERE channel = $1",
                    {channel.value.text()});
        return found.empty() ? "" : found.front();
    }
    sql::Value now() const { return workers::cell(clock.now()); }
    static std::string url_of(int number) {
        return "https://" + std::to_string(number) + ".example/";
    }
    std::set<std::string> ids_sent() const {
        std::set<std::string> ids;
        for (const auto& sent : client.sent) ids.insert(sent.id);
        return ids;
    }

    ManualClock clock;
    ScriptedClient client{clock};
    ScriptedMailer mailer;
    const platform::SystemZones zones;
    const platform::SealKeys keys{platform::Secret{1}};
    const domain::WorkspaceId home{platform::uuid_of_name({}, "home")};

private:
    static sql::Value recipient_in(const std::string& timing) {
        return workers::cell(views::timing_of(timing).recipient);
    }
    static sql::Value digest_in(const std::string& timing) {
        const auto digest = views::timing_of(timing).digest;
        return digest ? workers::cell(views::every_name(digest->every)) : sql::Value{sql::Null{}};
    }
    std::string seal(const domain::ChannelId& channel, const std::string& text) {
        const auto id = platform::uuid_of_name(channel.value, text).text();
        const auto sealed = platform::seal(keys, views::seal_context(home, channel), text);
        EXPECT_TRUE(change(store_,
                           "INSERT INTO outlay.channel_seals (id, workspace, channel, sealed,"
                           " created_at) VALUES ($1, $2, $3, $4, $5)",
                           {id, home.value.text(), channel.value.text(), sealed, now()},
                           sql::Access::admin)
                        .ok());
        return id;
    }

    sql::Store& store_;

public:
    workers::notifier::Lanes lanes{store_, clock, zones, "one"};
    workers::notifier::Complaints complaints{clock};
    workers::notifier::Courier courier{
        lanes, clock, complaints, {client, &mailer, keys, "https://outlay.example"}, [] {
            return false;
        }};
};

}  // namespace outlay::tests
