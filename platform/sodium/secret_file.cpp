// A new secret is written aside, flushed and then linked to its name: link() never replaces a file,
// so of two nodes that start at once one wins and the other reads; and a crash leaves no
// half-written secret under the name.
#include "platform/secret_file.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "platform/sodium/ready.hpp"

namespace outlay::platform {

namespace {

constexpr std::size_t hex_chars = 64;
constexpr mode_t not_for_others = S_IRWXG | S_IRWXO;

using Loaded = domain::Result<Secret, SecretFileError>;
using Written = domain::Status<SecretFileError>;

class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (is_open()) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    bool is_open() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

domain::Fail<SecretFileError> refuse(const std::string& path, const std::string& why) {
    return {SecretFileError{"secret file " + path + " " + why, false}};
}

// To be called at once after the system call that failed.
domain::Fail<SecretFileError> refuse_errno(const std::string& path, const char* action) {
    return refuse(path, std::string(action) + ": " + std::generic_category().message(errno));
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::optional<Secret> decode(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.size() != hex_chars) return std::nullopt;
    Secret secret{};
    std::size_t length = 0;
    const int refused = sodium_hex2bin(secret.data(), secret.size(), text.data(), text.size(),
                                       nullptr, &length, nullptr);
    const bool complete = refused == 0 && length == secret.size();
    return complete ? std::optional<Secret>(secret) : std::nullopt;
}

Loaded read(const std::string& path, const File& file) {
    struct stat facts{};
    if (::fstat(file.descriptor(), &facts) != 0) return refuse_errno(path, "cannot be examined");
    if (!S_ISREG(facts.st_mode)) return refuse(path, "is not a regular file");
    if ((facts.st_mode & not_for_others) != 0) {
        return refuse(path, "may be read or changed by others; run chmod 600 on it");
    }
    std::array<char, hex_chars + 2> buffer{};  // one more than the longest valid content
    const ssize_t length = ::read(file.descriptor(), buffer.data(), buffer.size());
    if (length < 0) return refuse_errno(path, "cannot be read");
    const auto secret = decode({buffer.data(), static_cast<std::size_t>(length)});
    sodium_memzero(buffer.data(), buffer.size());
    if (!secret) return refuse(path, "does not hold 64 hexadecimal characters");
    return *secret;
}

Written flush_folder(const std::string& path) {
    const File folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open() || ::fsync(folder.descriptor()) != 0) {
        return refuse_errno(path, "cannot be made durable");
    }
    return domain::Done{};
}

Written write_new(const std::string& path) {
    const File file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file.is_open()) return refuse_errno(path, "cannot be made");
    Secret secret{};
    random_bytes(secret.data(), secret.size());
    std::string text = hex(bytes_of(secret)) + "\n";
    const ssize_t written = ::write(file.descriptor(), text.data(), text.size());
    const bool complete =
        written == static_cast<ssize_t>(text.size()) && ::fsync(file.descriptor()) == 0;
    sodium_memzero(text.data(), text.size());
    sodium_memzero(secret.data(), secret.size());
    if (!complete) return refuse_errno(path, "cannot be written");
    return domain::Done{};
}

Written create(const std::string& path) {
    std::array<std::uint8_t, 8> salt{};
    random_bytes(salt.data(), salt.size());
    const std::string aside =
        path + ".new-" + hex({reinterpret_cast<const char*>(salt.data()), salt.size()});
    auto written = write_new(aside);
    if (written.ok() && ::link(aside.c_str(), path.c_str()) != 0 && errno != EEXIST) {
        written = refuse_errno(path, "cannot be made");
    }
    ::unlink(aside.c_str());
    if (!written.ok()) return written;
    return flush_folder(path);
}

}  // namespace

Loaded load_secret(const std::string& path) {
    require_sodium();
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.is_open()) return read(path, file);
    const bool is_missing = errno == ENOENT;
    auto refused = refuse_errno(path, "cannot be opened");
    refused.error.is_missing = is_missing;
    return refused;
}

Loaded load_or_create_secret(const std::string& path) {
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto loaded = load_secret(path);
        if (loaded.ok() || !loaded.error().is_missing) return loaded;
        const auto created = create(path);
        if (!created.ok()) return domain::Fail{created.error()};
    }
    return refuse(path, "vanished while it was being made");
}

}  // namespace outlay::platform
