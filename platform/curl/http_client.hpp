// HttpClient on libcurl.
#pragma once

#include <memory>

#include "platform/egress.hpp"
#include "platform/http_client.hpp"

namespace outlay::curl {

struct ClientOptions {
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds timeout{20'000};  // for the whole exchange
    std::size_t kept_bytes_max = 4096;          // of an answer's body
    std::size_t read_bytes_max = 65'536;        // of an answer, head and body
    std::string user_agent = "Outlay";
    std::string trusted_file{};  // PEM of certificate authorities; "" : the system's
};

// `egress` outlives the client.
std::unique_ptr<platform::HttpClient> make_client(const platform::Egress& egress,
                                                  ClientOptions options);

// For tools that speak with a server; under the same rules. Blocks; any thread.
enum class Method { get, post, remove };  // remove: DELETE
domain::Result<platform::HttpAnswer, platform::HttpError> call(
    const platform::Egress& egress, const ClientOptions& options, Method method,
    const platform::HttpRequest& request);

}  // namespace outlay::curl
