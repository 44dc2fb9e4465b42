// Notices as requests to chats, PagerDuty and ntfy. Text of users is escaped: it neither mentions
// anybody nor makes links. Pure; any thread.
#pragma once

#include <string>

#include "platform/http_client.hpp"
#include "workers/notifier/notice.hpp"

namespace outlay::workers::notifier {

platform::HttpRequest chat_request(const Notice& notice, domain::channel::Format format,
                                   const std::string& url);
// `key`: 32 characters. The same alert has the same dedup_key from trigger to resolve.
platform::HttpRequest pagerduty_request(const Notice& notice, const Message& message,
                                        const std::string& url, const std::string& key);
// The last part of the URL's path is the topic. `token`: "" for a topic that is open.
platform::HttpRequest ntfy_request(const Notice& notice, const std::string& url,
                                   const std::string& token);

}  // namespace outlay::workers::notifier
