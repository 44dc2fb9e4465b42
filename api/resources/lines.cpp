// LF ends a line, CR before it is dropped.
#include "api/resources/lines.hpp"

#include <algorithm>

namespace outlay::api {

std::optional<Line> Lines::finished(std::string text) {
    ++number_;
    if (is_passing_over_ || text.size() > line_bytes_max) {
        is_passing_over_ = false;
        return Line{number_, true, {}};
    }
    if (!text.empty() && text.back() == '\r') text.pop_back();
    if (text.find_first_not_of(" \t") == std::string::npos) return std::nullopt;
    return Line{number_, false, std::move(text)};
}

std::optional<Line> Lines::next() {
    for (;;) {
        const auto end = buffer_.find('\n', std::max(start_, searched_));
        if (end == std::string::npos) break;
        auto line = finished(buffer_.substr(start_, end - start_));
        start_ = end + 1;
        searched_ = start_;
        if (line) return line;
    }
    buffer_.erase(0, start_);
    start_ = 0;
    searched_ = buffer_.size();
    if (buffer_.size() > line_bytes_max) {
        is_passing_over_ = true;
        buffer_.clear();
        searched_ = 0;
    }
    return std::nullopt;
}

std::optional<Line> Lines::last() {
    if (buffer_.empty() && !is_passing_over_) return std::nullopt;
    auto line = finished(std::move(buffer_));
    buffer_.clear();
    return line;
}

}  // namespace outlay::api
