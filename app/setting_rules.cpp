// The rules of single settings.
#include "app/setting_rules.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <regex>
#include <sstream>

#include "app/place.hpp"
#include "platform/egress.hpp"
#include "workers/notifier/retry_schedule.hpp"

namespace outlay::app {

namespace {

bool begins_with_one_of(const std::string& value, std::initializer_list<std::string_view> schemes) {
    return std::ranges::any_of(schemes, [&value](std::string_view scheme) {
        return value.starts_with(scheme) && value.size() > scheme.size();
    });
}

}  // namespace

RuleResult rule_address(const std::string& value) {
    if (parse_address(value).ok()) return domain::Done{};
    return domain::Fail{std::string("is no HOST:PORT")};
}

RuleResult rule_address_or_off(const std::string& value) {
    if (value == "off" || parse_address(value).ok()) return domain::Done{};
    return domain::Fail{std::string("is neither HOST:PORT nor off")};
}

RuleResult rule_log_level(const std::string& value) {
    constexpr std::array<std::string_view, 4> levels{"debug", "info", "warning", "error"};
    if (std::ranges::find(levels, value) != levels.end()) return domain::Done{};
    return domain::Fail{std::string("is none of debug, info, warning and error")};
}

RuleResult rule_login(const std::string& value) {
    constexpr std::array<std::string_view, 3> mechanisms{"SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"};
    if (std::ranges::find(mechanisms, value) != mechanisms.end()) return domain::Done{};
    return domain::Fail{std::string("is none of SCRAM-SHA-256, SCRAM-SHA-512 and PLAIN")};
}

RuleResult rule_ranges(const std::string& value) {
    std::istringstream list(value);
    for (std::string item; std::getline(list, item, ',');) {
        std::erase(item, ' ');
        if (!item.empty() && !platform::AddressRange::parse(item))
            return domain::Fail{"holds " + item + ", which is no range such as 10.0.0.0/8"};
    }
    return domain::Done{};
}

// libpq takes a URL or words such as host=db.
RuleResult rule_database(const std::string& value) {
    if (begins_with_one_of(value, {"postgresql://", "postgres://"})) return domain::Done{};
    if (value.find("://") == std::string::npos && value.find('=') != std::string::npos)
        return domain::Done{};
    return domain::Fail{std::string("is none like postgresql://user@host:5432/outlay")};
}

RuleResult rule_mail_server(const std::string& value) {
    if (begins_with_one_of(value, {"smtp://", "smtps://"})) return domain::Done{};
    return domain::Fail{std::string("is none like smtp://host:587")};
}

RuleResult rule_web_address(const std::string& value) {
    if (begins_with_one_of(value, {"https://", "http://"})) return domain::Done{};
    return domain::Fail{std::string("is none like https://outlay.example.org")};
}

RuleResult rule_host_name(const std::string& value) {
    static const std::regex name(
        "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*");
    constexpr std::size_t name_max = 253;
    if (value.size() <= name_max && std::regex_match(value, name)) return domain::Done{};
    return domain::Fail{std::string("is none like mail.example.org")};
}

RuleResult rule_retry_schedule(const std::string& value) {
    auto schedule = workers::notifier::RetrySchedule::parse(value);
    if (!schedule.ok()) return domain::Fail{schedule.error()};
    return domain::Done{};
}

}  // namespace outlay::app
