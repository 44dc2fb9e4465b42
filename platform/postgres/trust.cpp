// libpq reads URLs and keyword strings; the words of its refusals are its own, in English.
#include "platform/postgres/trust.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string_view>

namespace outlay::postgres {

namespace {

struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, Free>;

std::string value_of(const Options& options, std::string_view name, const char* variable) {
    for (const auto* one = options.get(); one != nullptr && one->keyword != nullptr; ++one) {
        if (one->keyword == name && one->val != nullptr) return one->val;
    }
    const char* const found = std::getenv(variable);
    return found == nullptr ? "" : found;
}

bool is_near(const std::string& host) {
    return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" ||
           host.starts_with("127.") || host == "::1";
}

constexpr std::string_view refusals[] = {
    "password authentication failed", "no password supplied",     "no pg_hba.conf entry",
    "certificate verify failed",      "does not match host name", "root certificate file",
    "does not support SSL",           "certificate required",     "alert"};

}  // namespace

std::string unproven_host(const std::string& url) {
    const Options options(PQconninfoParse(url.c_str(), nullptr));
    if (value_of(options, "sslmode", "PGSSLMODE").starts_with("verify-")) return "";
    auto hosts = value_of(options, "hostaddr", "PGHOSTADDR");
    if (hosts.empty()) hosts = value_of(options, "host", "PGHOST");
    std::istringstream all(hosts);
    for (std::string host; std::getline(all, host, ',');) {
        if (!is_near(host)) return host;
    }
    return "";
}

bool is_refusal(const std::string& detail) {
    return std::ranges::any_of(refusals, [&detail](std::string_view words) {
        return detail.find(words) != std::string::npos;
    });
}

}  // namespace outlay::postgres
