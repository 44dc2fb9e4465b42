// The field rules that more than one aggregate has.
#include "domain/values/field_check.hpp"

namespace outlay::domain {

void FieldCheck::require(bool holds, std::string_view pointer, std::string_view code,
                         std::string_view detail) {
    if (holds) return;
    errors_.push_back({std::string(pointer), std::string(code), std::string(detail)});
}

void FieldCheck::text(std::string_view pointer, std::string_view value, const TextRule& rule) {
    require(!is_blank(value), pointer, "blank", "Must not be empty or only spaces.");
    if (code_points(value) > rule.chars_max) {
        require(false, pointer, "too_long",
                "Must have at most " + std::to_string(rule.chars_max) + " characters.");
    }
    require(is_printable(value, rule.multiline), pointer, "not_printable",
            rule.multiline ? "Must not contain control characters except line feed and tab."
                           : "Must not contain control characters.");
}

void FieldCheck::tag(std::string_view pointer, std::string_view value) {
    text(pointer, value, tag_text);
    require(value.find(',') == std::string_view::npos, pointer, "comma",
            "Must not contain a comma.");
}

void FieldCheck::amount(std::string_view pointer, std::int64_t minor, const AmountRange& range) {
    if (range.least <= minor && minor <= range.most) return;
    require(false, pointer, "out_of_range",
            "Must be from " + std::to_string(range.least) + " to " + std::to_string(range.most) +
                " minor units.");
}

void FieldCheck::day(std::string_view pointer, Date day) {
    require(day.is_nameable(), pointer, "out_of_range", "Must be a day of the years 1900 to 9999.");
}

Objection FieldCheck::objection() && {
    if (errors_.empty()) return std::nullopt;
    std::string detail = errors_.size() == 1
                             ? errors_.front().detail
                             : std::to_string(errors_.size()) + " field rules are broken.";
    return Refusal{RefusalCode::invalid, std::move(detail), std::move(errors_)};
}

std::string entry_pointer(std::string_view list, std::size_t index) {
    return std::string(list) + "/" + std::to_string(index);
}

}  // namespace outlay::domain
