// MessageFeed: what is new among the messages of a workspace, asked of a server with an admin's
// key. Blocks; confined to one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/values/result.hpp"
#include "platform/egress.hpp"
#include "platform/http_client.hpp"
#include "platform/json/value.hpp"
#include "workers/notifier/webhook.hpp"

namespace outlay::app {

struct FeedSource {
    std::string url;  // "https://outlay.example.org"
    std::string key;
    domain::WorkspaceId workspace;
};
struct FeedError {
    std::string sentence;
    bool is_final = false;  // asking again does not help
};

class MessageFeed {
public:
    // `egress` outlives the feed.
    MessageFeed(FeedSource source, const platform::Egress& egress)
        : source_(std::move(source)), egress_(egress) {}

    using Messages = std::vector<workers::notifier::Message>;
    // What was not there when it was asked last, the oldest first; at the first time nothing.
    domain::Result<Messages, FeedError> poll();

private:
    domain::Result<json::Value, FeedError> page(const std::string& query) const;
    domain::Result<Messages, FeedError> read_news();
    // Adds what is new of a page; how much that was.
    std::size_t take(const json::Value& page, Messages& news);

    FeedSource source_;
    const platform::Egress& egress_;
    bool has_begun_ = false;
    std::optional<domain::Instant> newest_{};
    std::map<domain::MessageId, domain::Instant> seen_{};  // of the window before the newest
};

}  // namespace outlay::app
