// Promise: what clients carry for us (operation ids, position tokens) cannot be made up, changed or
// moved elsewhere, and tells another journal's from a broken one; traces are continued only if they
// are valid.
#include <gtest/gtest.h>

#include "api/resources/flow_operation.hpp"
#include "api/resources/flow_position.hpp"
#include "api/resources/flow_trace.hpp"

namespace outlay::api {
namespace {

constexpr platform::Secret secret{1, 2, 3};
constexpr platform::Secret other_secret{3, 2, 1};
constexpr std::string_view journal_name = "01890a5d-ac96-774b-bcce-b302099a8057";

domain::WorkspaceId workspace(std::uint8_t n) {
    domain::WorkspaceId id;
    id.value.bytes[15] = n;
    return id;
}

journal::OperationQuery operation() {
    journal::OperationQuery query;
    query.workspace = workspace(1);
    query.command.value.bytes[0] = 9;
    query.fingerprint = fingerprint_of(secret, "POST\n/v1/workspaces\n{}");
    query.settle_after = {1'795'000'000'000'001};
    return query;
}

TEST(OperationId, carries_what_any_node_needs) {
    const auto id = seal_operation(secret, journal_name, operation());
    EXPECT_TRUE(id.starts_with("op_"));
    EXPECT_LE(id.size(), 64U);
    const auto opened = open_operation(secret, journal_name, workspace(1), id);
    const auto* const query = std::get_if<journal::OperationQuery>(&opened);
    ASSERT_NE(query, nullptr);
    EXPECT_EQ(query->workspace, workspace(1));
    EXPECT_EQ(query->command, operation().command);
    EXPECT_EQ(query->fingerprint, operation().fingerprint);
    // Whole seconds, never earlier than promised.
    EXPECT_EQ(query->settle_after.micros, 1'795'000'001'000'000);
}

TEST(OperationId, cannot_be_moved_to_another_workspace) {
    const auto id = seal_operation(secret, journal_name, operation());
    EXPECT_TRUE(std::holds_alternative<MalformedOperation>(
        open_operation(secret, journal_name, workspace(2), id)));
}

TEST(OperationId, cannot_be_changed_at_any_place) {
    const auto id = seal_operation(secret, journal_name, operation());
    for (std::size_t i = 0; i < id.size(); ++i) {
        auto changed = id;
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        const auto opened = open_operation(secret, journal_name, workspace(1), changed);
        EXPECT_FALSE(std::holds_alternative<journal::OperationQuery>(opened)) << i;
    }
    EXPECT_TRUE(std::holds_alternative<MalformedOperation>(
        open_operation(other_secret, journal_name, workspace(1), id)));
    EXPECT_TRUE(std::holds_alternative<MalformedOperation>(
        open_operation(secret, journal_name, workspace(1), "op_")));
}

TEST(OperationId, tells_another_journal) {
    const auto id = seal_operation(secret, "another-journal", operation());
    EXPECT_TRUE(std::holds_alternative<ForeignOperation>(
        open_operation(secret, journal_name, workspace(1), id)));
}

TEST(Fingerprint, depends_on_the_request_and_on_the_secret) {
    EXPECT_EQ(fingerprint_of(secret, "a"), fingerprint_of(secret, "a"));
    EXPECT_NE(fingerprint_of(secret, "a"), fingerprint_of(secret, "b"));
    EXPECT_NE(fingerprint_of(secret, "a"), fingerprint_of(other_secret, "a"));
    EXPECT_EQ(fingerprint_of(secret, "a").size(), 35U);
    EXPECT_TRUE(fingerprint_of(secret, "a").starts_with("k1:"));
}

TEST(PositionToken, comes_back_as_it_went) {
    const auto token = seal_position(secret, journal_name, {3, 1042});
    const auto opened = open_position(secret, journal_name, token);
    ASSERT_TRUE(std::holds_alternative<journal::Position>(opened));
    EXPECT_EQ(std::get<journal::Position>(opened), (journal::Position{3, 1042}));
}

TEST(PositionToken, tells_foreign_from_malformed) {
    const auto token = seal_position(secret, journal_name, {3, 1042});
    EXPECT_TRUE(
        std::holds_alternative<ForeignToken>(open_position(secret, "another-journal", token)));
    // The journal of another installation, with another secret.
    EXPECT_TRUE(std::holds_alternative<ForeignToken>(
        open_position(other_secret, "another-journal", token)));
    EXPECT_TRUE(
        std::holds_alternative<MalformedToken>(open_position(other_secret, journal_name, token)));
    for (const auto* const text : {"", "abc", "!!!", "AAAA"}) {
        EXPECT_TRUE(
            std::holds_alternative<MalformedToken>(open_position(secret, journal_name, text)))
            << text;
    }
}

constexpr std::string_view valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string trace_for(std::string_view sent) {
    Headers headers;
    if (!sent.empty()) headers.add("traceparent", std::string(sent));
    return trace_of(headers);
}

TEST(Trace, continues_a_valid_one) {
    const auto trace = trace_for(valid);
    EXPECT_TRUE(is_traceparent(trace));
    EXPECT_EQ(trace.substr(0, 36), valid.substr(0, 36));
    EXPECT_NE(trace.substr(36, 16), valid.substr(36, 16));
    EXPECT_TRUE(trace.ends_with("-01"));
}

TEST(Trace, reads_a_later_version_by_its_first_parts) {
    const auto later = "cc" + std::string(valid.substr(2)) + "-more";
    EXPECT_TRUE(is_traceparent(later));
    EXPECT_EQ(trace_for(later).substr(0, 36), valid.substr(0, 36));
}

TEST(Trace, starts_anew_for_an_invalid_one) {
    const std::string text(valid);
    const std::vector<std::string> broken{
        "",
        text.substr(1),
        text + "0",
        text + "-x",
        "ff" + text.substr(2),
        "0G" + text.substr(2),
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"};
    for (const auto& sent : broken) {
        EXPECT_FALSE(is_traceparent(sent)) << sent;
        const auto trace = trace_for(sent);
        EXPECT_TRUE(is_traceparent(trace)) << sent;
        EXPECT_NE(trace.substr(3, 32), valid.substr(3, 32)) << sent;
        EXPECT_TRUE(trace.ends_with("-00")) << sent;
    }
}

}  // namespace
}  // namespace outlay::api
