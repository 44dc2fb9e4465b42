// Appends JSON to a string: commas and escapes are its business, structure is the caller's. No
// allocation of its own. One writer per string; confined to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace outlay::json {

class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    Writer& begin_object();
    Writer& end_object();
    Writer& begin_array();
    Writer& end_array();
    Writer& key(std::string_view name);
    Writer& string(std::string_view text);  // UTF-8
    Writer& integer(std::int64_t value);
    Writer& boolean(bool value);
    Writer& null();
    Writer& raw(std::string_view json);  // already serialised

    // key and value in one go
    Writer& field(std::string_view name, std::string_view text) { return key(name).string(text); }
    Writer& field(std::string_view name, const char* text) { return key(name).string(text); }
    Writer& field(std::string_view name, const std::string& text) { return key(name).string(text); }
    Writer& field(std::string_view name, std::int64_t value) { return key(name).integer(value); }
    Writer& field(std::string_view name, bool value) { return key(name).boolean(value); }
    // An empty one is written as null.
    Writer& field(std::string_view name, const std::optional<std::string>& text) {
        return text ? field(name, *text) : key(name).null();
    }
    Writer& field(std::string_view name, std::span<const std::string> texts) {
        key(name).begin_array();
        for (const auto& text : texts) string(text);
        return end_array();
    }

private:
    void separate();
    std::string& out_;
    bool needs_comma_ = false;
};

void append_escaped(std::string& out, std::string_view text);  // with the quotes

}  // namespace outlay::json
