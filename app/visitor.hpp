// Visitor: asks a running server until it answers, or until the time is over. Commands carry a key,
// so that asking again changes nothing. Blocks; confined to one thread.
#pragma once

#include <chrono>
#include <string>

#include "app/tool_access.hpp"
#include "platform/curl/http_client.hpp"
#include "platform/json/value.hpp"

namespace outlay::app {

struct Trouble {
    std::string sentence;
    bool is_silence = false;  // nothing is known to be wrong
};

struct VisitedServer {
    std::string url;      // without a slash at its end
    std::string key;      // of a member
    std::string ca_file;  // "" : the system's certificate authorities
};

class Visitor {
public:
    using Found = domain::Result<json::Value, Trouble>;

    // `patience` is for all that is asked.
    Visitor(VisitedServer server, std::chrono::seconds patience);

    Found get(const std::string& path) const;
    Found post(const std::string& path, const std::string& body, const std::string& command) const;
    Found remove(const std::string& path, const std::string& command) const;

private:
    Found ask(curl::Method method, platform::HttpRequest request) const;
    Found once(curl::Method method, const platform::HttpRequest& request) const;
    platform::HttpRequest request_for(const std::string& path, const std::string& command) const;

    VisitedServer server_;
    std::chrono::steady_clock::time_point ends_;
    const ToolAccess access_;
};

// "" for a member that is no text.
std::string text_of(const json::Value* object, std::string_view member);

}  // namespace outlay::app
