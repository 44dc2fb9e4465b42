// Outside: what a process needs to send requests to other people's servers: the egress guard, the
// client behind it, and the keys that open what belongs to channels. Made once per process.
#pragma once

#include <memory>
#include <string>

#include "app/place.hpp"
#include "app/settings.hpp"
#include "platform/egress.hpp"
#include "platform/http_client.hpp"
#include "platform/seal.hpp"
#include "workers/notifier/notifier.hpp"

namespace outlay::app {

struct Outside {
    Outside(platform::EgressPolicy policy, platform::SealKeys opening_keys,
            const std::string& trusted_file);
    Outside(const Outside&) = delete;
    Outside& operator=(const Outside&) = delete;

    platform::BoundedNetwork network;
    platform::Egress egress;  // refers to the network
    std::unique_ptr<platform::HttpClient> client;
    std::unique_ptr<platform::Mailer> mailer;  // none: the installation sends no mail
    platform::SealKeys keys;
    std::string public_url;
    workers::notifier::RetrySchedule retries;

    workers::notifier::Means means() const { return {*client, mailer.get(), keys, public_url}; }
    workers::notifier::NotifierOptions notifier_options() const {
        return {.sending = {.retries = retries}};
    }
};

// The keys come from the setting channel-key. The one that derives from the root secret
// stands behind them, for what was sealed before there were others; without others it seals.
Outcome<platform::SealKeys> seal_keys(const Settings& settings,
                                      const platform::Secret& root_secret);
Outcome<std::unique_ptr<Outside>> open_outside(const Settings& settings,
                                               const platform::Secret& root_secret);

}  // namespace outlay::app
