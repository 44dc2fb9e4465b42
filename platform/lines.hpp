// Lines of text that go to and come from a file, port: adapters decide how they are packed.
// Confined to one thread; calls block.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/values/result.hpp"

namespace outlay::platform {

// Longer lines are not written by anybody, so they are damage.
inline constexpr std::size_t line_bytes_max = 4 << 20;

// Errors are sentences for an operator that name the file. What was not finished leaves no file.
class LineSink {
public:
    virtual ~LineSink() = default;
    virtual domain::Status<std::string> write(
        std::string_view line) = 0;  // without the end of line
    // The file is complete, on the disk, and has its name.
    virtual domain::Status<std::string> finish() = 0;
};

class LineSource {
public:
    virtual ~LineSource() = default;
    // The next line; empty behind the last one. An error: what follows cannot be read.
    virtual domain::Result<std::optional<std::string>, std::string> next() = 0;
    // From the beginning again.
    virtual domain::Status<std::string> rewind() = 0;
};

}  // namespace outlay::platform
