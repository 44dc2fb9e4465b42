// A blocking TLS client for tests, which trusts one authority. Confined to one thread.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tests/contract/certificates.hpp"

namespace outlay::tests {

struct TlsWish {
    std::string host = "outlay.example";
    int version_max = TLS1_3_VERSION;
    std::string protocols = "http/1.1";  // offered by ALPN, separated by commas; "" : none
};

class TlsClient {
public:
    TlsClient(std::uint16_t port, const Identity& authority, const TlsWish& wish = {});
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    // Why the handshake failed; "" if there is a connection with whom was meant.
    const std::string& failure() const { return failure_; }
    std::string version() const { return SSL_get_version(connection_.get()); }
    std::string protocol() const;
    // The serial number of what the server showed.
    long serial() const;

    bool send(std::string_view bytes);
    // All up to and with `text`; what came until the end of the connection if it does not come.
    std::string until(std::string_view text);
    // Waits for the end: true if it was said, false if the connection was just lost.
    bool ends_in_order();

private:
    bool receive();

    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
        void operator()(SSL* connection) const { SSL_free(connection); }
    };
    int socket_ = -1;
    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> connection_;
    std::string failure_;
    std::string bytes_;
    int end_ = SSL_ERROR_NONE;
};

long serial_of(const Identity& identity);

}  // namespace outlay::tests
