// Promise: every domain event is stored and read back unchanged, always as the same bytes; what the
// program does not know or nobody can have written is told apart and never guessed.
#include "events/codec.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace outlay::events {
namespace {

using namespace domain;  // NOLINT: the test is about its events

template <typename AnyId>
AnyId id(std::uint8_t last) {
    AnyId made;
    made.value.bytes = {0x01, 0x89, 0x0a, 0x5d, 0xac, 0x96, 0x77, 0x4b,
                        0xbc, 0xce, 0xb3, 0x02, 0x09, 0x9a, 0x80, last};
    return made;
}
Date day(std::string_view text) {
    return *Date::parse(text);
}
Currency currency(std::string_view code) {
    return *Currency::parse(code);
}
Money money(std::int64_t minor, std::string_view code) {
    return {minor, currency(code)};
}

std::vector<Event> workspace_events() {
    using namespace workspace;  // NOLINT
    const auto member = id<MemberId>(1);
    return {
        workspace::Event(WorkspaceCreated{"Home \"1\"", currency("EUR"), "Europe/Berlin", member,
                                          id<UserId>(2)}),
        workspace::Event(WorkspaceSettingsChanged{"New", currency("JPY"), "Asia/Tokyo"}),
        workspace::Event(WorkspaceSettingsChanged{{}, currency("USD"), {}}),
        workspace::Event(WorkspaceSettingsChanged{{}, {}, "UTC"}),
        workspace::Event(WorkspaceSettingsChanged{}),
        workspace::Event(WorkspaceArchived{}),
        workspace::Event(WorkspaceRestored{}),
        workspace::Event(MemberAdded{member, id<UserId>(2), Role::viewer}),
        workspace::Event(MemberAdded{member, id<UserId>(2), Role::member}),
        workspace::Event(ServiceAccountAdded{member, "bot", Role::admin}),
        workspace::Event(MemberRoleChanged{member, Role::owner}),
        workspace::Event(MemberHoursChanged{member, {}, {}}),
        workspace::Event(MemberHoursChanged{
            member, "Asia/Tokyo",
            workspace::QuietHours{*domain::TimeOfDay::parse("22:00"), domain::TimeOfDay{}}}),
        workspace::Event(MemberRemoved{member}),
        workspace::Event(KeyIssued{id<KeyId>(3), member}),
        workspace::Event(KeyRevoked{id<KeyId>(3)}),
        workspace::Event(PeriodClosed{day("2026-10-31")}),
        workspace::Event(PeriodReopened{day("2026-09-30"), "late\ninvoice"}),
        workspace::Event(PeriodReopened{{}, ""}),
    };
}

std::vector<Event> category_events() {
    using namespace categories;  // NOLINT
    const auto category = id<CategoryId>(1);
    return {
        categories::Event(CategoryCreated{category, "Food", {}}),
        categories::Event(CategoryCreated{category, "Groceries", id<CategoryId>(2)}),
        categories::Event(CategoryRenamed{category, "Meals"}),
        categories::Event(CategoryMoved{category, id<CategoryId>(2), day("2024-02-29")}),
        categories::Event(CategoryMoved{category, {}, day("1900-01-01")}),
        categories::Event(CategoryArchived{category}),
        categories::Event(CategoryRestored{category}),
    };
}

std::vector<Event> expense_events() {
    using namespace expense;  // NOLINT
    const auto member = id<MemberId>(1);
    const auto category = id<CategoryId>(2);
    ExpenseAmended amended;
    amended.category = Change<std::optional<CategoryId>>{{}, category};
    amended.note = Change<std::optional<FreeText>>{FreeText{"old"}, {}};
    ExpenseAmended all = amended;
    all.amount = Change<Money>{money(1, "EUR"), money(-2, "JPY")};
    all.spent_on = Change<Date>{day("2026-11-20"), day("9999-12-31")};
    all.category = Change<std::optional<CategoryId>>{category, {}};
    all.member = Change<MemberId>{member, id<MemberId>(3)};
    all.merchant = Change<std::optional<std::string>>{"", "Caf\xC3\xA9"};
    all.note = Change<std::optional<FreeText>>{{}, {}};
    all.tags = Change<std::vector<std::string>>{{}, {"a", "b"}};
    return {
        expense::Event(ExpenseRecorded{money(1250, "EUR"),
                                       day("2026-11-20"),
                                       category,
                                       member,
                                       "Cafe Central",
                                       FreeText{"line one\nline two"},
                                       {"team", "travel"}}),
        expense::Event(ExpenseRecorded{
            money(amount_minor_max, "BHD"), day("2026-11-20"), {}, member, {}, {}, {}}),
        expense::Event(amended),
        expense::Event(all),
        expense::Event(ExpenseAmended{}),
        expense::Event(ExpenseVoided{}),
        expense::Event(ExpenseVoided{FreeText{"twice"}}),
        expense::Event(ExpenseRestored{}),
        expense::Event(ExpenseRefunded{
            id<RefundId>(8), money(500, "EUR"), day("2026-12-03"), CountsIn::received, {}}),
        expense::Event(ExpenseRefunded{id<RefundId>(8), money(1, "JPY"), day("1900-01-01"),
                                       CountsIn::original, FreeText{"broken"}}),
        expense::Event(RefundTakenBack{id<RefundId>(8), {}}),
        expense::Event(RefundTakenBack{id<RefundId>(8), FreeText{"returned"}}),
    };
}

std::vector<Event> budget_events() {
    using namespace budget;  // NOLINT
    const Date today = day("2026-11-20");
    const Scope scope{
        {id<CategoryId>(1), id<CategoryId>(2)}, {id<MemberId>(3)}, {"Cafe"}, {"x", "y"}};
    const Threshold by_percent{id<ThresholdId>(4), 80, {}};
    const Threshold by_amount{id<ThresholdId>(5), {}, 150'000};
    const Threshold forecast{id<ThresholdId>(5), 110, {}, Basis::forecast};
    return {
        budget::Event(BudgetCreated{"Food",
                                    scope,
                                    money(2'000'000, "INR"),
                                    {Unit::month, 3, day("2015-01-31")},
                                    {by_percent, by_amount},
                                    today}),
        budget::Event(BudgetCreated{
            "All", {}, money(1, "EUR"), {Unit::day, 7, day("2015-01-01")}, {}, today}),
        budget::Event(BudgetRenamed{"Meals"}),
        budget::Event(BudgetLimitRevised{day("2026-12-01"), 1, 2, today}),
        budget::Event(ThresholdAdded{by_percent, today}),
        budget::Event(ThresholdAdded{by_amount, today}),
        budget::Event(ThresholdRemoved{id<ThresholdId>(4)}),
        budget::Event(BudgetScopeChanged{scope, {}, today}),
        budget::Event(BudgetScopeChanged{{}, {{}, {}, {}, {"x"}}, today}),
        budget::Event(BudgetArchived{}),
        budget::Event(BudgetRestored{today}),
        budget::Event(AlertAcknowledged{id<AlertId>(6)}),
        budget::Event(ThresholdAdded{forecast, today}),
        budget::Event(BudgetPaused{}),
        budget::Event(BudgetResumed{today}),
        budget::Event(BudgetMuted{}),
        budget::Event(BudgetMuted{Instant{1'795'000'000'250'000}}),
        budget::Event(BudgetUnmuted{}),
        budget::Event(AlertSnoozed{id<AlertId>(6), Instant{1'795'000'000'000'000}}),
        budget::Event(BudgetPeriodAdjusted{day("2026-12-01"), 0, -5, FreeText{"why"}, today}),
        budget::Event(BudgetPeriodAdjusted{day("2026-12-01"), -5, 0, {}, today}),
        budget::Event(BudgetFundsMoved{id<BudgetId>(7), day("2026-12-01"), -5, today}),
        budget::Event(BudgetDayPassed{today}),
        budget::Event(BudgetCreated{
            "Trip", {}, money(1, "EUR"), {Unit::once, 14, day("2026-07-01")}, {}, today}),
        budget::Event(ThresholdAdded{{id<ThresholdId>(8), {}, 500, {}, Per::member}, today}),
        budget::Event(BudgetRolloverChanged{
            day("2026-12-01"), {}, {Carry::unspent_and_overspend, {}}, today}),
        budget::Event(BudgetRolloverChanged{
            day("2026-12-01"), {Carry::unspent, {}}, {Carry::capped, 500}, today}),
    };
}

std::vector<Event> channel_events() {
    using namespace channel;  // NOLINT
    const Target target{"https://hooks.example.org/a", id<ChannelId>(1).value};
    const Uuid secret = id<ChannelId>(2).value;
    return {
        channel::Event(ChannelRegistered{Kind::webhook, "Home", {"alert.*"}, target, secret}),
        channel::Event(ChannelUpdated{"Flat", {"*", "alert.raised"}, target}),
        channel::Event(
            ChannelRegistered{Kind::slack,
                              "Home",
                              {"*"},
                              target,
                              secret,
                              Format::teams,
                              Routing{{Severity::critical}, {id<BudgetId>(5)}, {id<MemberId>(6)}},
                              true}),
        channel::Event(
            ChannelUpdated{"", {"*"}, target, Routing{{Severity::info}, {}, {}}, true, secret}),
        channel::Event(ChannelUpdated{
            "",
            {},
            {"https://example.org", secret, std::vector<std::string>{"X-Route"}},
            {},
            {},
            {},
            Timing{id<MemberId>(6), Digest{Every::week, {}, *Weekday::parse("friday")}, 30,
                   RateLimit{20, Span::minute}}}),
        channel::Event(ChannelRegistered{Kind::webhook,
                                         "",
                                         {"*"},
                                         target,
                                         secret,
                                         {},
                                         {},
                                         {},
                                         Timing{{}, Digest{}, {}, {}},
                                         Signature::v1a}),
        channel::Event(ChannelConfirmed{}),
        channel::Event(ChannelPaused{}),
        channel::Event(ChannelResumed{}),
        channel::Event(ChannelSecretRotated{secret}),
        channel::Event(ChannelRemoved{}),
    };
}

std::vector<Event> all_events() {
    std::vector<Event> all;
    for (const auto& events : {workspace_events(), category_events(), expense_events(),
                               budget_events(), channel_events()}) {
        all.insert(all.end(), events.begin(), events.end());
    }
    return all;
}

Result<Event, DecodeError> decode_text(std::string_view type, std::int64_t schema,
                                       std::string_view data) {
    const auto value = json::parse(data);
    EXPECT_TRUE(value.ok()) << data;
    return decode(type, schema, *value);
}

TEST(EventCodec, reads_back_every_event_as_it_was) {
    for (const Event& event : all_events()) {
        const Encoded encoded = encode(event);
        const auto decoded = decode_text(encoded.type, encoded.schema, encoded.data);
        ASSERT_TRUE(decoded.ok()) << encoded.data << ": " << decoded.error().detail;
        EXPECT_EQ(*decoded, event) << encoded.data;
        EXPECT_EQ(encode(*decoded).data, encoded.data);
        EXPECT_EQ(encoded.type, type_name(event));
    }
}

TEST(EventCodec, is_tried_on_every_type) {
    std::set<std::string_view> tried;
    for (const Event& event : all_events()) tried.insert(type_name(event));
    for (const TypeVersion& type : known_types())
        EXPECT_TRUE(tried.contains(type.name)) << type.name;
    EXPECT_EQ(tried.size(), known_types().size());
}

// The names are storage format. A name that vanishes from here makes journals unreadable.
TEST(EventCodec, knows_exactly_the_documented_types) {
    const std::vector<std::string_view> expected{"workspace.created",
                                                 "workspace.settings_changed",
                                                 "workspace.archived",
                                                 "workspace.restored",
                                                 "member.added",
                                                 "service_account.added",
                                                 "member.role_changed",
                                                 "member.removed",
                                                 "key.issued",
                                                 "key.revoked",
                                                 "period.closed",
                                                 "period.reopened",
                                                 "member.hours_changed",
                                                 "category.created",
                                                 "category.renamed",
                                                 "category.moved",
                                                 "category.archived",
                                                 "category.restored",
                                                 "expense.recorded",
                                                 "expense.amended",
                                                 "expense.voided",
                                                 "expense.restored",
                                                 "expense.refunded",
                                                 "expense.refund_taken_back",
                                                 "budget.created",
                                                 "budget.renamed",
                                                 "budget.limit_revised",
                                                 "budget.threshold_added",
                                                 "budget.threshold_removed",
                                                 "budget.scope_changed",
                                                 "budget.archived",
                                                 "budget.restored",
                                                 "alert.acknowledged",
                                                 "budget.paused",
                                                 "budget.resumed",
                                                 "budget.muted",
                                                 "budget.unmuted",
                                                 "alert.snoozed",
                                                 "budget.period_adjusted",
                                                 "budget.funds_moved",
                                                 "budget.day_passed",
                                                 "budget.rollover_changed",
                                                 "channel.registered",
                                                 "channel.updated",
                                                 "channel.paused",
                                                 "channel.resumed",
                                                 "channel.secret_rotated",
                                                 "channel.removed",
                                                 "channel.confirmed"};
    std::vector<std::string_view> known;
    for (const TypeVersion& type : known_types()) {
        known.push_back(type.name);
        EXPECT_EQ(type.schema, 1) << type.name;
    }
    EXPECT_EQ(known, expected);
}

TEST(EventCodec, leaves_out_what_has_no_value_and_writes_null_for_what_was_cleared) {
    const auto events = expense_events();
    EXPECT_EQ(encode(events[1]).data,
              R"({"amount":{"amount":1000000000000,"currency":"BHD"},)"
              R"("spent_on":"2026-11-20","member":"mem_01h455vb4pex5vsknk084sn001"})");
    EXPECT_EQ(encode(events[2]).data,
              R"({"category":{"before":null,"after":"cat_01h455vb4pex5vsknk084sn002"},)"
              R"("note":{"before":"old","after":null}})");
    EXPECT_EQ(encode(budget_events()[8]).data,
              R"({"before":{},"after":{"tags":["x"]},"today":"2026-11-20"})");
}

TEST(EventCodec, says_that_a_type_is_unknown) {
    for (const char* type :
         {"expense.split", "", "Expense.recorded", "expense.recorded ", "expense"}) {
        const auto decoded = decode_text(type, 1, "{}");
        ASSERT_FALSE(decoded.ok()) << type;
        EXPECT_EQ(decoded.error().kind, DecodeErrorKind::unknown_type) << type;
    }
}

TEST(EventCodec, says_that_a_schema_is_newer_than_it) {
    for (const TypeVersion& type : known_types()) {
        const auto decoded = decode_text(type.name, type.schema + 1, "{}");
        ASSERT_FALSE(decoded.ok());
        EXPECT_EQ(decoded.error().kind, DecodeErrorKind::unknown_schema) << type.name;
    }
}

TEST(EventCodec, calls_a_schema_below_one_malformed) {
    for (const std::int64_t schema :
         {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
        const auto decoded = decode_text("expense.restored", schema, "{}");
        ASSERT_FALSE(decoded.ok());
        EXPECT_EQ(decoded.error().kind, DecodeErrorKind::malformed);
    }
}

TEST(EventCodec, calls_data_that_is_no_object_malformed) {
    for (const TypeVersion& type : known_types()) {
        for (const char* data : {"null", "[]", "\"\"", "1", "true"}) {
            const auto decoded = decode_text(type.name, 1, data);
            ASSERT_FALSE(decoded.ok()) << type.name << data;
            EXPECT_EQ(decoded.error().kind, DecodeErrorKind::malformed);
        }
    }
}

struct Broken {
    const char* type;
    const char* data;
    const char* place;  // that the error must name
};

TEST(EventCodec, names_the_member_that_is_wrong) {
    const Broken rows[] = {
        {"member.removed", R"({"member":"exp_01h455vb4pex5vsknk084sn02q"})", "data/member"},
        {"member.removed", R"({"member":"mem_01h455vb4pex5vsknk084sn02"})", "data/member"},
        {"member.removed", R"({"member":"MEM_01h455vb4pex5vsknk084sn02q"})", "data/member"},
        {"member.role_changed", R"({"member":"mem_01h455vb4pex5vsknk084sn02q","role":"boss"})",
         "data/role"},
        {"member.role_changed", R"({"member":"mem_01h455vb4pex5vsknk084sn02q","role":3})",
         "data/role"},
        {"period.closed", R"({"through":"2026-02-30"})", "data/through"},
        {"period.closed", R"({"through":"2026-2-3"})", "data/through"},
        {"period.reopened", R"({"through":null,"reason":"x"})", "data/through"},
        {"workspace.settings_changed", R"({"base_currency":"eur"})", "data/base_currency"},
        {"workspace.settings_changed", R"({"name":null})", "data/name"},
        {"expense.recorded", R"({"amount":{"amount":1.0,"currency":"EUR"}})", "data/amount/amount"},
        {"expense.recorded", R"({"amount":{"amount":"1","currency":"EUR"}})", "data/amount/amount"},
        {"expense.recorded", R"({"amount":{"amount":1,"currency":"EURO"}})",
         "data/amount/currency"},
        {"expense.recorded", R"({"amount":{"amount":9223372036854775808,"currency":"EUR"}})",
         "data/amount/amount"},
        {"expense.recorded", R"({"amount":{"amount":1000000000001,"currency":"EUR"}})",
         "data/amount is"},
        {"expense.recorded", R"({"amount":{"amount":-9223372036854775808,"currency":"EUR"}})",
         "data/amount is"},
        {"expense.recorded", R"({"amount":[1,"EUR"]})", "data/amount is"},
        {"expense.amended", R"({"tags":{"before":["a",1],"after":[]}})", "data/tags/before/1"},
        {"expense.amended", R"({"tags":{"before":null,"after":[]}})", "data/tags/before"},
        {"expense.amended", R"({"note":{"before":"a"}})", "data/note/after"},
        {"expense.amended", R"({"note":{"after":"a"}})", "data/note/before"},
        {"expense.amended", R"({"note":"a"})", "data/note"},
        {"expense.amended", R"({"member":{"before":null,"after":null}})", "data/member/before"},
        {"budget.threshold_added",
         R"({"threshold":{"id":"thr_01h455vb4pex5vsknk084sn02q"},"today":"2026-01-01"})",
         "data/threshold"},
        {"budget.threshold_added",
         R"({"threshold":{"id":"thr_01h455vb4pex5vsknk084sn02q","percent":1,)"
         R"("amount_minor":1},"today":"2026-01-01"})",
         "data/threshold"},
        {"budget.threshold_added",
         R"({"threshold":{"id":"thr_01h455vb4pex5vsknk084sn02q","percent":3000000000},)"
         R"("today":"2026-01-01"})",
         "data/threshold/percent"},
        {"budget.created",
         R"({"name":"a","scope":{},"limit":{"amount":1,"currency":"EUR"},)"
         R"("period":{"unit":"month","count":0,"anchor":"2026-01-01"},"today":"2026-01-01"})",
         "data/period"},
        {"budget.created",
         R"({"name":"a","scope":{},"limit":{"amount":1,"currency":"EUR"},)"
         R"("period":{"unit":"week","count":1,"anchor":"2026-01-01"},"today":"2026-01-01"})",
         "data/period/unit"},
        {"budget.created", R"({"name":"a","scope":{"tags":"a"}})", "data/scope/tags"},
    };
    for (const Broken& row : rows) {
        const auto decoded = decode_text(row.type, 1, row.data);
        ASSERT_FALSE(decoded.ok()) << row.data;
        EXPECT_EQ(decoded.error().kind, DecodeErrorKind::malformed);
        EXPECT_NE(decoded.error().detail.find(row.place), std::string::npos)
            << row.data << ": " << decoded.error().detail;
    }
}

TEST(EventCodec, never_repeats_content_in_an_error) {
    const auto decoded =
        decode_text("period.reopened", 1, R"({"through":"my secret","reason":"x"})");
    ASSERT_FALSE(decoded.ok());
    EXPECT_EQ(decoded.error().detail.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace outlay::events
