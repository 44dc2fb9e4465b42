// TLS of a listener (1.2 and 1.3). TlsIdentity is a certificate chain with its key; TlsLayer is the
// protocol of one connection, between the bytes of its socket and the bytes of HTTP. It knows no
// socket, so a deadline may end a read without harm to what is being sent.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "api/server/server.hpp"
#include "domain/values/dates.hpp"
#include "domain/values/result.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace outlay::api {

// Immutable; any thread. Connections keep the one that they began with.
class TlsIdentity {
public:
    // The error names the file and says what is wrong with it.
    static domain::Result<std::shared_ptr<const TlsIdentity>, std::string> load(
        const TlsFiles& files);

    ssl_ctx_st* context() const { return context_.get(); }
    domain::Instant valid_from() const { return valid_from_; }
    domain::Instant valid_until() const { return valid_until_; }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    TlsIdentity() = default;

    std::unique_ptr<ssl_ctx_st, Free> context_;
    domain::Instant valid_from_;
    domain::Instant valid_until_;
};

// Confined to its connection's I/O thread. The handshake happens by itself as bytes are taken.
class TlsLayer {
public:
    enum class Progress {
        open,
        ended,  // the peer said goodbye
        failed  // what came is no TLS, or none that we speak
    };

    explicit TlsLayer(std::shared_ptr<const TlsIdentity> identity);
    TlsLayer(const TlsLayer&) = delete;
    TlsLayer& operator=(const TlsLayer&) = delete;

    // Takes what came from the socket, and appends what was in it to `plain`.
    Progress take(std::string_view wire, boost::beast::flat_buffer& plain);
    // Of the last bytes taken.
    Progress progress() const { return progress_; }
    // False if there is no connection that could carry it.
    [[nodiscard]] bool seal(std::string_view plain);
    void say_goodbye();
    // What has to go to the socket, in order; the caller takes it away.
    std::string& output() { return wire_.output; }

private:
    struct Free {
        void operator()(ssl_st* connection) const;
    };
    struct Wire {
        std::string_view input;
        std::string output;
    };
    friend struct WireBio;
    Progress fail();

    std::shared_ptr<const TlsIdentity> identity_;  // shared with all connections that began with it
    Wire wire_;
    std::unique_ptr<ssl_st, Free> connection_;  // refers to the wire
    Progress progress_ = Progress::open;
    bool has_said_goodbye_ = false;
};

}  // namespace outlay::api
