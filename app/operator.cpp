// Asked of the system.
#include "app/operator.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace outlay::app {

std::string host_name() {
    constexpr std::size_t name_max = 256;
    std::string host(name_max, '\0');
    if (::gethostname(host.data(), host.size()) != 0) host = "host";
    host.resize(std::char_traits<char>::length(host.c_str()));
    return host;
}

std::string operator_name() {
    constexpr std::size_t entry_bytes_max = 16 * 1024;
    std::array<char, entry_bytes_max> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    const auto user = ::getuid();
    const bool is_known =
        ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return (is_known ? std::string(found->pw_name) : std::to_string(user)) + "@" + host_name();
}

}  // namespace outlay::app
