// The HTTP/1.1 server over Beast: accepts, frames strictly (conventions 1.8), keeps deadlines and
// limits, and asks a Front. One io_context per thread, connections dealt round-robin. start and
// stop from the owner thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http/front.hpp"
#include "domain/values/result.hpp"

namespace outlay::api {

struct TlsFiles {             // PEM
    std::string certificate;  // with those between it and the authority
    std::string key;
};

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;  // 0: any free port
    unsigned threads = 1;
    std::size_t connections_max = 10'000;
    std::chrono::milliseconds header_timeout{10'000};
    std::chrono::milliseconds idle_timeout{75'000};
    std::chrono::milliseconds stall_timeout{
        60'000};  // a peer neither sends its body nor takes its answer
    // stop() goes on accepting so long; answers say `Connection: close` meanwhile.
    std::chrono::milliseconds drain_delay{0};
    std::chrono::milliseconds drain_timeout{10'000};
    std::optional<TlsFiles> tls{};  // none: plain HTTP
};

class Server {
public:
    virtual ~Server() = default;
    virtual std::uint16_t port() const = 0;       // that is really listened on
    virtual std::size_t connections() const = 0;  // that are open
    // The executors of the I/O threads, for per-thread state such as submitters.
    virtual std::vector<platform::Executor*> executors() = 0;
    // Begins to accept. The Front must outlive the server.
    virtual void serve(Front& front) = 0;
    // Reads the certificate and its key again: connections from now on get them. The error says
    // what is wrong; then nothing has changed. Any thread.
    virtual domain::Status<std::string> reload() = 0;
    // Graceful: stops accepting, lets requests in flight end (Connection: close), then returns;
    // what exceeds drain_timeout is cut. Answers, also later, whether nothing was. Any thread but
    // the server's own. The I/O threads go on running work that is posted to their executors until
    // the server is destroyed.
    virtual bool stop() = 0;
};

// Binds and starts the I/O threads; the error says which address or file and why.
domain::Result<std::unique_ptr<Server>, std::string> make_server(const ServerOptions& options);

}  // namespace outlay::api
