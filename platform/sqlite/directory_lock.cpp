// flock on DIR/outlay.lock. The file stays when the lock goes: removing it would race with the next
// taker.
#include "platform/sqlite/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

namespace outlay::sqlite {

namespace {
constexpr int tries_max = 5;
constexpr std::chrono::milliseconds retry_pause{20};
}  // namespace

bool DirectoryLock::is_held(const std::filesystem::path& directory) {
    const int descriptor = ::open((directory / "outlay.lock").c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return false;
    const DirectoryLock looked(descriptor);
    return ::flock(descriptor, LOCK_EX | LOCK_NB) != 0;
}

domain::Result<DirectoryLock, std::string> DirectoryLock::take(
    const std::filesystem::path& directory) {
    const std::filesystem::path file = directory / "outlay.lock";
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return domain::Fail{"cannot open " + file.string() + ": " +
                            std::generic_category().message(errno)};
    }
    DirectoryLock lock(descriptor);
    // Whoever only looks whether it is held gives it back at once.
    for (int tries = 0; tries < tries_max; ++tries) {
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
        if (errno != EWOULDBLOCK) break;
        std::this_thread::sleep_for(retry_pause);
    }
    if (errno == EWOULDBLOCK) {
        return domain::Fail{"another outlay process is serving the data directory " +
                            directory.string()};
    }
    return domain::Fail{"cannot lock " + file.string() + ": " +
                        std::generic_category().message(errno)};
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

DirectoryLock::~DirectoryLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace outlay::sqlite
