// Keys from files, addresses without guard.
#include "app/tool_access.hpp"

#include <fstream>

namespace outlay::app {

namespace {

platform::EgressPolicy everything() {
    platform::EgressPolicy policy;
    policy.http = true;
    for (const char* range : {"0.0.0.0/0", "::/0"})
        policy.allowed.push_back(*platform::AddressRange::parse(range));
    return policy;
}

}  // namespace

ToolAccess::ToolAccess() : egress(everything(), network) {}

Outcome<std::string> read_api_key(const std::string& file) {
    std::ifstream opened(file);
    std::string key;
    if (!std::getline(opened, key) || key.empty()) return domain::Fail{file + " holds no key"};
    return key;
}

std::string without_slash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

}  // namespace outlay::app
