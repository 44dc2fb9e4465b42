// One handle per request: what one endpoint does leaves no trace in the next exchange. The checked
// addresses are pinned, and the socket is opened to one of them or not at all.
#include "platform/curl/http_client.hpp"

#include <curl/curl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "domain/values/check.hpp"
#include "platform/curl/handles.hpp"

namespace outlay::curl {

namespace {

using platform::CheckedAddress;
using platform::HttpAnswer;
using platform::HttpError;
using platform::HttpFailure;
using platform::HttpRequest;
using Answered = domain::Result<HttpAnswer, HttpError>;

// What exactly is wrong with a certificate, which the code alone does not say.
using Words = std::array<char, CURL_ERROR_SIZE>;

void add(List& list, const std::string& line) {
    auto* const longer = curl_slist_append(list.get(), line.c_str());
    CHECK(longer != nullptr, "no memory for a header");
    (void)list.release();
    list.reset(longer);
}

// What one exchange may read, and what it is allowed to connect to.
struct Exchange {
    const ClientOptions& options;
    const CheckedAddress& checked;
    std::string body{};
    std::size_t read = 0;
    bool is_capped = false;
    bool has_head = false;  // of the answer, whole
    std::vector<curl_socket_t> sockets{};
    bool is_flooded = false;

    bool take(std::size_t bytes) {
        read += bytes;
        is_capped = is_capped || read > options.read_bytes_max;
        return !is_capped;
    }
};

// libcurl calls these from C: nothing may be thrown out of them.
std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    const auto length = size * count;
    const auto room = exchange.options.kept_bytes_max - exchange.body.size();
    exchange.body.append(bytes, std::min(room, length));
    return exchange.take(length) ? length : CURL_WRITEFUNC_ERROR;
}
// Line by line. A provisional answer has a head too, and another one follows.
std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    const auto length = size * count;
    const std::string_view line(bytes, length);
    if (line.starts_with("HTTP/")) exchange.has_head = false;
    if (line == "\r\n" || line == "\n") exchange.has_head = true;
    return exchange.take(length) ? length : CURL_WRITEFUNC_ERROR;
}

platform::IpAddress address_of(const curl_sockaddr& socket) {
    platform::IpAddress address;
    if (socket.family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &socket.addr, sizeof v4);
        address.bytes[10] = address.bytes[11] = 0xff;
        std::memcpy(address.bytes.data() + 12, &v4.sin_addr, 4);
    } else if (socket.family == AF_INET6 && socket.addrlen >= sizeof(sockaddr_in6)) {
        // The structure is declared with the size of a short address, and filled with a longer one.
        std::array<std::uint8_t, sizeof(sockaddr_in6)> raw{};
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&socket) + offsetof(curl_sockaddr, addr),
                    raw.size(), raw.begin());
        std::copy_n(raw.begin() + offsetof(sockaddr_in6, sin6_addr), address.bytes.size(),
                    address.bytes.begin());
    }
    return address;
}

curl_socket_t on_open(void* user, curlsocktype, curl_sockaddr* socket) {
    auto& exchange = *static_cast<Exchange*>(user);
    const auto& allowed = exchange.checked.addresses;
    if (std::ranges::find(allowed, address_of(*socket)) == allowed.end()) return CURL_SOCKET_BAD;
    const int made = ::socket(socket->family, socket->socktype | SOCK_CLOEXEC, socket->protocol);
    if (made >= 0) exchange.sockets.push_back(made);
    return made;
}
int on_close(void* user, curl_socket_t socket) {
    std::erase(static_cast<Exchange*>(user)->sockets, socket);
    return ::close(socket);
}

// What framing and encryption add to an answer is nowhere else counted: an answer can go on for
// ever without a byte of head or body.
int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& exchange = *static_cast<Exchange*>(user);
    // More than the kernel takes in ahead of the reader.
    constexpr std::uint64_t framing_bytes_max = 32 << 20;
    for (const auto socket : exchange.sockets) {
        tcp_info info{};
        socklen_t size = sizeof info;
        if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) continue;
        if (info.tcpi_bytes_received > exchange.options.read_bytes_max + framing_bytes_max)
            exchange.is_flooded = true;
    }
    return exchange.is_flooded ? 1 : 0;
}

// "name:443:192.0.2.1,[2001:db8::1]": no look-up of the name from here on.
std::string pinned(const CheckedAddress& checked) {
    std::string line = checked.web.host + ":" + std::to_string(checked.web.port) + ":";
    for (std::size_t i = 0; i < checked.addresses.size(); ++i) {
        const auto& address = checked.addresses[i];
        line +=
            (i == 0 ? "" : ",") + (address.is_v4() ? address.text() : "[" + address.text() + "]");
    }
    return line;
}

class Client final : public platform::HttpClient {
public:
    Client(const platform::Egress& egress, ClientOptions options)
        : egress_(egress), options_(std::move(options)) {}

    Answered post(const HttpRequest& request) const override { return send(request, Method::post); }

    Answered send(const HttpRequest& request, Method method) const {
        const auto checked = egress_.check(request.url);
        if (!checked.ok()) {
            const auto kind =
                checked.error().is_refused ? HttpFailure::refused : HttpFailure::unresolved;
            return domain::Fail{HttpError{kind, checked.error().detail}};
        }
        return exchange(request, *checked, method);
    }

private:
    Answered exchange(const HttpRequest& request, const CheckedAddress& checked,
                      Method method) const {
        // These outlive the handle, which uses them to its end.
        Words words{};
        Exchange exchange{options_, checked};
        const Handle handle(curl_easy_init());
        CHECK(handle != nullptr, "no memory for a request");
        List headers;
        for (const auto& [name, value] : request.headers) add(headers, name + ": " + value);
        add(headers, "Expect:");
        List pins;
        if (!checked.web.literal) add(pins, pinned(checked));
        const auto url = checked.web.text();
        CURL* const curl = handle.get();
        curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
        curl_easy_setopt(curl, CURLOPT_RESOLVE, pins.get());
        if (method == Method::remove) curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "DELETE");
        if (method == Method::post) {
            curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                             static_cast<curl_off_t>(request.body.size()));
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
        }
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_open);
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
        curl_easy_setopt(curl, CURLOPT_CLOSESOCKETFUNCTION, on_close);
        curl_easy_setopt(curl, CURLOPT_CLOSESOCKETDATA, &exchange);
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words.data());
        set_rules(curl);
        const auto code = curl_easy_perform(curl);
        if (code != CURLE_OK && failure_of(code) == HttpFailure::tls && words.front() != '\0')
            return domain::Fail{HttpError{HttpFailure::tls, words.data()}};
        return answer_of(curl, code, exchange);
    }

    void set_rules(CURL* curl) const {
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_PROXY, "");  // also none that the environment names
        curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
        curl_easy_setopt(curl, CURLOPT_USERAGENT, options_.user_agent.c_str());
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                         static_cast<long>(options_.connect_timeout.count()));
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
        if (!options_.trusted_file.empty())
            curl_easy_setopt(curl, CURLOPT_CAINFO, options_.trusted_file.c_str());
    }

    static Answered answer_of(CURL* curl, CURLcode code, Exchange& exchange) {
        if (exchange.is_flooded)
            return domain::Fail{HttpError{HttpFailure::broken, "it is too long"}};
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        // A capped body is an answer; a head that goes on without end is none.
        const bool is_cut_in_body =
            exchange.is_capped && !exchange.body.empty() && code == CURLE_WRITE_ERROR;
        const bool is_cut_in_head = exchange.is_capped || (code == CURLE_OK && !exchange.has_head);
        if (is_cut_in_head && !is_cut_in_body) {
            return domain::Fail{
                HttpError{HttpFailure::broken, "the head of the answer has no end"}};
        }
        if (code != CURLE_OK && !is_cut_in_body)
            return domain::Fail{HttpError{failure_of(code), curl_easy_strerror(code)}};
        HttpAnswer answer{static_cast<int>(status), std::move(exchange.body), {}};
        curl_off_t seconds = 0;
        if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
            answer.retry_after = std::chrono::seconds(seconds);
        return answer;
    }

    const platform::Egress& egress_;
    ClientOptions options_;
};

}  // namespace

std::unique_ptr<platform::HttpClient> make_client(const platform::Egress& egress,
                                                  ClientOptions options) {
    begin_library();
    return std::make_unique<Client>(egress, std::move(options));
}

Answered call(const platform::Egress& egress, const ClientOptions& options, Method method,
              const HttpRequest& request) {
    begin_library();
    return Client(egress, options).send(request, method);
}

}  // namespace outlay::curl
