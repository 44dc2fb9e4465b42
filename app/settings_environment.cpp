// Which variables are settings, which belong to somebody else, and which are mistakes.
#include "app/settings_environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <regex>
#include <string_view>

#include "app/nearest_name.hpp"
#include "app/settings_table.hpp"

namespace outlay::app {

namespace {

// What the programs around this one are told in the same environment.
constexpr std::array<std::string_view, 6> foreign_prefixes{
    "OUTLAY_API_URL",  // for people who call the stack of `./dev run`
    "OUTLAY_BINARY",  "OUTLAY_TEST_", "OUTLAY_SIMULATION_", "OUTLAY_CHAOS_", "OUTLAY_HOUSEHOLD_",
};

// Kubernetes tells every container of the services around it: for one with the name outlay-api, in
// OUTLAY_API_SERVICE_HOST, OUTLAY_API_PORT=tcp://... and so on.
bool is_of_service(const std::string& name, const std::string& value) {
    static const std::regex names(
        "OUTLAY_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_PROTO|_PORT|"
        "_ADDR)?)");
    static const std::regex address("(tcp|udp|sctp)://.*");
    return std::regex_match(name, names) ||
           (name.ends_with("_PORT") && std::regex_match(value, address));
}

bool is_foreign(const std::string& name, const std::string& value) {
    return is_of_service(name, value) ||
           std::ranges::any_of(foreign_prefixes, [&name](std::string_view prefix) {
               return name.starts_with(prefix);
           });
}

}  // namespace

Environment outlay_environment() {
    Environment found;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        const auto equals = text.find('=');
        if (!text.starts_with("OUTLAY_") || equals == std::string_view::npos) continue;
        if (equals + 1 < text.size())
            found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return found;
}

std::vector<std::string> unknown_variables(const Environment& environment) {
    std::vector<std::string> known;
    for (const auto& setting : settings_table()) {
        known.push_back(variable_of(setting.name));
        if (setting.is_secret()) known.push_back(variable_of(file_name_of(setting)));
    }
    std::vector<std::string> findings;
    for (const auto& [name, value] : environment) {
        if (std::ranges::find(known, name) != known.end() || is_foreign(name, value)) continue;
        findings.push_back(name + " is no setting; the nearest is " + nearest_name(name, known));
    }
    return findings;
}

}  // namespace outlay::app
