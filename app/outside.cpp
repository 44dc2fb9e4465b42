// Reading the rules of the outside from the settings.
#include "app/outside.hpp"

#include <algorithm>
#include <sstream>

#include "app/tool_access.hpp"
#include "app/version.hpp"
#include "platform/curl/http_client.hpp"
#include "platform/curl/mailer.hpp"
#include "platform/log.hpp"

namespace outlay::app {

namespace {

constexpr std::chrono::seconds name_patience{10};  // together with a request below a lane's lease

Outcome<platform::EgressPolicy> policy_of(const Settings& settings) {
    platform::EgressPolicy policy;
    policy.http = settings.egress_http;
    std::istringstream list(settings.egress_allow);
    for (std::string item; std::getline(list, item, ',');) {
        std::erase(item, ' ');
        if (item.empty()) continue;
        const auto range = platform::AddressRange::parse(item);
        if (!range)
            return domain::Fail{"OUTLAY_EGRESS_ALLOW: " + item + " is no range such as 10.0.0.0/8"};
        policy.allowed.push_back(*range);
    }
    return policy;
}

curl::ClientOptions options_with(const std::string& trusted_file) {
    curl::ClientOptions options;
    options.user_agent = "Outlay/" + std::string(version);
    options.trusted_file = trusted_file;
    return options;
}

// RFC 8058, section 3.1: who ends a mail by one click asks an https address. Without an address
// there is nothing to click.
domain::Status<std::string> check_mail(const Settings& settings) {
    if (settings.smtp_url.empty()) return domain::Done{};
    if (settings.public_url.empty()) {
        platform::log(platform::LogLevel::warning,
                      "mails carry no List-Unsubscribe: OUTLAY_PUBLIC_URL is not set", {});
    }
    if (settings.public_url.starts_with("http://") && !settings.egress_http) {
        return domain::Fail{
            std::string("OUTLAY_PUBLIC_URL must begin with https:// where mails are sent: "
                        "List-Unsubscribe with one click needs it (RFC 8058); "
                        "OUTLAY_EGRESS_HTTP=1 permits http")};
    }
    return domain::Done{};
}

}  // namespace

Outside::Outside(platform::EgressPolicy policy, platform::SealKeys opening_keys,
                 const std::string& trusted_file)
    : network(std::make_shared<platform::SystemNetwork>(), name_patience),
      egress(std::move(policy), network),
      client(curl::make_client(egress, options_with(trusted_file))),
      keys(std::move(opening_keys)) {}

Outcome<platform::SealKeys> seal_keys(const Settings& settings,
                                      const platform::Secret& root_secret) {
    const platform::Secret derived = platform::keyed_hash(root_secret, "channel-seal", "");
    if (settings.channel_key.empty()) return platform::SealKeys{derived};
    auto text = settings.channel_key;
    std::ranges::replace(text, ',', '\n');
    auto keys = platform::parse_seal_keys(text);
    if (!keys.ok()) return domain::Fail{"OUTLAY_CHANNEL_KEY: " + keys.error()};
    keys->push_back(derived);
    return std::move(keys).value();
}

Outcome<std::unique_ptr<Outside>> open_outside(const Settings& settings,
                                               const platform::Secret& root_secret) {
    auto policy = policy_of(settings);
    if (!policy.ok()) return domain::Fail{policy.error()};
    auto keys = seal_keys(settings, root_secret);
    if (!keys.ok()) return domain::Fail{keys.error()};
    auto retries = workers::notifier::RetrySchedule::parse(settings.retry_schedule);
    if (!retries.ok()) return domain::Fail{"OUTLAY_RETRY_SCHEDULE " + retries.error()};
    const auto checked = check_mail(settings);
    if (!checked.ok()) return domain::Fail{checked.error()};
    auto outside = std::make_unique<Outside>(std::move(policy).value(), std::move(keys).value(),
                                             settings.egress_ca_file);
    outside->retries = std::move(retries).value();
    outside->public_url = without_slash(settings.public_url);
    if (settings.smtp_url.empty()) return outside;
    auto mailer = curl::make_mailer({.url = settings.smtp_url,
                                     .sender = settings.smtp_from,
                                     .name = settings.smtp_name,
                                     .is_plain_allowed = settings.smtp_plain,
                                     .trusted_file = settings.egress_ca_file});
    if (!mailer.ok()) return domain::Fail{mailer.error()};
    outside->mailer = std::move(mailer).value();
    return outside;
}

}  // namespace outlay::app
