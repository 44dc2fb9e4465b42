// MessageFeed: what is new among the messages of a workspace, asked of a server with the key of
// any member. Blocks; confined to one thread.
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
    std::string types{};  // types and families by comma; "" : all but changes
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
    // What was not there when it was asked last, the oldest first; at the first time nothing. After
    // an error nothing is lost: the next call brings it.
    domain::Result<Messages, FeedError> poll();

private:
    domain::Result<json::Value, FeedError> page(std::string query) const;
    // All that is in the window, the oldest first.
    domain::Result<Messages, FeedError> read_window() const;
    domain::Result<Messages, FeedError> read_news();
    // Leaves what was not seen, which is seen from now on.
    void take(Messages& news);
    // Only once there is a newest one.
    domain::Instant window_begin() const;

    FeedSource source_;
    const platform::Egress& egress_;
    bool has_begun_ = false;
    std::optional<domain::Instant> newest_{};
    std::map<domain::MessageId, domain::Instant> seen_{};  // of the window before the newest
};

}  // namespace outlay::app
