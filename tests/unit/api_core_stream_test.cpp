// Promise: a stream tells what happens in the workspace as it happens, from any place on that its
// reader names, without gap or repeat; it ends when its reader is nobody any more and when the node
// stops.
#include <gtest/gtest.h>

#include "api/resources/message_watch.hpp"
#include "api/resources/stream_place.hpp"
#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"

namespace outlay::tests {
namespace {

using api::Method;
using Texts = std::vector<std::string>;

struct Sink final : api::BodySink {
    platform::Task<bool> write(std::string piece) override {
        text += piece;
        co_return is_alive;
    }
    std::string text;
    bool is_alive = true;
};

// The values of a field, in order.
Texts values(const std::string& text, const std::string& field) {
    Texts found;
    const auto mark = field + ": ";
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto end = text.find('\n', begin);
        if (text.compare(begin, mark.size(), mark) == 0)
            found.push_back(text.substr(begin + mark.size(), end - begin - mark.size()));
        begin = end + 1;
    }
    return found;
}

// An open stream on the loop of its node.
class Reading {
public:
    Reading(ApiNode& api, api::Response response)
        : api_(api), response_(std::move(response)), sink_(std::make_unique<Sink>()) {
        platform::start(response_.producer(*sink_), [this](bool whole) { end_ = whole; });
        EXPECT_TRUE(api_.loop().run_until([this] { return !sink_->text.empty() || end_; }));
    }
    // Leaves before its node goes: the coroutine must not outlive what it uses.
    ~Reading() {
        sink_->is_alive = false;
        EXPECT_TRUE(api_.loop().run_until([this] { return end_.has_value(); }));
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    bool has(std::size_t events) {
        return api_.loop().run_until([this, events] { return types().size() >= events; });
    }
    // How it ended.
    bool end() {
        EXPECT_TRUE(api_.loop().run_until([this] { return end_.has_value(); }));
        return end_.value_or(false);
    }
    Texts types() const { return values(sink_->text, "event"); }
    Texts ids() const { return values(sink_->text, "id"); }
    const std::string& text() const { return sink_->text; }

private:
    ApiNode& api_;
    api::Response response_;
    std::unique_ptr<Sink> sink_;
    std::optional<bool> end_;
};

class Streams : public testing::Test {
protected:
    Streams() {
        api.node().stream_heartbeat = std::chrono::milliseconds{50};
        const auto made = api.post(
            workspace + "/budgets",
            R"({"name":"All","limit":{"amount":1000,"currency":"EUR"},"scope":{},)"
            R"("period":{"every":"month","anchor":"2015-01-01"},"thresholds":[{"percent":80}]})");
        EXPECT_EQ(made.status(), 201) << made.response.body;
    }
    std::string raise_alert(const std::string& month = "01") {
        const auto made = api.post(
            workspace + "/expenses",
            R"({"amount":{"amount":900,"currency":"EUR"},"spent_on":"2026-)" + month + "-05\"}");
        EXPECT_EQ(made.status(), 201) << made.response.body;
        return made.text("id");
    }
    void resolve_alert(const std::string& expense) {
        EXPECT_EQ(api.remove(workspace + "/expenses/" + expense).status(), 200);
    }
    Answered ask(const std::string& query = "", const Fields& headers = {}) {
        return api.get(workspace + "/stream" + query, headers);
    }
    api::Response open(const std::string& query = "", const Fields& headers = {}) {
        auto answer = ask(query, headers);
        EXPECT_EQ(answer.status(), 200) << answer.response.body;
        return std::move(answer.response);
    }

    // Where a stream begins, and where it is after each of two alerts.
    Texts places_of_two_alerts() {
        Reading reading(api, open());
        raise_alert("01");
        EXPECT_TRUE(reading.has(1));
        raise_alert("02");
        EXPECT_TRUE(reading.has(2));
        return reading.ids();
    }

    ApiNode api;
    std::string workspace = api.workspace();
};

TEST_F(Streams, tell_what_happens_as_webhooks_would) {
    const auto answer = ask();
    EXPECT_EQ(answer.response.content_type, "text/event-stream");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_EQ(answer.header("X-Accel-Buffering"), "no");
    Reading reading(api, answer.response);
    EXPECT_EQ(values(reading.text(), "retry"), Texts{"3000"});
    EXPECT_EQ(reading.ids().size(), 1) << "of the place where it begins";
    const auto expense = raise_alert();
    ASSERT_TRUE(reading.has(1));
    resolve_alert(expense);
    ASSERT_TRUE(reading.has(2));
    EXPECT_EQ(reading.types(), (Texts{"alert.raised", "alert.resolved"}));
    const auto listed = api.get(workspace + "/messages");
    const auto data = values(reading.text(), "data");
    ASSERT_EQ(data.size(), 2);
    const auto& raised = listed.body.find("data")->items()[1];
    EXPECT_EQ(data[0], R"({"type":"alert.raised","timestamp":")" +
                           raised.find("timestamp")->text() + R"(","data":)" +
                           std::string(raised.find("data")->raw()) + "}");
}

TEST_F(Streams, go_on_strictly_after_the_place_that_is_named) {
    const auto places = places_of_two_alerts();
    raise_alert("03");
    ASSERT_EQ(places.size(), 3);
    for (std::size_t after = 0; after < places.size(); ++after) {
        Reading by_field(api, open("", {{"Last-Event-ID", places[after]}}));
        ASSERT_TRUE(by_field.has(3 - after));
        EXPECT_EQ(by_field.ids()[0], places[after]);
        EXPECT_EQ(by_field.types().size(), 3 - after);
        Reading by_parameter(api, open("?last_event_id=" + places[after]));
        ASSERT_TRUE(by_parameter.has(3 - after));
        EXPECT_EQ(by_parameter.ids(), by_field.ids());
    }
    Reading field_first(api, open("?last_event_id=" + places[0], {{"Last-Event-ID", places[2]}}));
    ASSERT_TRUE(field_first.has(1));
    EXPECT_EQ(field_first.ids()[0], places[2]);
}

TEST_F(Streams, begin_with_a_reset_after_a_place_that_is_unknown_here) {
    const auto ws = domain::WorkspaceId::parse(workspace.substr(workspace.rfind('/') + 1));
    const auto& secret = api.node().root_secret;
    for (const auto& unknown : {api::seal_place(secret, "jrn_other", *ws, {0, {}}),
                                api::seal_place(secret, "jrn_test", *ws, {1'000'000, {}})}) {
        Reading reading(api, open("", {{"Last-Event-ID", unknown}}));
        ASSERT_TRUE(reading.has(1));
        EXPECT_EQ(reading.types(), Texts{"reset"});
        EXPECT_EQ(values(reading.text(), "data"), Texts{"{}"});
        EXPECT_NE(reading.ids().at(0), unknown);
    }
    const auto elsewhere = api::seal_place(secret, "jrn_test", {}, {0, {}});
    for (const auto& malformed : {elsewhere, std::string("x")}) {
        EXPECT_EQ(ask("", {{"Last-Event-ID", malformed}}).status(), 400);
        EXPECT_EQ(ask("?last_event_id=" + malformed).code(), "cursor_invalid");
    }
}

TEST_F(Streams, begin_with_a_reset_after_a_place_behind_which_messages_were_forgotten) {
    const auto places = places_of_two_alerts();
    ASSERT_TRUE(change(api.store(),
                       "INSERT INTO outlay.message_horizons (workspace, log_offset)"
                       " SELECT workspace, min(log_offset) FROM outlay.outbox GROUP BY workspace",
                       {}, sql::Access::admin)
                    .ok());
    Reading too_old(api, open("", {{"Last-Event-ID", places[0]}}));
    ASSERT_TRUE(too_old.has(1));
    EXPECT_EQ(too_old.types(), Texts{"reset"});
    Reading after_the_reset(api, open("", {{"Last-Event-ID", too_old.ids().back()}}));
    EXPECT_EQ(after_the_reset.types(), Texts{});
    Reading young_enough(api, open("", {{"Last-Event-ID", places[2]}}));
    EXPECT_EQ(young_enough.ids(), Texts{places[2]});
}

TEST_F(Streams, carry_changes_for_who_asks_for_them) {
    const auto hook = api.post(workspace + "/channels",
                               R"({"kind":"webhook","url":"https://hooks.example.org/a",)"
                               R"("events":["expense.*"]})");
    ASSERT_EQ(hook.status(), 201) << hook.response.body;
    Reading usual(api, open());
    Reading changes(api, open("?types=expense.*"));
    Reading everything(api, open("?types=*"));
    const auto expense = raise_alert();
    ASSERT_TRUE(everything.has(2));
    ASSERT_TRUE(changes.has(1));
    ASSERT_TRUE(usual.has(1));
    EXPECT_EQ(usual.types(), Texts{"alert.raised"});
    EXPECT_EQ(changes.types(), Texts{"expense.recorded"});
    const auto data = values(changes.text(), "data").at(0);
    EXPECT_NE(data.find(R"("subject":")" + expense + '"'), std::string::npos);
    resolve_alert(expense);
    ASSERT_TRUE(changes.has(2));
    EXPECT_EQ(changes.types().back(), "expense.voided");
    Reading again(api, open("?types=expense.*", {{"Last-Event-ID", changes.ids().at(1)}}));
    ASSERT_TRUE(again.has(1));
    EXPECT_EQ(again.types(), Texts{"expense.voided"});
}

TEST_F(Streams, carry_the_types_that_are_asked_for) {
    Reading resolved(api, open("?types=alert.resolved"));
    Reading alerts(api, open("?types=alert.*"));
    resolve_alert(raise_alert());
    ASSERT_TRUE(resolved.has(1));
    ASSERT_TRUE(alerts.has(2));
    EXPECT_EQ(resolved.types(), Texts{"alert.resolved"});
    EXPECT_EQ(ask("?types=alert.raised,channel.test").code(), "malformed_parameter");
}

TEST_F(Streams, say_now_and_then_that_they_are_there) {
    Reading reading(api, open());
    EXPECT_TRUE(api.loop().run_until(
        [&] { return reading.text().find(":\n\n:\n\n") != std::string::npos; }));
    EXPECT_EQ(reading.types(), Texts{});
}

TEST_F(Streams, are_for_members_and_end_with_their_membership) {
    const auto key = api.person(workspace, "viewer");
    EXPECT_EQ(api.ask(key, Method::get, api.workspace() + "/stream").status(), 404);
    auto answer = api.ask(key, Method::get, workspace + "/stream");
    ASSERT_EQ(answer.status(), 200);
    Reading reading(api, std::move(answer.response));
    const auto members = api.get(workspace + "/members").data("id");
    for (const auto& member : members) api.remove(workspace + "/members/" + member);
    raise_alert();
    EXPECT_TRUE(reading.end());
    EXPECT_EQ(reading.types(), Texts{});
}

TEST_F(Streams, end_when_the_node_stops) {
    Reading reading(api, open());
    api.node().messages.stop();
    EXPECT_TRUE(reading.end()) << "whole, so that its reader just comes again";
    Reading late(api, open());
    EXPECT_TRUE(late.end());
}

}  // namespace
}  // namespace outlay::tests
