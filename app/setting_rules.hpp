// What values of settings look like. Each rule is told a value that is not empty; the error goes on
// from the setting's name: "is no HOST:PORT". Pure; any thread.
#pragma once

#include <charconv>
#include <string>

#include "domain/values/result.hpp"

namespace outlay::app {

using RuleResult = domain::Status<std::string>;

RuleResult rule_address(const std::string& value);         // HOST:PORT
RuleResult rule_address_or_off(const std::string& value);  // the same, or "off"
RuleResult rule_log_level(const std::string& value);
RuleResult rule_login(const std::string& value);   // a mechanism of SASL
RuleResult rule_ranges(const std::string& value);  // 10.0.0.0/8,fd00::/8
RuleResult rule_database(const std::string& value);
RuleResult rule_mail_server(const std::string& value);
RuleResult rule_web_address(const std::string& value);
RuleResult rule_host_name(const std::string& value);       // mail.example.org
RuleResult rule_retry_schedule(const std::string& value);  // 5s,5m,2h

template <int least, int most>
RuleResult rule_number(const std::string& value) {
    int number = 0;
    const auto* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error == std::errc{} && stop == end && number >= least && number <= most)
        return domain::Done{};
    return domain::Fail{"is no whole number from " + std::to_string(least) + " to " +
                        std::to_string(most)};
}

}  // namespace outlay::app
