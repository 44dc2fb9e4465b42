// A few lines instead of a library with a dozen others behind it.
#include "app/supervisor.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "platform/log.hpp"

namespace outlay::app {

namespace {

std::optional<std::int64_t> number_in(const char* variable) {
    const char* const text = std::getenv(variable);
    if (text == nullptr) return std::nullopt;
    std::int64_t number = 0;
    const char* const end = text + std::strlen(text);
    const auto [stop, error] = std::from_chars(text, end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

}  // namespace

void tell_supervisor(std::string_view state) {
    const char* const name = std::getenv("NOTIFY_SOCKET");
    if (name == nullptr) return;
    const std::string_view path(name);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof(address.sun_path)) return;
    std::ranges::copy(path, address.sun_path);
    if (path.front() == '@') address.sun_path[0] = '\0';  // not in the file system
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    sockaddr_storage generic{};
    std::memcpy(&generic, &address, sizeof(address));
    const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    const auto sent = ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&generic), bytes);
    if (sent < 0)
        platform::log(platform::LogLevel::warning, "the supervisor could not be told",
                      {{"socket", path}, {"state", state}});
    ::close(socket);
}

std::optional<std::chrono::microseconds> watchdog_interval() {
    const auto whose = number_in("WATCHDOG_PID");
    if (whose && *whose != ::getpid()) return std::nullopt;
    const auto micros = number_in("WATCHDOG_USEC");
    if (!micros || *micros <= 0) return std::nullopt;
    return std::chrono::microseconds{*micros};
}

}  // namespace outlay::app
