// Promise: while commands are paused nothing is appended, and whoever may write is told why and
// since when; reading goes on, what applied before is answered as ever, and the same request
// applies once afterwards.
#include <gtest/gtest.h>

#include "platform/clock.hpp"
#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"
#include "workers/pausing.hpp"

namespace outlay::tests {
namespace {

using api::Method;
using journal::Pausable;
using journal::PauseScope;

constexpr const char* expense =
    R"({"amount":{"amount":1250,"currency":"EUR"},"spent_on":"2026-11-20"})";

class PausedApi : public testing::Test {
protected:
    workers::PauseWish wish() const {
        return {scope, "the import went wrong", "op@host", platform::SystemClock{}.now()};
    }
    void pause() {
        ASSERT_TRUE(workers::make_pause(api.store(), wish()).ok());
        ASSERT_TRUE(api.pauses().refresh(api.store()).ok());
    }
    void resume() {
        ASSERT_TRUE(workers::end_pause(api.store(), wish()).ok());
        ASSERT_TRUE(api.pauses().refresh(api.store()).ok());
    }
    Answered record(const std::string& key = {}) {
        return api.post(workspace + "/expenses", expense,
                        key.empty() ? Fields{} : Fields{{"Idempotency-Key", key}});
    }
    std::size_t expenses() { return api.get(workspace + "/expenses").data("id").size(); }

    ApiNode api;
    std::string workspace = api.workspace();
    PauseScope scope{Pausable::commands,
                     domain::WorkspaceId::parse(workspace.substr(workspace.rfind('/') + 1))};
};

TEST_F(PausedApi, refuses_changes_with_reason_and_time_and_goes_on_reading) {
    ASSERT_EQ(record().status(), 201);
    pause();
    for (const auto& answer : {record(), record("key"), api.patch(workspace, R"({"name":"New"})"),
                               api.post(workspace + "/categories", R"({"name":"Food"})")}) {
        EXPECT_EQ(answer.status(), 503) << answer.response.body;
        EXPECT_EQ(answer.code(), "paused");
        EXPECT_EQ(answer.text("reason"), "the import went wrong");
        EXPECT_TRUE(domain::Instant::parse(answer.text("since")));
        EXPECT_EQ(answer.header("Retry-After"), "10");
    }
    EXPECT_EQ(expenses(), 1U);
    EXPECT_EQ(
        api.post("/v1/workspaces", R"({"name":"Other","base_currency":"EUR","time_zone":"UTC"})")
            .status(),
        201)
        << "others go on";
    resume();
    EXPECT_EQ(record().status(), 201);
    EXPECT_EQ(expenses(), 2U);
}

TEST_F(PausedApi, applies_a_request_that_is_sent_again_once) {
    pause();
    EXPECT_EQ(record("key").status(), 503);
    EXPECT_EQ(record("key").status(), 503);
    resume();
    const auto first = record("key");
    const auto again = record("key");
    EXPECT_EQ(first.status(), 201);
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
    EXPECT_EQ(again.text("id"), first.text("id"));
    EXPECT_EQ(expenses(), 1U);
}

TEST_F(PausedApi, tells_what_applied_before) {
    const auto before = record("key");
    pause();
    const auto again = record("key");
    EXPECT_EQ(again.status(), 201);
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
    EXPECT_EQ(again.text("id"), before.text("id"));
}

TEST_F(PausedApi, tells_nothing_to_strangers) {
    const auto stranger = api.person(api.workspace(), "owner");
    pause();
    const auto answer = api.ask(stranger, Method::post, workspace + "/expenses", expense);
    EXPECT_EQ(answer.status(), 404) << answer.response.body;
}

TEST_F(PausedApi, holds_every_workspace_and_new_ones_if_it_names_none) {
    scope = {Pausable::commands};
    pause();
    EXPECT_EQ(record().code(), "paused");
    EXPECT_EQ(
        api.post("/v1/workspaces", R"({"name":"Other","base_currency":"EUR","time_zone":"UTC"})")
            .code(),
        "paused");
}

}  // namespace
}  // namespace outlay::tests
