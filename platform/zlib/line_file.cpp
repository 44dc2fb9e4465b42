// Packing by zlib's file functions, unpacking step by step, and what makes a finished file last.
#include "platform/zlib/line_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace outlay::zlib {

namespace {

using domain::Done;
using domain::Fail;
using Status = domain::Status<std::string>;

// Records repeat themselves: a higher level packs hardly better and takes much longer.
constexpr auto write_mode = "wb3";
constexpr int owner_only = 0600;

std::string with_reason(const std::string& what) {
    return what + ": " + std::strerror(errno);  // NOLINT(concurrency-mt-unsafe): for a tool
}

bool sync_folder_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY);
    if (folder < 0) return false;
    const bool is_synced = ::fsync(folder) == 0;
    ::close(folder);
    return is_synced;
}

class LineFileSink final : public platform::LineSink {
public:
    explicit LineFileSink(std::string path) : path_(std::move(path)), part_(path_ + ".part") {}
    ~LineFileSink() override {
        if (file_ != nullptr) gzclose(file_);
        if (descriptor_ >= 0) ::close(descriptor_);
        if (!is_finished_) ::unlink(part_.c_str());
    }
    LineFileSink(const LineFileSink&) = delete;
    LineFileSink& operator=(const LineFileSink&) = delete;

    Status open() {
        descriptor_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_only);
        if (descriptor_ < 0) return Fail{with_reason("cannot write " + part_)};
        const int packed = ::dup(descriptor_);
        if (packed < 0) return Fail{with_reason("cannot write " + part_)};
        file_ = gzdopen(packed, write_mode);
        if (file_ == nullptr) {
            ::close(packed);
            return Fail{"cannot write " + part_ + ": no memory"};
        }
        return Done{};
    }
    Status write(std::string_view line) override {
        std::string text(line);
        text += '\n';
        errno = 0;
        if (gzwrite(file_, text.data(), static_cast<unsigned>(text.size())) !=
            static_cast<int>(text.size()))
            return Fail{with_reason("cannot write " + part_)};
        return Done{};
    }
    Status finish() override {
        errno = 0;
        const bool is_packed = gzclose(std::exchange(file_, nullptr)) == Z_OK;
        if (!is_packed || ::fsync(descriptor_) != 0)
            return Fail{with_reason("cannot write " + part_)};
        if (std::rename(part_.c_str(), path_.c_str()) != 0 || !sync_folder_of(path_))
            return Fail{with_reason("cannot write " + path_)};
        is_finished_ = true;
        return Done{};
    }

private:
    std::string path_;
    std::string part_;
    int descriptor_ = -1;  // of the part, to bring it to the disk
    gzFile file_ = nullptr;
    bool is_finished_ = false;
};

// Unpacks step by step: what comes before a damaged place is still told, so that the lines
// themselves show where the damage begins.
class LineFileSource final : public platform::LineSource {
public:
    LineFileSource(std::string path, int descriptor)
        : path_(std::move(path)), descriptor_(descriptor) {}
    ~LineFileSource() override {
        if (is_unpacking_) inflateEnd(&stream_);
        ::close(descriptor_);
    }
    LineFileSource(const LineFileSource&) = delete;
    LineFileSource& operator=(const LineFileSource&) = delete;

    domain::Result<std::optional<std::string>, std::string> next() override {
        for (;;) {
            const auto end = waiting_.find('\n', read_);
            if (end != std::string::npos) {
                std::string line = waiting_.substr(read_, end - read_);
                read_ = end + 1;
                return std::optional(std::move(line));
            }
            waiting_.erase(0, std::exchange(read_, 0));
            if (waiting_.size() > platform::line_bytes_max)
                return Fail{path_ + " is damaged: a line without end"};
            if (!problem_.empty()) return Fail{problem_};
            if (!is_over_) {
                unpack();
                continue;
            }
            if (!waiting_.empty()) return Fail{path_ + " is cut short"};
            return std::optional<std::string>{};
        }
    }
    Status rewind() override {
        waiting_.clear();
        problem_.clear();
        read_ = 0;
        is_over_ = false;
        if (std::exchange(is_unpacking_, false)) inflateEnd(&stream_);
        stream_ = {};
        constexpr int gzip_only = 16;
        if (inflateInit2(&stream_, MAX_WBITS + gzip_only) != Z_OK)
            return Fail{"cannot read " + path_ + ": no memory"};
        is_unpacking_ = true;
        if (::lseek(descriptor_, 0, SEEK_SET) != 0)
            return Fail{with_reason("cannot read " + path_)};
        return Done{};
    }

private:
    // Adds to what waits, or finds the end or a problem.
    void unpack() {
        if (!is_unpacking_) {
            if (const auto begun = rewind(); !begun.ok()) problem_ = begun.error();
            if (!problem_.empty()) return;
        }
        if (stream_.avail_in == 0 && !read_on()) return;
        std::array<Bytef, 1 << 16> unpacked{};
        stream_.next_out = unpacked.data();
        stream_.avail_out = static_cast<uInt>(unpacked.size());
        const int result = inflate(&stream_, Z_NO_FLUSH);
        waiting_.append(reinterpret_cast<const char*>(unpacked.data()),
                        unpacked.size() - stream_.avail_out);
        if (result == Z_STREAM_END) {
            is_over_ = true;
            if (stream_.avail_in > 0 || read_on())
                problem_ = path_ + " goes on behind its packed data";
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            const char* detail = stream_.msg == nullptr ? "it cannot be unpacked" : stream_.msg;
            problem_ = path_ + " is damaged: " + detail;
        }
    }
    // False at the end of the file, which is a problem unless the packed data has ended.
    bool read_on() {
        errno = 0;
        const auto got = ::read(descriptor_, packed_.data(), packed_.size());
        if (got > 0) {
            stream_.next_in = packed_.data();
            stream_.avail_in = static_cast<uInt>(got);
            return true;
        }
        if (!is_over_)
            problem_ = got < 0 ? with_reason("cannot read " + path_) : path_ + " is cut short";
        return false;
    }

    std::string path_;
    int descriptor_;
    z_stream stream_{};
    bool is_unpacking_ = false;
    bool is_over_ = false;
    std::string problem_;  // told once what came before it was taken
    std::array<Bytef, 1 << 15> packed_{};
    std::string waiting_;
    std::size_t read_ = 0;  // of what waits
};

}  // namespace

domain::Result<std::unique_ptr<platform::LineSink>, std::string> create_line_file(
    const std::string& path) {
    auto sink = std::make_unique<LineFileSink>(path);
    if (const auto opened = sink->open(); !opened.ok()) return Fail{opened.error()};
    return std::unique_ptr<platform::LineSink>(std::move(sink));
}

domain::Result<std::unique_ptr<platform::LineSource>, std::string> open_line_file(
    const std::string& path) {
    errno = 0;
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return Fail{with_reason("cannot read " + path)};
    return std::unique_ptr<platform::LineSource>(
        std::make_unique<LineFileSource>(path, descriptor));
}

}  // namespace outlay::zlib
