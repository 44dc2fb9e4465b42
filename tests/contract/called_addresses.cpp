// Stands before the C library's functions: what libraries call resolves to the executable's first.
#include "tests/contract/called_addresses.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <mutex>
#include <optional>

namespace outlay::tests {

namespace {

struct Book {
    std::mutex mutex;
    std::optional<std::set<std::string>> called;  // empty: nobody listens
};

Book& book() {
    static Book one;
    return one;
}

void note(const sockaddr* address) {
    if (address == nullptr) return;
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* bytes = nullptr;
    if (address->sa_family == AF_INET)
        bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
    if (address->sa_family == AF_INET6)
        bytes = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (bytes == nullptr) return;
    if (::inet_ntop(address->sa_family, bytes, text.data(), text.size()) == nullptr) return;
    const std::lock_guard lock(book().mutex);
    if (book().called) book().called->insert(text.data());
}

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

CalledAddresses::CalledAddresses() {
    const std::lock_guard lock(book().mutex);
    book().called.emplace();
}

CalledAddresses::~CalledAddresses() {
    const std::lock_guard lock(book().mutex);
    book().called.reset();
}

std::set<std::string> CalledAddresses::so_far() const {
    const std::lock_guard lock(book().mutex);
    return book().called.value_or(std::set<std::string>{});
}

}  // namespace outlay::tests

extern "C" {

int connect(int socket, const sockaddr* address, socklen_t length) {
    static auto* const real = outlay::tests::next<decltype(::connect)>("connect");
    outlay::tests::note(address);
    return real(socket, address, length);
}

ssize_t sendto(int socket, const void* data, size_t size, int flags, const sockaddr* address,
               socklen_t length) {
    static auto* const real = outlay::tests::next<decltype(::sendto)>("sendto");
    outlay::tests::note(address);
    return real(socket, data, size, flags, address, length);
}

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
    static auto* const real = outlay::tests::next<decltype(::sendmsg)>("sendmsg");
    if (message != nullptr) outlay::tests::note(static_cast<const sockaddr*>(message->msg_name));
    return real(socket, message, flags);
}

}  // extern "C"
