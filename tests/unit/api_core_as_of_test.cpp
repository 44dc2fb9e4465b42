// Promise: a query of the past is bounded and says so, keeps to the roles of now, and is told apart
// from one of the present by nothing but what was known then.
#include <gtest/gtest.h>

#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"
#include "workers/past.hpp"

namespace outlay::tests {
namespace {

using api::Method;

// Goes through three commits at most, or is busy.
class FewCommits final : public journal::PastReader {
public:
    bool is_busy = false;
    int reads = 0;

    std::size_t commits_max() const override { return 3; }
    sql::Status read(sql::Session& live, const journal::Moment& moment,
                     const sql::TransactionBody& body) override {
        ++reads;
        if (is_busy) return domain::Fail{sql::Error{sql::ErrorKind::busy, "others look"}};
        SqliteProjectorStore scratch;
        workers::Past past(scratch.store());
        const auto reached = past.reach(live, moment, [](std::int64_t) { return true; });
        if (!reached.ok()) return domain::Fail{reached.error()};
        return scratch.store().transact({sql::Access::lookup, std::nullopt}, body);
    }
};

class AsOf : public testing::Test {
protected:
    AsOf() {
        api.node().past = &past;
        for (int amount = 1; amount <= 4; ++amount) {
            const auto made = api.post(workspace + "/expenses", R"({"amount":{"amount":)" +
                                                                    std::to_string(amount) +
                                                                    R"(,"currency":"EUR"},)"
                                                                    R"("spent_on":"2026-11-20"})");
            EXPECT_EQ(made.status(), 201) << made.response.body;
            tokens.push_back(made.header("Consistency-Token"));
        }
    }
    Answered report(const std::string& as_of, const std::string& key) {
        return api.ask(key, Method::get, workspace + "/reports/spending?as_of=" + as_of);
    }
    Answered report(std::size_t step) { return report(tokens[step], api.owner_key()); }

    ApiNode api;
    FewCommits past;
    std::string workspace = api.workspace();
    std::vector<std::string> tokens;
};

TEST_F(AsOf, the_report_tells_what_was_known_then) {
    const auto then = report(1);
    ASSERT_EQ(then.status(), 200) << then.response.body;
    EXPECT_EQ(then.body.find("data")->items()[0].raw(),
              R"({"amount":{"amount":3,"currency":"EUR"},"count":2})");
    const auto position = journal::Position::parse(then.header("As-Of"));
    ASSERT_TRUE(position.has_value());
    EXPECT_EQ(report(position->text(), api.owner_key()).response.body, then.response.body);
    EXPECT_EQ(past.reads, 2);
}

TEST_F(AsOf, more_commits_than_a_request_may_wait_for_are_refused) {
    EXPECT_EQ(report(1).status(), 200);
    const auto refused = report(2);
    EXPECT_EQ(refused.status(), 422);
    EXPECT_EQ(refused.code(), "limit_reached");
    EXPECT_EQ(past.reads, 1);
}

TEST_F(AsOf, too_many_at_once_are_asked_to_come_again) {
    past.is_busy = true;
    const auto refused = report(0);
    EXPECT_EQ(refused.status(), 503);
    EXPECT_EQ(refused.code(), "overloaded");
    EXPECT_NE(refused.header("Retry-After"), "");
}

TEST_F(AsOf, an_expense_is_folded_from_its_own_history_and_needs_no_past) {
    const auto id = api.get(workspace + "/expenses?sort=amount").data("id").front();
    const auto path = workspace + "/expenses/" + id;
    const auto recorded = api.get(path);
    ASSERT_EQ(api.patch(path, R"({"note":"later"})").status(), 200);
    const auto then = api.get(path + "?as_of=" + tokens[3]);
    EXPECT_EQ(then.status(), 200);
    EXPECT_EQ(then.response.body, recorded.response.body);
    EXPECT_EQ(then.header("ETag"), recorded.header("ETag"));
    EXPECT_EQ(past.reads, 0);
}

TEST_F(AsOf, roles_are_those_of_now) {
    const auto viewer = api.person(workspace, "viewer");
    EXPECT_EQ(report(tokens[0], viewer).status(), 200);
    EXPECT_EQ(report(tokens[0], api.person(api.workspace(), "owner")).status(), 404);
    EXPECT_EQ(past.reads, 1);
}

TEST_F(AsOf, what_is_no_moment_is_refused_before_anything_is_read) {
    EXPECT_EQ(report("soon", api.owner_key()).code(), "malformed_parameter");
    const auto home = *journal::Position::parse(report(0).header("As-Of"));
    const auto at = [&](std::int32_t partition, std::int64_t offset) {
        return report(journal::Position{partition, offset}.text(), api.owner_key());
    };
    EXPECT_EQ(at(home.partition, 0).code(), "as_of_out_of_range");
    EXPECT_EQ(at(home.partition, 1'000).code(), "as_of_out_of_range");
    EXPECT_EQ(at((home.partition + 1) % 4, 0).code(), "as_of_out_of_range");
    EXPECT_EQ(report("2101-01-01T00:00:00Z", api.owner_key()).code(), "as_of_out_of_range");
    EXPECT_EQ(report("2001-01-01T00:00:00Z", api.owner_key()).code(), "as_of_out_of_range");
    EXPECT_EQ(past.reads, 1);
}

}  // namespace
}  // namespace outlay::tests
