// Sockets of the raw endpoint. Every wait ends when the other side closes or the endpoint ends.
#include "tests/contract/loopback_endpoint.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "domain/values/check.hpp"

namespace outlay::tests {

namespace {

constexpr std::chrono::milliseconds forever{30'000};

struct ContextEnd {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct SslEnd {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

bool is_readable(int socket, std::chrono::milliseconds patience) {
    pollfd one{socket, POLLIN, 0};
    return ::poll(&one, 1, static_cast<int>(patience.count())) > 0;
}

// The length that a head declares; 0 without one.
std::size_t body_bytes(std::string_view head) {
    constexpr std::string_view name = "Content-Length: ";
    const auto at = head.find(name);
    std::size_t length = 0;
    if (at != std::string_view::npos)
        std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
    return length;
}

int bound_socket(const std::string& address, std::uint16_t port) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_in);
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
    if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
    } else {
        auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
        CHECK(::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1, "no address");
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        size = sizeof(sockaddr_in6);
    }
    const int made = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0) return -1;
    if (::bind(made, reinterpret_cast<sockaddr*>(&storage), size) == 0 && ::listen(made, 16) == 0)
        return made;
    ::close(made);
    return -1;
}

std::uint16_t port_of(int socket) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
    return ntohs(storage.ss_family == AF_INET
                     ? reinterpret_cast<sockaddr_in*>(&storage)->sin_port
                     : reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port);
}

}  // namespace

struct Peer::Tls {
    std::unique_ptr<SSL_CTX, ContextEnd> context;
    std::unique_ptr<SSL, SslEnd> ssl;
};

Peer::Peer(int socket) : socket_(socket) {}

Peer::~Peer() {
    tls_.reset();
    if (socket_ >= 0) ::close(socket_);
}

bool Peer::begin_tls(const Identity& identity) {
    tls_ = std::make_unique<Tls>();
    tls_->context.reset(SSL_CTX_new(TLS_server_method()));
    CHECK(SSL_CTX_use_certificate(tls_->context.get(), identity.certificate.get()) == 1,
          "a certificate that TLS does not take");
    CHECK(SSL_CTX_use_PrivateKey(tls_->context.get(), identity.key.get()) == 1,
          "a key that TLS does not take");
    tls_->ssl.reset(SSL_new(tls_->context.get()));
    SSL_set_fd(tls_->ssl.get(), socket_);
    return SSL_accept(tls_->ssl.get()) == 1;
}

std::string Peer::read_some() {
    std::array<char, 4096> buffer{};
    if (tls_) {
        const int got = SSL_read(tls_->ssl.get(), buffer.data(), static_cast<int>(buffer.size()));
        return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : "";
    }
    const auto got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : "";
}

std::string Peer::read_request() {
    constexpr std::string_view head_end = "\r\n\r\n";
    std::string request;
    for (;;) {
        const auto end = request.find(head_end);
        if (end != std::string::npos &&
            request.size() >= end + head_end.size() + body_bytes(request.substr(0, end)))
            return request;
        const auto more = read_some();
        if (more.empty()) return request;
        request += more;
    }
}

std::optional<std::string> Peer::read_line() {
    constexpr std::string_view line_end = "\r\n";
    for (;;) {
        const auto end = unread_.find(line_end);
        if (end != std::string::npos) {
            auto line = unread_.substr(0, end);
            unread_.erase(0, end + line_end.size());
            return line;
        }
        const auto more = read_some();
        if (more.empty()) return std::nullopt;
        unread_ += more;
    }
}

bool Peer::send(std::string_view bytes) {
    if (tls_) return SSL_write(tls_->ssl.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Peer::is_closed_within(std::chrono::milliseconds pause) const {
    if (!is_readable(socket_, pause)) return false;
    std::array<char, 4096> buffer{};
    return ::recv(socket_, buffer.data(), buffer.size(), 0) <= 0;
}

void Peer::wait_for_close() const {
    while (is_readable(socket_, forever)) {
        if (is_closed_within(std::chrono::milliseconds{0})) return;
    }
}

void Peer::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket_);
    socket_ = -1;
}

LoopbackEndpoint::LoopbackEndpoint(const std::string& address, std::uint16_t port)
    : listening_(bound_socket(address, port)) {
    if (listening_ >= 0) port_ = port_of(listening_);
}

LoopbackEndpoint::LoopbackEndpoint(Behaviour behaviour, const std::string& address)
    : LoopbackEndpoint(address) {
    ending_ = ::eventfd(0, EFD_CLOEXEC);
    thread_ = std::thread([this, behaviour = std::move(behaviour)] { serve(behaviour); });
}

LoopbackEndpoint::~LoopbackEndpoint() {
    if (thread_.joinable()) {
        const std::uint64_t one = 1;
        CHECK(::write(ending_, &one, sizeof one) == sizeof one, "an endpoint cannot be ended");
        thread_.join();
        ::close(ending_);
    }
    if (listening_ >= 0) ::close(listening_);
}

bool LoopbackEndpoint::has_waiting() const {
    return is_readable(listening_, std::chrono::milliseconds{0});
}

std::string LoopbackEndpoint::url(const std::string& scheme, const std::string& host) const {
    return scheme + "://" + host + ":" + std::to_string(port_) + "/hook";
}

void LoopbackEndpoint::serve(const Behaviour& behaviour) {
    for (;;) {
        std::array<pollfd, 2> both{pollfd{ending_, POLLIN, 0}, pollfd{listening_, POLLIN, 0}};
        if (::poll(both.data(), both.size(), -1) < 0) return;
        if (both[0].revents != 0) return;
        const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        ++accepted_;
        Peer peer(socket);
        behaviour(peer);
    }
}

}  // namespace outlay::tests
