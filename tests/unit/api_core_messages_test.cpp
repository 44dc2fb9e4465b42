// Promise: every member sees what the workspace was told, newest first, as it was sent; tests of
// channels are not among it, and neither is what other workspaces were told.
#include <gtest/gtest.h>

#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"

namespace outlay::tests {
namespace {

using api::Method;

struct Told {
    std::string kind = "alert.raised";
    std::string at = "2026-01-01T00:00:00.000000Z";
    std::string severity = "warning";
    sql::Value channel{sql::Null{}};
    bool is_change = false;
};

class Messages : public testing::Test {
protected:
    std::string add(const std::string& name, const Told& told) {
        const domain::MessageId id{platform::uuid_of_name({}, name)};
        EXPECT_TRUE(change(api.store(),
                           "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition,"
                           " log_offset, created_at, severity, budget, channel, is_change)"
                           " VALUES ($1, $2, $3, '{\"name\":\"" +
                               name + "\"}', 0, 1, $4, $5, $6, $7, $8)",
                           {id.value.text(), uuid_of(workspace), told.kind, told.at, told.severity,
                            budget.value.text(), told.channel, workers::flag(told.is_change)},
                           sql::Access::admin)
                        .ok());
        return id.text();
    }
    static std::string uuid_of(const std::string& path) {
        return domain::WorkspaceId::parse(path.substr(path.rfind('/') + 1))->value.text();
    }
    Lines listed(const std::string& query = "") {
        const auto answer = api.get(workspace + "/messages" + query);
        EXPECT_EQ(answer.status(), 200) << answer.response.body;
        return answer.data("id");
    }

    ApiNode api;
    std::string workspace = api.workspace();
    domain::BudgetId budget{platform::uuid_of_name({}, "budget")};
};

TEST_F(Messages, are_listed_as_they_were_sent_the_newest_first) {
    const auto older = add("older", {});
    const auto newer = add("newer", {.at = "2026-01-02T00:00:00.000000Z"});
    add("a test", {.channel = platform::uuid_of_name({}, "channel").text()});
    EXPECT_EQ(listed(), (Lines{newer, older}));
    const auto page = api.get(workspace + "/messages?limit=1");
    EXPECT_EQ(page.body.find("data")->items()[0].raw(),
              R"({"id":")" + newer +
                  R"(","object":"message","type":"alert.raised",)"
                  R"("timestamp":"2026-01-02T00:00:00Z","severity":"warning",)"
                  R"("data":{"name":"newer"}})");
    EXPECT_EQ(listed("?limit=1&cursor=" + page.text("next_cursor")), Lines{older});
}

TEST_F(Messages, are_chosen_by_filters) {
    const auto raised = add("raised", {});
    const auto resolved = add(
        "resolved",
        {.kind = "alert.resolved", .at = "2026-02-01T00:00:00.000000Z", .severity = "critical"});
    EXPECT_EQ(listed("?type=alert.raised"), Lines{raised});
    EXPECT_EQ(listed("?severity=critical"), Lines{resolved});
    EXPECT_EQ(listed("?created_at[gt]=2026-01-15T00:00:00Z"), Lines{resolved});
    EXPECT_EQ(listed("?created_at[lte]=2026-01-15T00:00:00Z"), Lines{raised});
    EXPECT_EQ(listed("?budget=" + budget.text()), (Lines{resolved, raised}));
    EXPECT_EQ(listed("?budget=" + domain::BudgetId{}.text()), Lines{});
    for (const char* wrong : {"?type=channel.test", "?severity=high", "?budget=x", "?limit=0",
                              "?created_at=now", "?unknown=1"}) {
        EXPECT_EQ(api.get(workspace + "/messages" + wrong).code(), "malformed_parameter") << wrong;
    }
    EXPECT_EQ(api.get(workspace + "/messages?cursor=x").code(), "cursor_invalid");
}

TEST_F(Messages, leave_changes_out_unless_they_are_asked_for) {
    const auto raised = add("raised", {.at = "2026-03-03T00:00:00.000000Z"});
    const auto recorded =
        add("recorded",
            {.kind = "expense.recorded", .at = "2026-02-02T00:00:00.000000Z", .is_change = true});
    const auto created = add("created", {.kind = "budget.created", .is_change = true});
    EXPECT_EQ(listed(), Lines{raised});
    EXPECT_EQ(listed("?type=expense.recorded"), Lines{recorded});
    EXPECT_EQ(listed("?type=expense.*,budget.*"), (Lines{recorded, created}));
    EXPECT_EQ(listed("?type=*"), (Lines{raised, recorded, created}));
    EXPECT_EQ(listed("?type=alert.*"), Lines{raised});
    EXPECT_EQ(api.get(workspace + "/messages?type=expense").code(), "malformed_parameter");
}

TEST_F(Messages, are_for_every_member_and_nobody_else) {
    const auto told = add("told", {});
    const auto viewer = api.person(workspace, "viewer");
    EXPECT_EQ(api.ask(viewer, Method::get, workspace + "/messages").data("id"), Lines{told});
    const auto elsewhere = api.workspace();
    EXPECT_EQ(api.get(elsewhere + "/messages").data("id"), Lines{});
    EXPECT_EQ(api.ask(viewer, Method::get, elsewhere + "/messages").status(), 404);
}

}  // namespace
}  // namespace outlay::tests
