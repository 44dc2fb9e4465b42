// Messages carry the time of what they tell and come when it is projected, so one may come late: a
// window before the newest one is looked through each time. All times are the server's.
#include "app/message_feed.hpp"

#include <algorithm>
#include <iterator>

#include "platform/curl/http_client.hpp"

namespace outlay::app {

namespace {

using workers::notifier::Message;

constexpr std::int64_t window_micros = 600'000'000;  // ten minutes
constexpr std::size_t page_bytes_max = 16'000'000;
constexpr int ok = 200;
constexpr int bad_request = 400;
constexpr int too_many = 429;
constexpr int server_error = 500;

std::string text_of(const json::Value& object, std::string_view member) {
    const auto* const found = object.find(member);
    return found != nullptr && found->kind() == json::Kind::string ? found->text() : "";
}

std::optional<Message> message_of(const json::Value& item) {
    const auto id = domain::MessageId::parse(text_of(item, "id"));
    const auto at = domain::Instant::parse(text_of(item, "timestamp"));
    const auto* const data = item.find("data");
    if (!id || !at || data == nullptr) return std::nullopt;
    return Message{*id, text_of(item, "type"), *at, json::canonical(*data)};
}

std::vector<Message> messages_in(const json::Value& page) {
    std::vector<Message> messages;
    for (const auto& item : page.find("data")->items()) {
        if (auto message = message_of(item)) messages.push_back(std::move(*message));
    }
    return messages;
}

// What patterns are made of needs no encoding, but for these two.
std::string in_query(const std::string& patterns) {
    std::string text;
    for (const char letter : patterns) {
        if (letter == ',')
            text += "%2C";
        else if (letter == '*')
            text += "%2A";
        else
            text += letter;
    }
    return text;
}

FeedError error_of(const platform::HttpAnswer& answer) {
    const auto problem = json::parse(answer.body);
    const auto detail = problem.ok() ? text_of(*problem, "detail") : "";
    const int status = answer.status;
    return {"the server answers " + std::to_string(status) + (detail.empty() ? "" : ": " + detail),
            status >= bad_request && status < server_error && status != too_many};
}

}  // namespace

domain::Result<json::Value, FeedError> MessageFeed::page(std::string query) const {
    if (!source_.types.empty()) query += "&type=" + in_query(source_.types);
    const auto answer = curl::call(
        egress_, {.kept_bytes_max = page_bytes_max, .read_bytes_max = page_bytes_max},
        curl::Method::get,
        {source_.url + "/v1/workspaces/" + source_.workspace.text() + "/messages?" + query,
         {{"Authorization", "Bearer " + source_.key}}});
    if (!answer.ok()) {
        return domain::Fail{FeedError{"the server does not answer: " + answer.error().detail,
                                      answer.error().kind == platform::HttpFailure::refused}};
    }
    if (answer->status != ok) return domain::Fail{error_of(*answer)};
    auto parsed = json::parse(answer->body);
    const auto* const items = parsed.ok() ? parsed->find("data") : nullptr;
    const bool is_list = items != nullptr && items->kind() == json::Kind::array;
    if (!is_list) return domain::Fail{FeedError{"what answers there is not Outlay", true}};
    return std::move(parsed).value();
}

void MessageFeed::take(Messages& news) {
    std::erase_if(news, [this](const Message& message) {
        return !seen_.emplace(message.id, message.at).second;
    });
    for (const auto& message : news) newest_ = std::max(newest_.value_or(message.at), message.at);
}

// The whole window, whatever stands on its first page: what is late may stand on any.
domain::Result<MessageFeed::Messages, FeedError> MessageFeed::read_window() const {
    std::string query = "limit=100";
    if (newest_) query += "&created_at%5Bgte%5D=" + window_begin().text();
    Messages window;
    for (std::string cursor;;) {
        const auto found = page(query + (cursor.empty() ? "" : "&cursor=" + cursor));
        if (!found.ok()) return domain::Fail{found.error()};
        std::ranges::move(messages_in(*found), std::back_inserter(window));
        cursor = text_of(*found, "next_cursor");
        if (cursor.empty()) break;
    }
    std::ranges::reverse(window);
    return window;
}

domain::Result<MessageFeed::Messages, FeedError> MessageFeed::read_news() {
    auto news = read_window();
    // Nothing counts as seen before the last page is there: the next look begins anew.
    if (!news.ok()) return news;
    if (newest_) std::erase_if(seen_, [this](auto& one) { return one.second < window_begin(); });
    take(*news);
    return news;
}

domain::Instant MessageFeed::window_begin() const {
    return {newest_->micros - window_micros};
}

domain::Result<MessageFeed::Messages, FeedError> MessageFeed::poll() {
    if (!has_begun_) {
        // Only the newest one tells how far back the window goes.
        const auto newest = page("limit=1");
        if (!newest.ok()) return domain::Fail{newest.error()};
        if (auto found = messages_in(*newest); !found.empty()) newest_ = found.front().at;
    }
    auto news = read_news();
    if (!news.ok() || has_begun_) return news;
    has_begun_ = true;
    return Messages{};
}

}  // namespace outlay::app
