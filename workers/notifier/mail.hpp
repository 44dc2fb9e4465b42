// A notice as a mail: text and HTML, a thread per budget, one click to end it. Pure; any thread.
#pragma once

#include <string>

#include "platform/mailer.hpp"
#include "workers/notifier/notice.hpp"

namespace outlay::workers::notifier {

struct MailFrame {
    std::string from;         // an address
    std::string to;           // an address
    std::string message_id;   // without brackets and domain; the same at every attempt
    std::string thread;       // the same for all that belongs together; "" : no thread
    std::string unsubscribe;  // a URL that takes a POST; "" : none
    domain::Instant at;
};
std::string message_id_of(const MailFrame& frame);  // with brackets and domain
platform::Mail mail_of(const Notice& notice, const MailFrame& frame);

}  // namespace outlay::workers::notifier
