// Written beside and renamed, so that nobody reads half a key.
#include "app/key_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <cstdio>

namespace outlay::app {

domain::Status<std::string> write_key_file(const std::string& path, const std::string& key) {
    const auto beside = path + ".new";
    const auto wrong = domain::Fail{"cannot write the key to " + path};
    constexpr int owner_only = 0600;
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC, owner_only);
    if (file < 0) return wrong;
    const auto text = key + "\n";
    const bool written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const bool synced = ::fsync(file) == 0;
    ::close(file);
    if (!written || !synced || std::rename(beside.c_str(), path.c_str()) != 0) return wrong;
    return domain::Done{};
}

}  // namespace outlay::app
