// Promise: `outlay webhooks listen` tells every message of a workspace once, whichever page of the
// list it stands on, also those that come late and those of a look that broke off in the middle.
#include "app/message_feed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <mutex>
#include <set>

#include "platform/hash.hpp"
#include "tests/contract/loopback_endpoint.hpp"

namespace outlay::tests {
namespace {

using Names = std::vector<std::string>;

constexpr std::int64_t begin_micros = 1'767'225'600'000'000;  // 2026-01-01T00:00:00Z
constexpr std::int64_t second_micros = 1'000'000;
constexpr std::size_t page_size = 2;

// A server that lists its messages, the newest first, in pages of two; it may refuse single pages.
class ListingServer {
public:
    struct Listed {
        domain::MessageId id;
        domain::Instant at;
    };

    std::string url() const {
        const auto whole = endpoint_.url();
        return whole.substr(0, whole.rfind('/'));
    }
    // A message of this second; its id, as the feed tells it.
    std::string add(std::int64_t second) {
        const std::lock_guard lock(mutex_);
        const domain::MessageId id{
            platform::uuid_of_name({}, "message " + std::to_string(messages_.size()))};
        messages_.push_back({id, {begin_micros + second * second_micros}});
        std::ranges::sort(messages_, std::greater{},
                          [](const Listed& one) { return std::pair(one.at, one.id.text()); });
        return id.text();
    }
    // Pages are counted from 0.
    void refuse(std::set<std::size_t> pages) {
        const std::lock_guard lock(mutex_);
        refused_ = std::move(pages);
    }
    std::size_t requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    void serve(Peer& peer) {
        const auto request = peer.read_request();
        const auto line = request.substr(0, request.find(" HTTP/"));
        const std::lock_guard lock(mutex_);
        ++requests_;
        const auto cursor = parameter(line, "cursor=");
        const auto page = cursor.empty() ? 0 : std::stoul(cursor);
        if (refused_.contains(page))
            return answer(peer, "503 Unavailable", R"({"detail":"not now"})");
        answer(peer, "200 OK", list(line, page));
    }
    std::string list(const std::string& line, std::size_t page) const {
        const auto since = domain::Instant::parse(parameter(line, "created_at%5Bgte%5D="));
        std::vector<Listed> found;
        std::ranges::copy_if(messages_, std::back_inserter(found),
                             [&](const Listed& one) { return !since || *since <= one.at; });
        const auto from = std::min(page * page_size, found.size());
        const auto to = std::min(from + page_size, found.size());
        std::string items;
        for (auto at = from; at < to; ++at) {
            items += std::string(items.empty() ? "" : ",") + R"({"id":")" + found[at].id.text() +
                     R"(","timestamp":")" + found[at].at.text() +
                     R"(","type":"alert.raised","data":{}})";
        }
        const bool has_more = to < found.size();
        return R"({"data":[)" + items + R"(],"next_cursor":)" +
               (has_more ? "\"" + std::to_string(page + 1) + "\"" : "null") + "}";
    }
    static std::string parameter(const std::string& line, const std::string& name) {
        const auto at = line.find(name);
        if (at == std::string::npos) return "";
        const auto from = at + name.size();
        return line.substr(from, line.find('&', from) - from);
    }
    static void answer(Peer& peer, const std::string& status, const std::string& body) {
        peer.send("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body);
    }

    mutable std::mutex mutex_;
    std::vector<Listed> messages_;
    std::set<std::size_t> refused_;
    std::size_t requests_ = 0;
    LoopbackEndpoint endpoint_{[this](Peer& peer) { serve(peer); }};
};

class MessageFeedOfAServer : public testing::Test {
protected:
    // As in every role of the binary: a lost peer is an error code.
    void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }

    // The ids that one look tells, in their order.
    Names look() {
        const auto news = feed_.poll();
        EXPECT_TRUE(news.ok()) << news.error().sentence;
        Names ids;
        for (const auto& message : *news) ids.push_back(message.id.text());
        return ids;
    }
    static platform::EgressPolicy loopback() {
        return {.allowed = {*platform::AddressRange::parse("127.0.0.0/8")}, .http = true};
    }

    ListingServer server_;
    const platform::SystemNetwork network_;
    const platform::Egress egress_{loopback(), network_};
    app::MessageFeed feed_{{server_.url(), "key", {platform::uuid_of_name({}, "home")}}, egress_};
};

TEST_F(MessageFeedOfAServer, begins_with_what_comes_after_its_first_look) {
    for (int second = 0; second < 5; ++second) server_.add(second);
    EXPECT_EQ(look(), Names{});
    EXPECT_EQ(look(), Names{});
    const Names added{server_.add(10), server_.add(11), server_.add(12)};
    EXPECT_EQ(look(), added) << "the oldest first, over two pages";
    EXPECT_EQ(look(), Names{});
}

TEST_F(MessageFeedOfAServer, tells_nothing_of_a_look_that_broke_off_and_all_of_it_at_the_next_one) {
    server_.add(0);
    ASSERT_EQ(look(), Names{});
    const Names added{server_.add(10), server_.add(11), server_.add(12), server_.add(13)};
    for (const std::size_t page : {1U, 2U, 0U}) {
        server_.refuse({page});
        const auto broken = feed_.poll();
        ASSERT_FALSE(broken.ok()) << page;
        EXPECT_EQ(broken.error().sentence, "the server answers 503: not now");
        EXPECT_FALSE(broken.error().is_final);
    }
    server_.refuse({});
    EXPECT_EQ(look(), added);
    EXPECT_EQ(look(), Names{});
}

TEST_F(MessageFeedOfAServer, finds_what_comes_late_behind_pages_that_it_knows) {
    for (int second = 100; second < 110; ++second) server_.add(second);
    ASSERT_EQ(look(), Names{});
    const Names late{server_.add(50), server_.add(101)};
    EXPECT_EQ(look(), late);
    EXPECT_EQ(look(), Names{});
}

TEST_F(MessageFeedOfAServer, looks_back_ten_minutes_from_the_newest) {
    for (int second = 0; second < 100; ++second) server_.add(second);
    ASSERT_EQ(look(), Names{});
    const Names newest{server_.add(690)};
    EXPECT_EQ(look(), newest);
    const auto before = server_.requests();
    EXPECT_EQ(look(), Names{});
    EXPECT_EQ(server_.requests() - before, 6U) << "the messages of 90 to 99, the newest, in pairs";
}

TEST_F(MessageFeedOfAServer, begins_anew_where_its_first_look_broke_off) {
    for (int second = 0; second < 4; ++second) server_.add(second);
    server_.refuse({1});
    ASSERT_FALSE(feed_.poll().ok());
    server_.refuse({});
    EXPECT_EQ(look(), Names{}) << "nothing was told yet, so all of it was there before";
    const Names added{server_.add(5)};
    EXPECT_EQ(look(), added);
}

}  // namespace
}  // namespace outlay::tests
