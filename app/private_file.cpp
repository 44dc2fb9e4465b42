// Reading small files whole.
#include "app/private_file.hpp"

#include <filesystem>
#include <fstream>

namespace outlay::app {

namespace {

constexpr std::size_t bytes_max = 1024UL * 1024;  // a device would be read for ever

}  // namespace

bool is_open_to_others(const std::string& path) {
    using std::filesystem::perms;
    std::error_code ignored;
    const auto mode = std::filesystem::status(path, ignored).permissions();
    return (mode & (perms::group_all | perms::others_all)) != perms::none;
}

domain::Result<std::string, std::string> read_file(const std::string& path) {
    std::error_code ignored;
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path, ignored))
        return domain::Fail{path + " cannot be read"};
    std::string text(bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > bytes_max) return domain::Fail{path + " is larger than 1 MiB"};
    return text;
}

domain::Result<std::string, std::string> read_private_file(const std::string& path) {
    auto text = read_file(path);
    if (text.ok() && is_open_to_others(path))
        return domain::Fail{path + " may be read by others; chmod 600 " + path};
    return text;
}

}  // namespace outlay::app
