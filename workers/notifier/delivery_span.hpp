// The span of an attempt to deliver, in the trace of the command that the message comes from. The
// endpoint sees it as its traceparent. Confined to one thread.
#pragma once

#include <string>

#include "platform/clock.hpp"
#include "platform/http_client.hpp"
#include "workers/notifier/message.hpp"

namespace outlay::workers::notifier {

class DeliverySpan {
public:
    // `parent`: a traceparent; "" : the message belongs to no trace.
    DeliverySpan(std::string parent, const platform::Clock& clock);
    void mark(platform::HttpRequest& request) const;
    void end(const Message& message, const Attempt& attempt) const;

private:
    const std::string parent_;
    const std::string trace_;
    const platform::Clock& clock_;
    const domain::Instant begun_;
};

}  // namespace outlay::workers::notifier
