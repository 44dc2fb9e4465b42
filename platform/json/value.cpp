// Questions to a parsed value.
#include "platform/json/value.hpp"

#include <charconv>

namespace outlay::json {

std::optional<std::int64_t> Value::integer() const noexcept {
    if (kind_ != Kind::number || text_ == "-0") return std::nullopt;
    std::int64_t value = 0;
    const char* const end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data(), end, value);
    const bool whole = error == std::errc{} && stop == end;
    return whole ? std::optional<std::int64_t>(value) : std::nullopt;
}

const Value* Value::find(std::string_view name) const noexcept {
    for (const Member& member : members_) {
        if (member.first == name) return &member.second;
    }
    return nullptr;
}

}  // namespace outlay::json
