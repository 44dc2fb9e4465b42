// flock on DIR/outlay.lock. The file stays when the lock goes: removing it would race with the next
// taker.
#include "platform/sqlite/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace outlay::sqlite {

domain::Result<DirectoryLock, std::string> DirectoryLock::take(
    const std::filesystem::path& directory) {
    const std::filesystem::path file = directory / "outlay.lock";
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return domain::Fail{"cannot open " + file.string() + ": " +
                            std::generic_category().message(errno)};
    }
    DirectoryLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
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
