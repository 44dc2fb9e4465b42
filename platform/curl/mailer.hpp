// platform::Mailer by libcurl: SMTP with STARTTLS or TLS from the start. Any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "domain/values/result.hpp"
#include "platform/mailer.hpp"

namespace outlay::curl {

struct MailServer {
    // smtp://user:password@host:587 (STARTTLS) or smtps://host:465; what stands in user and
    // password is percent-encoded.
    std::string url;
    std::string sender;             // an address
    std::string name{};             // by which it is greeted (EHLO); "" : of this machine
    bool is_plain_allowed = false;  // a server without TLS, on a network that is trusted
    std::string trusted_file{};     // certificate authorities (PEM); "" : the system's
    std::chrono::milliseconds timeout{30'000};  // without the farewell
    std::chrono::seconds reply_timeout{20};     // for one reply, the farewell's, too
};
// The error says what is wrong with the settings, without the password.
domain::Result<std::unique_ptr<platform::Mailer>, std::string> make_mailer(MailServer server);

}  // namespace outlay::curl
