// Requests to servers of other people. Every one passes the egress guard; redirects are never
// followed, and answers are read up to a cap. Implemented by platform/curl.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/values/result.hpp"

namespace outlay::platform {

struct HttpRequest {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
};
struct HttpAnswer {
    int status = 0;
    std::string body{};                                 // its beginning
    std::optional<std::chrono::seconds> retry_after{};  // from now on
};
enum class HttpFailure {
    refused,     // by the guard; nothing was sent
    unresolved,  // the name has no address at the moment
    connect,
    tls,
    timeout,  // before the whole answer was there
    broken,   // the connection ended early, or what came is no HTTP
};
struct HttpError {
    HttpFailure kind = HttpFailure::broken;
    std::string detail;  // for the owner of the endpoint
};

class HttpClient {
public:
    virtual ~HttpClient() = default;
    // Blocks until the answer, or its cap, or the time-out. Any thread.
    virtual domain::Result<HttpAnswer, HttpError> post(const HttpRequest& request) const = 0;
};

}  // namespace outlay::platform
