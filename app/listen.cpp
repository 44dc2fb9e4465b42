// `outlay webhooks listen`: for people who write what receives webhooks. It asks the server for new
// messages, so nothing has to reach this machine from outside, and forwards only what it has
// verified as the receiver will.
#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <sstream>

#include "app/message_feed.hpp"
#include "app/place.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "app/tool_access.hpp"
#include "domain/channel/message_types.hpp"
#include "platform/clock.hpp"
#include "platform/curl/http_client.hpp"
#include "workers/notifier/manners.hpp"

namespace outlay::app {

namespace {

using workers::notifier::Message;

constexpr std::chrono::milliseconds look{500};

// "" where there is none.
std::string first_line(const std::string& file_name) {
    std::ifstream file(file_name);
    std::string line;
    std::getline(file, line);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    return line;
}

Outcome<FeedSource> source_of(const Settings& settings) {
    FeedSource source;
    const auto workspace = domain::WorkspaceId::parse(settings.workspace);
    if (!workspace) return domain::Fail{settings.workspace + " is no id of a workspace"};
    source.workspace = *workspace;
    auto key = read_api_key(settings.key_file);
    if (!key.ok()) return domain::Fail{key.error()};
    source.key = std::move(key).value();
    source.url = without_slash(settings.server_url);
    std::istringstream patterns(settings.events);
    for (std::string pattern; std::getline(patterns, pattern, ',');) {
        if (!domain::channel::is_pattern(pattern))
            return domain::Fail{"--events: there is no type of messages like " + pattern};
    }
    source.types = settings.events;
    return source;
}

// The same at every start, so that what receives need not be told again; it tells nothing of the
// key that it derives from.
std::string own_secret(const FeedSource& source) {
    const auto digest =
        platform::hmac_sha256(source.key, "webhooks listen " + source.workspace.text());
    return "whsec_" + platform::base64(platform::bytes_of(digest));
}

// A channel's, with which the program will be called in the end, or one of its own.
Outcome<std::string> secret_of(const Settings& settings, const FeedSource& source) {
    if (settings.secret_file.empty()) return own_secret(source);
    auto secret = first_line(settings.secret_file);
    const auto signs = workers::notifier::webhook_signature(domain::channel::Signature::v1, secret,
                                                            "msg_1", 0, "");
    if (!signs) return domain::Fail{settings.secret_file + " holds no secret like whsec_..."};
    return secret;
}

class Forwarder {
public:
    Forwarder(std::string url, std::string secret, const platform::Egress& egress)
        : url_(std::move(url)),
          secret_(std::move(secret)),
          client_(curl::make_client(egress, {})) {}

    // One line about a message, after it was forwarded if it is to be.
    std::string tell(const Message& message) const {
        auto line = message.at.text() + "  " + message.kind + "  " + message.id.text();
        if (url_.empty()) return line;
        const std::array secrets{secret_};
        const auto request =
            workers::notifier::webhook_request(message, url_, {.secrets = secrets}, clock_.now());
        if (!request || !workers::notifier::is_signed_by(*request, secret_, clock_.now()))
            return line + "  not forwarded: its signature is not that of the secret";
        const auto attempt = workers::notifier::attempt_of(
            client_->post(*request),
            workers::notifier::manners_of(domain::channel::Kind::webhook).final_statuses);
        return line + "  verified  " +
               (attempt.status ? std::to_string(*attempt.status) : attempt.error);
    }

private:
    std::string url_;
    std::string secret_;
    std::unique_ptr<platform::HttpClient> client_;
    platform::SystemClock clock_{};
};

// Until Ctrl-C, or until asking again does not help.
int follow(MessageFeed& feed, const Forwarder& forwarder) {
    bool is_lost = false;
    while (!wait_for_end(look)) {
        const auto news = feed.poll();
        if (!news.ok()) {
            if (news.error().is_final) return fail(news.error().sentence);
            if (!is_lost) std::cerr << "outlay: " << news.error().sentence << "; asking again\n";
            is_lost = true;
            continue;
        }
        is_lost = false;
        for (const auto& message : *news)
            std::cout << forwarder.tell(message) << "\n" << std::flush;
    }
    return 0;
}

}  // namespace

int webhooks_listen(const Settings& settings) {
    block_signals();
    const auto source = source_of(settings);
    if (!source.ok()) return fail(source.error());
    const auto secret = secret_of(settings, *source);
    if (!secret.ok()) return fail(secret.error());
    const ToolAccess access;
    const auto& egress = access.egress;
    if (!settings.forward_url.empty()) {
        const auto checked = egress.check(settings.forward_url);
        if (!checked.ok() && checked.error().is_refused)
            return fail("--forward: " + checked.error().detail);
    }
    MessageFeed feed(*source, egress);
    const auto begun = feed.poll();
    if (!begun.ok()) return fail(begun.error().sentence);
    const Forwarder forwarder(settings.forward_url, *secret, egress);
    std::cout << "Listening to " << settings.workspace << "; Ctrl-C ends it.\n";
    if (!settings.forward_url.empty()) {
        std::cout << "What is forwarded is signed with "
                  << (settings.secret_file.empty() ? *secret
                                                   : "the secret in " + settings.secret_file)
                  << "\n";
    }
    std::cout << std::flush;
    return follow(feed, forwarder);
}

}  // namespace outlay::app
