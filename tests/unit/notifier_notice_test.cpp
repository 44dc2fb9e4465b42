// Promise: a notice says in each service's own form what happened, within that service's limits,
// and nothing that users typed becomes a mention, a link or a header.
#include <gtest/gtest.h>

#include "platform/json/value.hpp"
#include "workers/notifier/chat.hpp"
#include "workers/notifier/mail.hpp"

namespace outlay::workers::notifier {
namespace {

using domain::channel::Format;
using domain::channel::Severity;

constexpr std::string_view alert =
    R"({"id":"alr_1","object":"alert","budget":"bud_1","state":"raised",)"
    R"("period":{"start":"2026-11-01","end":"2026-11-30"},)"
    R"("threshold":{"id":"thr_1","percent":80,"basis":"actual"},"level":"exceeded",)"
    R"("severity":"critical","crossing":1,"spent":{"amount":123456,"currency":"EUR"},)"
    R"("limit":{"amount":100000,"currency":"EUR"},"projected_end":null,"as_of":null,)"
    R"("expense":"exp_1","cause":"recorded","position":"0:7"})";

Message message(std::string name = "Food", std::string kind = "alert.raised") {
    return {{},
            std::move(kind),
            *domain::Instant::parse("2026-11-20T08:15:00Z"),
            std::string(alert),
            domain::BudgetId{},
            std::move(name)};
}

Message ended() {
    auto over = message("Food", "alert.resolved");
    over.document.back() = ',';
    over.document += R"("resolved_by":{"cause":"voided","expense":"exp_2",)"
                     R"("spent":{"amount":60000,"currency":"EUR"},"position":"0:9"}})";
    return over;
}

json::Value body_of(const platform::HttpRequest& request) {
    auto parsed = json::parse(request.body);
    EXPECT_TRUE(parsed.ok()) << request.body;
    return std::move(parsed).value();
}

std::string text_at(const json::Value& value, std::initializer_list<std::string_view> names) {
    const auto* found = &value;
    for (const auto name : names) {
        const bool is_index = !name.empty() && name.find_first_not_of("0123456789") == name.npos;
        found = is_index ? &found->items()[std::stoul(std::string(name))] : found->find(name);
        if (found == nullptr) return "nothing at " + std::string(name);
    }
    return std::string(found->text());
}

TEST(Notice, tells_what_happened_in_one_line_and_why_below) {
    const auto notice = notice_of(message(), "");
    EXPECT_EQ(notice.title, "Food: more than 80 % of the limit is spent");
    EXPECT_EQ(lines_of(notice),
              "Budget: Food\nSpent then: 1234.56 EUR\nLimit: 1000.00 EUR\n"
              "Period: 2026-11-01 to 2026-11-30\nExpense: exp_1\nBecause: recorded\nAlert: alr_1");
    EXPECT_EQ(notice.severity, Severity::critical);
    const auto over = notice_of(ended(), "");
    EXPECT_EQ(over.title, "Food: back below 80 % of the limit");
    EXPECT_EQ(lines_of(over),
              "Budget: Food\nSpent now: 600.00 EUR\nLimit: 1000.00 EUR\n"
              "Period: 2026-11-01 to 2026-11-30\nExpense: exp_2\nBecause: voided\nAlert: alr_1");
    EXPECT_TRUE(over.is_over);
    EXPECT_EQ(over.alert_key, notice.alert_key);
}

TEST(Notice, says_that_a_period_is_over) {
    auto late = message();
    late.at = *domain::Instant::parse("2026-12-03T00:00:00Z");
    EXPECT_NE(lines_of(notice_of(late, "")).find("to 2026-11-30, which is over\n"),
              std::string::npos);
    EXPECT_NE(notice_of(late, "").title.find("in a period that is over"), std::string::npos);
    late.at = *domain::Instant::parse("2026-12-01T23:59:00Z");
    EXPECT_EQ(notice_of(late, "").title, notice_of(message(), "").title) << "not in every zone";
}

TEST(Notice, of_several_messages_lists_them) {
    const auto first = message();
    const auto last = ended();
    const std::vector<const Message*> both{&first, &last};
    const auto notice = notice_of(both, "");
    EXPECT_EQ(notice.title, "Food: 2 alerts");
    EXPECT_EQ(notice.severity, Severity::critical) << "the worst of them";
    ASSERT_EQ(notice.facts.size(), 2U);
    EXPECT_EQ(notice.facts[1].second,
              "Food: back below 80 % of the limit (2026-11-01 to 2026-11-30)");
    const std::vector<const Message*> many(50, &first);
    EXPECT_EQ(notice_of(many, "").facts.back().second.substr(0, 7), "30 more");
}

TEST(Notice, says_the_code_of_a_test_and_survives_a_document_that_is_none) {
    EXPECT_NE(lines_of(notice_of(message("", "channel.test"), "ABCD-EFGH")).find("ABCD-EFGH"),
              std::string::npos);
    auto broken = message();
    for (const char* document : {"", "[]", "{}", R"({"threshold":7,"spent":{"currency":"???"}})"}) {
        broken.document = document;
        EXPECT_FALSE(notice_of(broken, "").title.empty()) << document;
    }
}

TEST(SlackMessage, has_a_fallback_and_blocks_within_their_limits) {
    const auto hostile =
        message("<!channel> & <https://evil.example|here>" + std::string(5000, 'x'));
    const auto request =
        chat_request(notice_of(hostile, ""), Format::slack, "https://hooks.slack.com/x");
    const auto body = body_of(request);
    EXPECT_EQ(request.url, "https://hooks.slack.com/x");
    EXPECT_EQ(text_at(body, {"text"}).find("&lt;!channel&gt; &amp; &lt;https"), 0U);
    EXPECT_LE(text_at(body, {"blocks", "0", "text", "text"}).size(), 150U);
    EXPECT_LE(text_at(body, {"blocks", "1", "text", "text"}).size(), 3000U);
    EXPECT_EQ(text_at(body, {"blocks", "0", "text", "type"}), "plain_text");
    EXPECT_EQ(text_at(body, {"blocks", "1", "text", "text"}).find('<'), std::string::npos);
    const auto* const verbatim = body.find("blocks")->items()[1].find("text")->find("verbatim");
    ASSERT_NE(verbatim, nullptr) << "addresses and names are guessed at";
    EXPECT_EQ(verbatim->boolean(), true);
}

TEST(SlackMessage, keeps_the_link_of_a_long_text) {
    auto notice = notice_of(message(std::string(5000, 'x')), "");
    notice.link = "https://o.example/v1/workspaces/ws_1/alerts?budget=bud_1&x=1";
    const auto text = text_at(body_of(chat_request(notice, Format::slack, "https://s.example/")),
                              {"blocks", "1", "text", "text"});
    EXPECT_LE(text.size(), 3000U);
    EXPECT_TRUE(
        text.ends_with("...\n<https://o.example/v1/workspaces/ws_1/alerts?budget=bud_1&amp;"
                       "x=1|Open in Outlay>"))
        << text.substr(text.size() - 120);
}

TEST(ChatMessage, leads_to_the_alert_in_every_form) {
    auto notice = notice_of(message(), "");
    notice.link = "https://o.example/a";
    const auto text_of_format = [&](Format format, std::string_view member) {
        return text_at(body_of(chat_request(notice, format, "https://x.example/")), {member});
    };
    EXPECT_TRUE(text_of_format(Format::discord, "content")
                    .ends_with("[Open in Outlay](https://o.example/a)"));
    EXPECT_TRUE(text_of_format(Format::mattermost, "text")
                    .ends_with("[Open in Outlay](https://o.example/a)"));
    EXPECT_TRUE(text_of_format(Format::google_chat, "text")
                    .ends_with("<https://o.example/a|Open in Outlay>"));
    EXPECT_EQ(text_at(body_of(chat_request(notice, Format::teams, "https://t.example/")),
                      {"attachments", "0", "content", "actions", "0", "url"}),
              notice.link);
    EXPECT_EQ(text_at(body_of(pagerduty_request(notice, message(), "https://p/", "K")),
                      {"links", "0", "href"}),
              notice.link);
    EXPECT_EQ(text_at(body_of(ntfy_request(notice, "https://n.example/money", "")), {"click"}),
              notice.link);
}

TEST(ChatMessage, has_no_address_that_was_typed) {
    const auto notice = notice_of(message("http://evil.example www.evil.example"), "");
    for (const auto& [format, member] :
         {std::pair(Format::discord, "content"), std::pair(Format::mattermost, "text"),
          std::pair(Format::google_chat, "text")}) {
        const auto text =
            text_at(body_of(chat_request(notice, format, "https://x.example/")), {member});
        EXPECT_EQ(text.find("://"), std::string::npos) << text;
        EXPECT_EQ(text.find("www."), std::string::npos) << text;
    }
}

TEST(ChatMessage, mentions_nobody_in_any_format) {
    const auto notice = notice_of(message("@everyone **loud** [x](y)"), "");
    const auto discord = body_of(chat_request(notice, Format::discord, "https://discord.example/"));
    EXPECT_EQ(text_at(discord, {"content"}).find("@everyone"), std::string::npos);
    EXPECT_TRUE(discord.find("allowed_mentions")->find("parse")->items().empty());
    const auto long_one = notice_of(message(std::string(5000, 'x')), "");
    EXPECT_LE(
        text_at(body_of(chat_request(long_one, Format::discord, "https://d.example/")), {"content"})
            .size(),
        2000U);
    const auto mattermost = body_of(chat_request(notice, Format::mattermost, "https://m.example/"));
    EXPECT_EQ(text_at(mattermost, {"text"}).find("@everyone"), std::string::npos);
    const auto google = body_of(chat_request(notice_of(message("<users/all>"), ""),
                                             Format::google_chat, "https://g.example/"));
    EXPECT_EQ(text_at(google, {"text"}).find("<users"), std::string::npos);
    const auto teams = body_of(chat_request(notice, Format::teams, "https://t.example/"));
    EXPECT_EQ(text_at(teams, {"attachments", "0", "content", "type"}), "AdaptiveCard");
    EXPECT_EQ(text_at(teams, {"attachments", "0", "content", "body", "0", "text"}).find("[x]"),
              std::string::npos);
}

// A character means something unless an odd number of backslashes stands before it.
std::string meaningful_characters(std::string_view markdown) {
    std::string found;
    std::size_t backslashes = 0;
    for (const char letter : markdown) {
        if (backslashes % 2 == 0 && std::string_view("*_[]`<|~").find(letter) != std::string::npos)
            found += letter;
        backslashes = letter == '\\' ? backslashes + 1 : 0;
    }
    return found;
}

TEST(ChatMessage, has_no_link_or_emphasis_that_was_typed_with_or_without_backslashes) {
    EXPECT_EQ(meaningful_characters(R"(\[a\\]*)"), "]*");
    for (const char* name : {R"([x](https://evil.example))", R"(\[x\](https://evil.example))",
                             R"(\\[x\\](https://evil.example))", R"(\*loud\* ~~gone~~ \`x\`)"}) {
        const auto notice = notice_of(message(name), "");
        const auto discord = text_at(
            body_of(chat_request(notice, Format::discord, "https://d.example/")), {"content"});
        EXPECT_EQ(meaningful_characters(discord), "****") << discord << ": the title is bold";
        const auto mattermost = text_at(
            body_of(chat_request(notice, Format::mattermost, "https://m.example/")), {"text"});
        EXPECT_EQ(meaningful_characters(mattermost), "****") << mattermost;
        const auto teams =
            text_at(body_of(chat_request(notice, Format::teams, "https://t.example/")),
                    {"attachments", "0", "content", "body", "0", "text"});
        EXPECT_EQ(meaningful_characters(teams), "") << teams;
    }
}

TEST(PagerDutyEvent, triggers_and_resolves_under_one_key) {
    const auto trigger = message(std::string(3000, 'x'));
    const auto resolve = message("Food", "alert.resolved");
    const auto first =
        body_of(pagerduty_request(notice_of(trigger, ""), trigger, "https://p/", "K"));
    const auto last =
        body_of(pagerduty_request(notice_of(resolve, ""), resolve, "https://p/", "K"));
    EXPECT_EQ(text_at(first, {"event_action"}), "trigger");
    EXPECT_EQ(text_at(last, {"event_action"}), "resolve");
    EXPECT_EQ(text_at(first, {"dedup_key"}), text_at(last, {"dedup_key"}));
    EXPECT_LE(text_at(first, {"dedup_key"}).size(), 255U);
    EXPECT_EQ(text_at(first, {"routing_key"}), "K");
    EXPECT_LE(text_at(first, {"payload", "summary"}).size(), 1024U);
    EXPECT_EQ(text_at(first, {"payload", "severity"}), "critical");
    EXPECT_EQ(text_at(first, {"payload", "custom_details", "Limit"}), "1000.00 EUR");
}

TEST(PagerDutyEvent, of_one_member_leaves_that_of_another_open) {
    const auto of = [](const std::string& member) {
        auto about = message();
        about.document.insert(1, R"("member":")" + member + R"(",)");
        return notice_of(about, "").alert_key;
    };
    EXPECT_NE(of("mem_1"), of("mem_2"));
    EXPECT_EQ(of("mem_1"), of("mem_1"));
}

TEST(NtfyMessage, goes_to_the_root_with_its_topic_and_token) {
    const auto request =
        ntfy_request(notice_of(message(), ""), "https://ntfy.example/money", "tk_1");
    EXPECT_EQ(request.url, "https://ntfy.example/");
    EXPECT_EQ(text_at(body_of(request), {"topic"}), "money");
    EXPECT_EQ(body_of(request).find("priority")->integer(), 5);
    const std::pair<std::string, std::string> token{"Authorization", "Bearer tk_1"};
    EXPECT_EQ(request.headers.back(), token);
}

TEST(Mail, has_no_line_that_is_too_long_and_no_header_that_was_typed) {
    const auto hostile = message("Food\r\nBcc: all@example.org\r\n\r\n." + std::string(5000, 'x'));
    const auto mail =
        mail_of(notice_of(hostile, ""), {"outlay@example.org", "a@example.org", "dlv_1", "bud_1",
                                         "https://o.example/v1/unsubscribe/t", hostile.at});
    EXPECT_EQ(mail.to, "a@example.org");
    EXPECT_EQ(mail.text.find("Bcc"), std::string::npos);
    EXPECT_NE(mail.text.find("Date: Fri, 20 Nov 2026 08:15:00 +0000\r\n"), std::string::npos);
    EXPECT_NE(mail.text.find("Message-ID: <dlv_1@example.org>\r\n"), std::string::npos);
    EXPECT_NE(mail.text.find("References: <bud_1@example.org>\r\n"), std::string::npos);
    EXPECT_NE(mail.text.find("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"),
              std::string::npos);
    for (std::size_t at = 0, end = 0; at < mail.text.size(); at = end + 2) {
        end = mail.text.find("\r\n", at);
        ASSERT_NE(end, std::string::npos) << "every line ends with CRLF";
        EXPECT_LE(end - at, 998U);
        EXPECT_EQ(mail.text.substr(at, end - at).find('\n'), std::string::npos);
    }
}

}  // namespace
}  // namespace outlay::workers::notifier
