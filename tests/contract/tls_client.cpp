// OpenSSL's own client.
#include "tests/contract/tls_client.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <sstream>

#include "domain/values/check.hpp"

namespace outlay::tests {

namespace {

int connect_to(std::uint16_t port) {
    const int made = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval patience{20, 0};
    ::setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr generic{};
    std::memcpy(&generic, &address, sizeof(address));
    CHECK(::connect(made, &generic, sizeof(generic)) == 0, "the server does not accept");
    return made;
}

// As ALPN sends them: each name after its length.
std::string listed(const std::string& names) {
    std::istringstream all(names);
    std::string list;
    for (std::string name; std::getline(all, name, ',');)
        list += static_cast<char>(name.size()) + name;
    return list;
}

long number_of(X509* certificate) {
    return ASN1_INTEGER_get(X509_get_serialNumber(certificate));
}

}  // namespace

TlsClient::TlsClient(std::uint16_t port, const Identity& authority, const TlsWish& wish)
    : socket_(connect_to(port)), context_(SSL_CTX_new(TLS_client_method())) {
    auto* const context = context_.get();
    // Old versions are off by policy of the distribution; here the server has to refuse them.
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, wish.version_max);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.certificate.get());
    const auto protocols = listed(wish.protocols);
    if (!protocols.empty()) {
        SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(protocols.data()),
                                static_cast<unsigned>(protocols.size()));
    }
    connection_.reset(SSL_new(context));
    SSL_set1_host(connection_.get(), wish.host.c_str());
    // The macro for it has a cast of C.
    auto* const name = const_cast<char*>(wish.host.c_str());
    SSL_ctrl(connection_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name);
    SSL_set_fd(connection_.get(), socket_);
    ERR_clear_error();
    if (SSL_connect(connection_.get()) == 1) return;
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    failure_ = reason == nullptr ? "the connection was lost" : reason;
}

TlsClient::~TlsClient() {
    ::close(socket_);
}

std::string TlsClient::protocol() const {
    const unsigned char* name = nullptr;
    unsigned int bytes = 0;
    SSL_get0_alpn_selected(connection_.get(), &name, &bytes);
    return {reinterpret_cast<const char*>(name), bytes};
}

long TlsClient::serial() const {
    X509* const shown = SSL_get0_peer_certificate(connection_.get());
    return shown == nullptr ? 0 : number_of(shown);
}

bool TlsClient::send(std::string_view bytes) {
    std::size_t sent = 0;
    return SSL_write_ex(connection_.get(), bytes.data(), bytes.size(), &sent) == 1;
}

bool TlsClient::receive() {
    std::array<char, 65536> piece;
    std::size_t count = 0;
    ERR_clear_error();
    const int done = SSL_read_ex(connection_.get(), piece.data(), piece.size(), &count);
    if (done != 1) {
        end_ = SSL_get_error(connection_.get(), done);
        return false;
    }
    bytes_.append(piece.data(), count);
    return true;
}

std::string TlsClient::until(std::string_view text) {
    std::size_t found = bytes_.find(text);
    while (found == std::string::npos && receive()) found = bytes_.find(text);
    const auto count = found == std::string::npos ? bytes_.size() : found + text.size();
    auto taken = bytes_.substr(0, count);
    bytes_.erase(0, count);
    return taken;
}

bool TlsClient::ends_in_order() {
    while (end_ == SSL_ERROR_NONE && receive()) continue;
    return end_ == SSL_ERROR_ZERO_RETURN;
}

long serial_of(const Identity& identity) {
    return number_of(identity.certificate.get());
}

}  // namespace outlay::tests
