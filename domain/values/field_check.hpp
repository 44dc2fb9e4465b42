// FieldCheck: the field rules of one command. It collects every broken rule, so that a person sees
// all faults of a request at once. Deciders use it; pointers are those of the HTTP bodies. Confined
// to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/values/dates.hpp"
#include "domain/values/refusal.hpp"
#include "domain/values/text.hpp"

namespace outlay::domain {

// Text of a field: printable, not blank, at most so many code points.
struct TextRule {
    std::size_t chars_max = 0;
    bool multiline = false;  // line feed and tab allowed
};
inline constexpr TextRule name_text{name_chars_max};
inline constexpr TextRule merchant_text{merchant_chars_max};
inline constexpr TextRule tag_text{tag_chars_max};  // see also FieldCheck::tag
inline constexpr TextRule note_text{note_chars_max, true};

struct AmountRange {  // inclusive, in minor units
    std::int64_t least = 1;
    std::int64_t most = 0;
};

class FieldCheck {
public:
    void require(bool holds, std::string_view pointer, std::string_view code,
                 std::string_view detail);
    void text(std::string_view pointer, std::string_view value, const TextRule& rule);
    // A tag has no comma, because lists of tags are written with commas.
    void tag(std::string_view pointer, std::string_view value);
    void amount(std::string_view pointer, std::int64_t minor, const AmountRange& range);
    void day(std::string_view pointer, Date day);
    // Empty if every rule held.
    Objection objection() &&;

private:
    std::vector<FieldError> errors_;
};

// The pointer to entry `index` of the list at `list`: "/tags/3".
std::string entry_pointer(std::string_view list, std::size_t index);

}  // namespace outlay::domain
