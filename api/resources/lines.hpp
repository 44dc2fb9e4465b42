// Lines: cuts a stream of bytes into lines with bounded memory. A line that is too long is reported
// once and passed over. Confined to one stream.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace outlay::api {

inline constexpr std::size_t line_bytes_max = 64 * 1024;

struct Line {
    std::size_t number = 0;  // of the input, from 1; blank lines count but are not reported
    bool is_too_long = false;
    std::string text;  // without the line end
};

class Lines {
public:
    void feed(std::string_view piece) { buffer_ += piece; }
    // The next complete line that is not blank; empty: feed more.
    std::optional<Line> next();
    // After the last piece: the rest, if the input did not end with a line end.
    std::optional<Line> last();

private:
    std::optional<Line> finished(std::string text);
    std::string buffer_;
    std::size_t start_ = 0;     // of the current line in the buffer
    std::size_t searched_ = 0;  // no line end before this place
    std::size_t number_ = 0;
    bool is_passing_over_ = false;
};

}  // namespace outlay::api
