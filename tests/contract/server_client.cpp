// A raw HTTP client for tests.
#include "tests/contract/server_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <utility>

#include "domain/values/check.hpp"

namespace outlay::tests {

namespace {

bool wait_for(int socket, short events, std::chrono::milliseconds wait) {
    pollfd entry{socket, events, 0};
    return ::poll(&entry, 1, static_cast<int>(wait.count())) > 0;
}

std::string lower(std::string_view text) {
    std::string result;
    for (const char octet : text) {
        result += static_cast<char>(std::tolower(static_cast<unsigned char>(octet)));
    }
    return result;
}

std::size_t number(std::string_view text, int base) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

Answer parsed_head(std::string head) {
    Answer answer;
    answer.status = static_cast<int>(number(std::string_view(head).substr(9, 3), 10));
    std::size_t begin = head.find("\r\n") + 2;
    while (begin < head.size() - 2) {
        const std::size_t end = head.find("\r\n", begin);
        const std::size_t colon = head.find(": ", begin);
        std::string& value = answer.fields[lower(head.substr(begin, colon - begin))];
        if (!value.empty()) value += ", ";
        value += head.substr(colon + 2, end - colon - 2);
        begin = end + 2;
    }
    answer.head = std::move(head);
    return answer;
}

}  // namespace

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr generic{};
    static_assert(sizeof(generic) == sizeof(address));
    std::memcpy(&generic, &address, sizeof(address));
    CHECK(::connect(socket_, &generic, sizeof(generic)) == 0, "the server does not accept");
}

RawClient::~RawClient() {
    if (socket_ >= 0) ::close(socket_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      bytes_(std::move(other.bytes_)),
      taken_(other.taken_),
      has_ended_(other.has_ended_) {}

bool RawClient::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        if (!wait_for(socket_, POLLOUT, client_patience)) return false;
        const ssize_t sent =
            ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::size_t RawClient::send_what_fits(std::string_view bytes) const {
    std::size_t total = 0;
    // A peer that still reads makes room again shortly; one that does not is full for good.
    while (total < bytes.size() && wait_for(socket_, POLLOUT, std::chrono::milliseconds{300})) {
        const auto rest = bytes.substr(total);
        const ssize_t sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) break;
        total += static_cast<std::size_t>(sent);
    }
    return total;
}

bool RawClient::receive(std::chrono::milliseconds wait) {
    if (has_ended_ || !wait_for(socket_, POLLIN, wait)) return false;
    std::array<char, 65536> bytes;
    const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (count <= 0) {
        has_ended_ = true;
        return false;
    }
    bytes_.erase(0, std::exchange(taken_, 0));
    bytes_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
}

std::string RawClient::take(std::size_t count) {
    std::string taken(input().substr(0, count));
    taken_ += taken.size();
    return taken;
}

std::string RawClient::until(std::string_view text) {
    std::size_t found = input().find(text);
    while (found == std::string::npos && receive(client_patience)) found = input().find(text);
    return found == std::string::npos ? std::string() : take(found + text.size());
}

std::optional<Answer> RawClient::answer(bool is_head_request) {
    std::string head = until("\r\n\r\n");
    if (head.empty()) return std::nullopt;
    Answer answer = parsed_head(std::move(head));
    if (is_head_request || answer.status < 200 || answer.status == 204 || answer.status == 304) {
        return answer;
    }
    if (answer.fields.contains("transfer-encoding")) {
        answer.is_whole = read_chunked(answer);
    } else if (answer.fields.contains("content-length")) {
        answer.is_whole = read_sized(answer, number(answer.fields["content-length"], 10));
    } else {
        while (receive(client_patience)) continue;
        answer.body = take(input().size());
    }
    return answer;
}

bool RawClient::read_sized(Answer& answer, std::size_t bytes) {
    while (input().size() < bytes && receive(client_patience)) continue;
    const std::string part = take(bytes);
    answer.body += part;
    return part.size() == bytes;
}

bool RawClient::read_chunked(Answer& answer) {
    for (;;) {
        const std::string line = until("\r\n");
        if (line.empty()) return false;
        const std::size_t bytes = number(line, 16);
        if (!read_sized(answer, bytes) || until("\r\n") != "\r\n") return false;
        if (bytes == 0) return true;
    }
}

bool RawClient::is_closed() {
    if (!input().empty()) return false;
    receive(client_patience);
    return has_ended_ && input().empty();
}

bool RawClient::has_input() const {
    return !input().empty() || wait_for(socket_, POLLIN, std::chrono::milliseconds{0});
}

void RawClient::finish_sending() const {
    ::shutdown(socket_, SHUT_WR);
}

void RawClient::reset() {
    const linger option{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &option, sizeof(option));
    ::close(std::exchange(socket_, -1));
}

std::optional<Answer> ask(std::uint16_t port, std::string_view request) {
    RawClient client(port);
    client.send(request);
    return client.answer(request.starts_with("HEAD "));
}

}  // namespace outlay::tests
