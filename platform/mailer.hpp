// Mail, given to the one server that the installation is configured with. Implemented by
// platform/curl.
#pragma once

#include <optional>
#include <string>

#include "platform/http_client.hpp"

namespace outlay::platform {

struct Mail {
    std::string to;    // one address, without a name
    std::string text;  // header and body (RFC 5322), lines end with CRLF
};
struct MailAnswer {
    bool is_accepted = false;                   // the server took it over
    bool is_permanent = false;                  // it never will
    std::optional<int> code{};                  // of the reply that took or refused it
    std::string detail{};                       // why not
    HttpFailure failure = HttpFailure::broken;  // without a code: what kept the reply away
};

class Mailer {
public:
    virtual ~Mailer() = default;
    // The address that mail comes from.
    virtual const std::string& sender() const = 0;
    // Blocks until the server answered, or its time is over: then nobody knows whether it took the
    // mail. Any thread.
    virtual MailAnswer send(const Mail& mail) const = 0;
};

}  // namespace outlay::platform
