// OpenSSL between two strings.
#include "api/server/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <cstring>
#include <ctime>
#include <utility>

#include "domain/values/check.hpp"
#include "platform/log.hpp"

namespace outlay::api {

// The transport of OpenSSL's records: what a connection has received and what it has to send.
struct WireBio {
    static TlsLayer::Wire& wire_of(BIO* bio) {
        return *static_cast<TlsLayer::Wire*>(BIO_get_data(bio));
    }
    static int write(BIO* bio, const char* bytes, int count) {
        wire_of(bio).output.append(bytes, static_cast<std::size_t>(count));
        return count;
    }
    static int read(BIO* bio, char* bytes, int max) {
        BIO_clear_retry_flags(bio);
        auto& input = wire_of(bio).input;
        if (input.empty()) {
            BIO_set_retry_read(bio);
            return -1;
        }
        const auto count = std::min(input.size(), static_cast<std::size_t>(max));
        std::memcpy(bytes, input.data(), count);
        input.remove_prefix(count);
        return static_cast<int>(count);
    }
    static long control(BIO*, int command, long, void*) {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }
    static BIO* make(TlsLayer::Wire& wire) {
        static BIO_METHOD* const method = [] {
            auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");
            BIO_meth_set_write(made, write);
            BIO_meth_set_read(made, read);
            BIO_meth_set_ctrl(made, control);
            return made;
        }();
        BIO* const bio = BIO_new(method);
        CHECK(bio != nullptr, "no memory for a connection");
        BIO_set_data(bio, &wire);
        BIO_set_init(bio, 1);
        return bio;
    }
};

namespace {

constexpr std::size_t record_bytes_max = 16 * 1024;
// TLS 1.2 with forward secrecy and authenticated encryption only; all of 1.3 has both.
constexpr const char* ciphers_of_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view http_1_1 = "http/1.1";
constexpr std::string_view answer_to_plain_http =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 36\r\n"
    "Connection: close\r\n\r\nThis port speaks TLS: use https://.\n";

// The first error is the nearest to the cause; those of the system have no text here.
std::string reason() {
    const char* text = ERR_reason_error_string(ERR_peek_error());
    if (text == nullptr) text = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return text == nullptr ? "unreadable" : text;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                    const unsigned char* offered, unsigned int offered_bytes, void*) {
    for (unsigned int at = 0; at < offered_bytes; at += 1U + offered[at]) {
        const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1, offered[at]);
        if (name != http_1_1) continue;
        *chosen = offered + at + 1;
        *chosen_bytes = offered[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void configure(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, ciphers_of_1_2);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    // Clients resume by tickets, which need no memory here.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    // Else a key with a pass phrase would be asked for at the terminal.
    SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
}

domain::Instant instant_of(const ASN1_TIME* time) {
    constexpr std::int64_t micros_per_second = 1'000'000;
    std::tm utc{};
    ASN1_TIME_to_tm(time, &utc);
    return {static_cast<std::int64_t>(timegm(&utc)) * micros_per_second};
}

}  // namespace

void TlsIdentity::Free::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

void TlsLayer::Free::operator()(ssl_st* connection) const {
    SSL_free(connection);
}

domain::Result<std::shared_ptr<const TlsIdentity>, std::string> TlsIdentity::load(
    const TlsFiles& files) {
    ERR_clear_error();
    std::shared_ptr<TlsIdentity> made(new TlsIdentity);
    made->context_.reset(SSL_CTX_new(TLS_server_method()));
    auto* const context = made->context_.get();
    CHECK(context != nullptr, "no memory for a certificate");
    configure(context);
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
        return domain::Fail{"the certificate in " + files.certificate + ": " + reason()};
    if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
        return domain::Fail{"the key in " + files.key + ": " + reason()};
    const X509* const certificate = SSL_CTX_get0_certificate(context);
    made->valid_from_ = instant_of(X509_get0_notBefore(certificate));
    made->valid_until_ = instant_of(X509_get0_notAfter(certificate));
    return std::shared_ptr<const TlsIdentity>(std::move(made));
}

TlsLayer::TlsLayer(std::shared_ptr<const TlsIdentity> identity)
    : identity_(std::move(identity)), connection_(SSL_new(identity_->context())) {
    CHECK(connection_ != nullptr, "no memory for a connection");
    BIO* const bio = WireBio::make(wire_);
    SSL_set_bio(connection_.get(), bio, bio);
    SSL_set_accept_state(connection_.get());
}

TlsLayer::Progress TlsLayer::take(std::string_view wire, boost::beast::flat_buffer& plain) {
    wire_.input = wire;
    for (;;) {
        ERR_clear_error();
        std::array<char, record_bytes_max> piece;
        std::size_t bytes = 0;
        const int done = SSL_read_ex(connection_.get(), piece.data(), piece.size(), &bytes);
        if (done == 1) {
            boost::asio::buffer_copy(plain.prepare(bytes), boost::asio::buffer(piece, bytes));
            plain.commit(bytes);
            continue;
        }
        const int why = SSL_get_error(connection_.get(), done);
        if (why == SSL_ERROR_WANT_READ) return progress_;
        if (why != SSL_ERROR_ZERO_RETURN) return fail();
        progress_ = Progress::ended;
        return progress_;
    }
}

TlsLayer::Progress TlsLayer::fail() {
    progress_ = Progress::failed;
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) wire_.output = answer_to_plain_http;
    platform::log(platform::LogLevel::debug, "a TLS connection failed", {{"cause", reason()}});
    return progress_;
}

bool TlsLayer::seal(std::string_view plain) {
    if (progress_ == Progress::failed || SSL_is_init_finished(connection_.get()) == 0) return false;
    ERR_clear_error();
    while (!plain.empty()) {
        std::size_t bytes = 0;
        if (SSL_write_ex(connection_.get(), plain.data(), plain.size(), &bytes) != 1) return false;
        plain.remove_prefix(bytes);
    }
    return true;
}

void TlsLayer::say_goodbye() {
    if (has_said_goodbye_ || progress_ == Progress::failed) return;
    if (SSL_is_init_finished(connection_.get()) == 0) return;
    has_said_goodbye_ = true;
    ERR_clear_error();
    SSL_shutdown(connection_.get());
}

}  // namespace outlay::api
