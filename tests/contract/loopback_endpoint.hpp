// An endpoint under the test's control: a raw server on loopback whose behaviour is a function of
// one connection, with or without TLS.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "tests/contract/certificates.hpp"

namespace outlay::tests {

// One connection as its server sees it. Confined to the endpoint's thread.
class Peer {
public:
    explicit Peer(int socket);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    bool begin_tls(const Identity& identity);
    // Head and body of a request with Content-Length; what there was of it.
    std::string read_request();
    // Without its end (CRLF); empty: the other side is gone.
    std::optional<std::string> read_line();
    // False: the other side is gone.
    bool send(std::string_view bytes);
    // Waits for the other side to close, at most so long; false: it has not.
    bool is_closed_within(std::chrono::milliseconds pause) const;
    void wait_for_close() const;
    // The connection ends by a reset.
    void reset();

private:
    std::string read_some();
    struct Tls;
    int socket_;
    std::unique_ptr<Tls> tls_;
    std::string unread_{};  // what came behind the line that was read last
};

class LoopbackEndpoint {
public:
    using Behaviour = std::function<void(Peer&)>;

    // Nobody accepts: for proving that nobody came.
    explicit LoopbackEndpoint(const std::string& address = "127.0.0.1", std::uint16_t port = 0);
    explicit LoopbackEndpoint(Behaviour behaviour, const std::string& address = "127.0.0.1");
    ~LoopbackEndpoint();
    LoopbackEndpoint(const LoopbackEndpoint&) = delete;
    LoopbackEndpoint& operator=(const LoopbackEndpoint&) = delete;

    std::uint16_t port() const { return port_; }
    bool is_bound() const { return port_ != 0; }
    // Connections that were accepted, and whether another one waits.
    int accepted() const { return accepted_; }
    bool has_waiting() const;
    // "http://HOST:PORT/hook"
    std::string url(const std::string& scheme = "http",
                    const std::string& host = "127.0.0.1") const;

private:
    void serve(const Behaviour& behaviour);

    int listening_ = -1;
    int ending_ = -1;  // readable: the endpoint ends
    std::uint16_t port_ = 0;
    std::atomic<int> accepted_ = 0;
    std::thread thread_{};
};

}  // namespace outlay::tests
