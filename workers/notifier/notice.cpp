// Sentences about alerts, from the document that the API shows.
#include "workers/notifier/notice.hpp"

#include <algorithm>

#include "domain/channel/message_types.hpp"
#include "domain/values/check.hpp"
#include "domain/values/money.hpp"
#include "platform/json/value.hpp"
#include "views/channel.hpp"
#include "workers/projections/alerts.hpp"

namespace outlay::workers::notifier {

namespace {

using domain::channel::Severity;

constexpr std::size_t titles_max = 20;  // that a notice about several messages lists

// Null where there is none: a row that somebody changed by hand must not end the process.
const json::Value& member(const json::Value& object, std::string_view name) {
    static const json::Value nothing;
    const auto* const found = object.kind() == json::Kind::object ? object.find(name) : nullptr;
    return found == nullptr ? nothing : *found;
}

std::string text_in(const json::Value& object, std::string_view name) {
    const auto& found = member(object, name);
    return found.kind() == json::Kind::string ? std::string(found.text()) : std::string();
}

std::string money_text(const json::Value& money) {
    const auto currency = domain::Currency::parse(text_in(money, "currency"));
    if (!currency) return "?";
    return domain::decimal_text({member(money, "amount").integer().value_or(0), *currency});
}

// "80 % of the limit" or "150.00 EUR".
std::string threshold_text(const json::Value& threshold) {
    const auto percent = member(threshold, "percent").integer();
    return percent ? std::to_string(*percent) + " % of the limit"
                   : money_text(member(threshold, "amount"));
}

std::string raised_sentence(const json::Value& alert) {
    const auto& threshold = member(alert, "threshold");
    const auto what = threshold_text(threshold);
    const bool is_exceeded = text_in(alert, "level") == "exceeded";
    if (text_in(threshold, "basis") == "forecast")
        return "spending is expected to come to " + std::string(is_exceeded ? "more than " : "") +
               what + " by the end of the period";
    return (is_exceeded ? "more than " : "") + what + " is spent";
}

void add_money(Notice& notice, const json::Value& alert, const std::string& label,
               std::string_view name) {
    const auto& money = member(alert, name);
    if (!money.is_null()) notice.facts.emplace_back(label, money_text(money));
}

bool is_past(const json::Value& period, domain::Instant told_at) {
    const auto last = domain::Date::parse(text_in(period, "end"));
    return last && *last < alerts::earliest_today(told_at);
}

// "2026-11-01 to 2026-11-30", and whether that was over when it was told.
std::string period_of(const json::Value& period, domain::Instant told_at) {
    const auto start = text_in(period, "start");
    const auto end = text_in(period, "end");
    return (start == end ? start : start + " to " + end) +
           (is_past(period, told_at) ? ", which is over" : "");
}

// What raised the alert, or what ended it; nothing that happened ends a period.
void add_reason(Notice& notice, const json::Value& alert) {
    const auto& end = member(alert, "resolved_by");
    const auto& source = notice.is_over && !end.is_null() ? end : alert;
    add_money(notice, source, notice.is_over ? "Spent now" : "Spent then", "spent");
    add_money(notice, alert, "Limit", "limit");
    if (!notice.is_over) add_money(notice, alert, "Expected at the end", "projected_end");
    const auto member_id = text_in(alert, "member");
    if (!member_id.empty()) notice.facts.emplace_back("Member", member_id);
    notice.facts.emplace_back("Period", notice.period);
    const auto expense = text_in(source, "expense");
    if (!expense.empty()) notice.facts.emplace_back("Expense", expense);
    notice.facts.emplace_back("Because", text_in(source, "cause"));
}

// A closing is the end of what was told, not of the alert.
std::string over_sentence(const json::Value& alert) {
    if (member(alert, "resolved_by").is_null())
        return "an alert is closed, its period is over or the budget archived";
    return "back below " + threshold_text(member(alert, "threshold"));
}

Notice alert_notice(const Message& message) {
    const auto parsed = json::parse(message.document);
    const auto& alert = parsed.ok() ? *parsed : json::Value{};
    const auto& period = member(alert, "period");
    const auto& threshold = member(alert, "threshold");
    const auto start = text_in(period, "start");
    const auto budget = text_in(alert, "budget");
    const auto name = message.budget_name.empty() ? budget : message.budget_name;
    Notice notice;
    notice.is_over = message.kind == "alert.resolved";
    notice.severity = views::severity_of(text_in(alert, "severity")).value_or(Severity::info);
    notice.period = period_of(period, message.at);
    notice.title = name + ": " + (notice.is_over ? over_sentence(alert) : raised_sentence(alert));
    if (!notice.is_over && is_past(period, message.at))
        notice.title += ", in a period that is over";
    // A threshold that watches each member has an alert of its own for each.
    const auto member_id = text_in(alert, "member");
    notice.alert_key = budget + "/" + text_in(threshold, "id") + "/" + start;
    if (!member_id.empty()) notice.alert_key += "/" + member_id;
    notice.facts.emplace_back("Budget", name);
    add_reason(notice, alert);
    notice.facts.emplace_back("Alert", text_in(alert, "id"));
    return notice;
}

Notice partition_notice(const Message& message) {
    const auto parsed = json::parse(message.document);
    const auto& operation = parsed.ok() ? *parsed : json::Value{};
    Notice notice;
    notice.is_over = message.kind == domain::channel::partition_resumed;
    notice.severity = notice.is_over ? Severity::info : Severity::critical;
    notice.title = notice.is_over ? "Outlay: the workspace is up to date again"
                                  : "Outlay: the workspace stands still, it takes no changes";
    const auto position = text_in(operation, "position");
    notice.alert_key = "operations.partition/" + position;
    notice.facts.emplace_back("Stands at", position);
    notice.facts.emplace_back("Because", text_in(operation, "cause"));
    const auto next_step = text_in(operation, "next_step");
    if (!next_step.empty()) notice.facts.emplace_back("What an operator does", next_step);
    return notice;
}

Notice rows_notice(const Message& message) {
    const auto parsed = json::parse(message.document);
    const auto& operation = parsed.ok() ? *parsed : json::Value{};
    Notice notice;
    notice.is_over = message.kind == domain::channel::rows_mended;
    notice.severity = notice.is_over ? Severity::info : Severity::critical;
    notice.title = notice.is_over
                       ? "Outlay: what the workspace shows is what was recorded again"
                       : "Outlay: what the workspace shows differs from what was recorded";
    const auto since = text_in(operation, "since");
    notice.alert_key = "operations.rows/" + since;
    notice.facts.emplace_back("Known since", since);
    if (notice.is_over) return notice;
    notice.facts.emplace_back("First found in", text_in(operation, "table"));
    notice.facts.emplace_back("What an operator does", text_in(operation, "next_step"));
    return notice;
}

Notice operation_notice(const Message& message) {
    const auto parsed = json::parse(message.document);
    const auto& operation = parsed.ok() ? *parsed : json::Value{};
    const bool is_disabled = message.kind == domain::channel::channel_disabled;
    Notice notice;
    notice.severity = Severity::critical;
    notice.title =
        is_disabled ? "Outlay: a channel is disabled" : "Outlay: a message could not be delivered";
    notice.alert_key = message.kind + "/" + text_in(operation, "channel");
    notice.facts.emplace_back("Channel", text_in(operation, "channel"));
    notice.facts.emplace_back("Because", text_in(operation, "reason"));
    notice.facts.emplace_back(
        "What to do",
        is_disabled ? "PATCH the channel with {\"state\":\"active\"}, then POST .../recover"
                    : "GET .../deliveries?state=dead shows it, POST .../recover sends it again");
    return notice;
}

Notice test_notice(const std::string& code) {
    Notice notice;
    notice.title = "Outlay: a test message";
    notice.facts.emplace_back("What happened", "Nothing. Somebody wants to see this channel work.");
    if (!code.empty()) notice.facts.emplace_back("Code that confirms the channel", code);
    return notice;
}

bool are_about_one_budget(std::span<const Message* const> messages) {
    const auto& budget = messages.back()->budget;
    return budget && std::ranges::all_of(
                         messages, [&](const auto* message) { return message->budget == budget; });
}

std::string period_text(const json::Value& digest) {
    const auto from = text_in(digest, "from");
    const auto to = text_in(digest, "to");
    return from == to ? from : from + " to " + to;
}

// "310.00 EUR of 400.00 EUR until 2026-11-30".
std::string budget_line(const json::Value& budget) {
    return money_text(member(budget, "spent")) + " of " + money_text(member(budget, "limit")) +
           " until " + text_in(member(budget, "period"), "end");
}

// What a list of the digest leaves out.
void add_rest(Notice& notice, const json::Value& digest, std::string_view total,
              std::string_view list, const std::string& what) {
    const auto left = member(digest, total).integer().value_or(0) -
                      static_cast<std::int64_t>(member(digest, list).items().size());
    if (left > 0) notice.facts.emplace_back("And", std::to_string(left) + what);
}

Notice digest_notice(const Message& message) {
    const auto parsed = json::parse(message.document);
    const auto& digest = parsed.ok() ? *parsed : json::Value{};
    Notice notice;
    notice.title = "Outlay: " + period_text(digest);
    for (const auto& sum : member(digest, "spending").items()) {
        notice.facts.emplace_back(
            "Spent", money_text(member(sum, "amount")) + " in " +
                         std::to_string(member(sum, "expenses").integer().value_or(0)) +
                         " expenses");
    }
    for (const auto& budget : member(digest, "budgets").items())
        notice.facts.emplace_back(text_in(budget, "name"), budget_line(budget));
    add_rest(notice, digest, "budgets_total", "budgets", " more budgets");
    for (const auto& alert : member(digest, "alerts").items())
        notice.facts.emplace_back("Alert",
                                  text_in(alert, "name") + ": " + raised_sentence(alert) + " (" +
                                      period_of(member(alert, "period"), message.at) + ")");
    add_rest(notice, digest, "alerts_raised", "alerts", " more alerts");
    notice.facts.emplace_back("Alerts that nobody has acknowledged",
                              std::to_string(member(digest, "alerts_open").integer().value_or(0)));
    return notice;
}

Notice notice_about(const Message& message, const std::string& code) {
    if (message.kind.starts_with("alert.")) return alert_notice(message);
    if (message.kind.starts_with("digest.")) return digest_notice(message);
    if (message.kind.starts_with("operations.partition_")) return partition_notice(message);
    if (message.kind.starts_with("operations.rows_")) return rows_notice(message);
    return message.kind.starts_with("operations.") ? operation_notice(message) : test_notice(code);
}

}  // namespace

Notice notice_of(const Message& message, const std::string& code) {
    auto notice = notice_about(message, code);
    notice.budget = message.budget;
    return notice;
}

Notice notice_of(std::span<const Message* const> messages, const std::string& code) {
    CHECK(!messages.empty(), "a notice about nothing");
    auto newest = notice_of(*messages.back(), code);
    if (messages.size() == 1) return newest;
    Notice notice;
    const auto& name = messages.back()->budget_name;
    const auto count = std::to_string(messages.size());
    if (are_about_one_budget(messages)) {
        notice.title = (name.empty() ? "" : name + ": ") + count + " alerts";
        notice.is_over = newest.is_over;
        notice.budget = newest.budget;
        notice.alert_key = newest.alert_key;
    } else {
        notice.title = "Outlay: " + count + " messages on several budgets";
    }
    for (std::size_t at = 0; at < messages.size() && at < titles_max; ++at) {
        const auto one = notice_of(*messages[at], code);
        notice.severity = std::max(notice.severity, one.is_over ? Severity::info : one.severity);
        notice.facts.emplace_back(messages[at]->at.text(),
                                  one.title + (one.period.empty() ? "" : " (" + one.period + ")"));
    }
    if (messages.size() > titles_max) {
        notice.facts.emplace_back("And", std::to_string(messages.size() - titles_max) +
                                             " more; GET .../alerts lists them all");
    }
    return notice;
}

std::string_view first_bytes(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    auto end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end);
}

std::string lines_of(const Notice& notice) {
    std::string lines;
    for (const auto& [label, value] : notice.facts)
        lines += (lines.empty() ? "" : "\n") + label + ": " + value;
    return lines;
}

}  // namespace outlay::workers::notifier
