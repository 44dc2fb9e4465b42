// A strictly parsed JSON document. Rejects what RFC 8259 and I-JSON (RFC 7493) leave open:
// duplicate names, a byte order mark, lone surrogates, trailing data, depth above 32, more than
// 1,000 members in an object. Numbers keep their text, so nothing is rounded before a field has
// judged it. Values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/values/result.hpp"

namespace outlay::json {

inline constexpr std::size_t depth_max = 32;
inline constexpr std::size_t members_max = 1000;

enum class Kind { null, boolean, number, string, array, object };

class Value {
public:
    using Member = std::pair<std::string, Value>;

    Kind kind() const noexcept { return kind_; }
    bool is_null() const noexcept { return kind_ == Kind::null; }
    bool boolean() const noexcept { return boolean_; }
    // The unescaped text of a string, or the literal text of a number.
    const std::string& text() const noexcept { return text_; }
    // Set if the number is a plain integer ("-0", "1.0" and "1e2" are not) that fits.
    std::optional<std::int64_t> integer() const noexcept;
    const std::vector<Value>& items() const noexcept { return items_; }       // array
    const std::vector<Member>& members() const noexcept { return members_; }  // object, as sent
    const Value* find(std::string_view name) const noexcept;                  // object
    // The exact bytes of this value inside the parsed text (valid while that text lives).
    std::string_view raw() const noexcept { return raw_; }

private:
    friend class ValueBuilder;
    Kind kind_ = Kind::null;
    bool boolean_ = false;
    std::string text_;
    std::vector<Value> items_;
    std::vector<Member> members_;
    std::string_view raw_;
};

struct ParseError {
    std::size_t byte_offset = 0;
    std::string detail;          // plain words, no library text
    bool is_unstorable = false;  // well-formed, but it holds U+0000, which no store keeps
};

domain::Result<Value, ParseError> parse(std::string_view text);

// RFC 8785 form, for fingerprints: members sorted, no white space, shortest escapes. Numbers keep
// their text: as doubles, two large integers could become one.
std::string canonical(const Value& value);

}  // namespace outlay::json
