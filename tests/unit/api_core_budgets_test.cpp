// Promise: planned limits stay until they are taken back, the past is rewritten only with a reason,
// and every number of a period says where it comes from.
#include <gtest/gtest.h>

#include "tests/unit/api_core_node.hpp"

namespace outlay::tests {
namespace {

using Texts = std::vector<std::string>;

class BudgetsOverHttp : public testing::Test {
protected:
    std::string make(const std::string& more = "") {
        const auto made = api_.post(workspace_ + "/budgets",
                                    R"({"name":"Food","limit":{"amount":1000,"currency":"EUR"},)"
                                    R"("period":{"every":"month","anchor":"2015-01-01"})" +
                                        more + "}");
        EXPECT_EQ(made.status(), 201) << made.response.body;
        return workspace_ + "/budgets/" + made.text("id");
    }
    static std::string limit(int amount) {
        return R"("limit":{"amount":)" + std::to_string(amount) + R"(,"currency":"EUR"})";
    }
    Answered period(const std::string& budget, const std::string& day) {
        return api_.get(budget + "/periods?from=" + day + "&to=" + day);
    }

    ApiNode api_;
    std::string workspace_ = api_.workspace();
};

TEST_F(BudgetsOverHttp, keep_planned_limits_and_ask_why_the_past_changes) {
    const auto budget = make();
    const auto planned = api_.patch(budget, "{" + limit(2000) + R"(,"limit_from":"2199-01-31"})");
    ASSERT_EQ(planned.status(), 200) << planned.response.body;
    EXPECT_EQ(planned.text("limit.amount"), "1000") << "what is in force";
    const auto late = "{" + limit(100) + R"(,"limit_from":"2026-02-10")";
    const auto refused = api_.patch(budget, late + "}");
    EXPECT_EQ(refused.status(), 422);
    EXPECT_NE(refused.response.body.find(R"("pointer":"/reason","code":"required")"),
              std::string::npos)
        << refused.response.body;
    const auto revised = api_.patch(budget, late + R"(,"reason":"shared"})");
    ASSERT_EQ(revised.status(), 200) << revised.response.body;
    EXPECT_EQ(revised.text("limit.amount"), "100");
    EXPECT_EQ(revised.text("limits"),
              R"([{"from":null,"limit":{"amount":1000,"currency":"EUR"},"reason":null},)"
              R"({"from":"2026-02-01","limit":{"amount":100,"currency":"EUR"},"reason":"shared"},)"
              R"({"from":"2199-01-01","limit":{"amount":2000,"currency":"EUR"},"reason":null}])");
    EXPECT_EQ(api_.get(budget).response.body, revised.response.body);
    EXPECT_EQ(period(budget, "2026-02-01").data("planned_reason"), Texts{"shared"});
    const auto taken_back = api_.patch(budget, "{" + limit(100) + R"(,"limit_from":"2199-01-01"})");
    EXPECT_EQ(taken_back.text("limits").find("2199"), std::string::npos);
}

TEST_F(BudgetsOverHttp, say_what_was_moved_adjusted_and_cut_off_and_why) {
    const auto budget =
        make(R"(,"rollover":{"carry":"capped","cap":{"amount":150,"currency":"EUR"}},)"
             R"("rollover_from":"2026-01-01")");
    const auto other = make();
    const auto other_id = other.substr(other.rfind('/') + 1);
    const std::string amount = R"("day":"2026-02-10","amount":{"amount":50,"currency":"EUR"})";
    ASSERT_EQ(api_.post(budget + "/adjust", "{" + amount + R"(,"reason":"guests"})").status(), 200);
    ASSERT_EQ(api_.post(budget + "/move-funds",
                        "{" + amount + R"(,"to":")" + other_id + R"(","reason":"a trip"})")
                  .status(),
              200);
    const auto february = period(budget, "2026-02-01");
    EXPECT_EQ(february.data("adjusted_reason"), Texts{"guests"});
    const auto& body = february.response.body;
    EXPECT_NE(body.find(R"("moves":[{"budget":")" + other_id +
                        R"(","amount":{"amount":-50,"currency":"EUR"},"reason":"a trip"}])"),
              std::string::npos)
        << body;
    EXPECT_NE(body.find(R"("spent":{"amount":0,"currency":"EUR"},)"
                        R"("left":{"amount":1000,"currency":"EUR"},)"
                        R"("cap":{"amount":150,"currency":"EUR"},"capped":true})"),
              std::string::npos)
        << body;
    EXPECT_EQ(api_.get(budget + "/history").data("type"),
              (Texts{"budget.created", "budget.rollover_changed", "budget.period_adjusted",
                     "budget.funds_moved"}));
    EXPECT_EQ(api_.get(budget.substr(0, budget.size() - 6) + "000000/history").status(), 404);
}

}  // namespace
}  // namespace outlay::tests
