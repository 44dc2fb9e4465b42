// Keeps a second process from serving the same data directory: an advisory lock on DIR/outlay.lock,
// held until the object or the process ends (also by kill -9). Made once by the role that serves.
// Confined to its owner.
#pragma once

#include <filesystem>
#include <string>

#include "domain/values/result.hpp"

namespace outlay::sqlite {

class DirectoryLock {
public:
    // The error is a sentence for the operator that names the directory.
    static domain::Result<DirectoryLock, std::string> take(const std::filesystem::path& directory);

    // Whether somebody serves the directory at this moment.
    static bool is_held(const std::filesystem::path& directory);

    DirectoryLock(DirectoryLock&& other) noexcept;
    DirectoryLock& operator=(DirectoryLock&&) = delete;
    ~DirectoryLock();

private:
    explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace outlay::sqlite
