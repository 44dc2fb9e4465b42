// Whatever text the JSON reader takes has one canonical form that it takes again; what it refuses,
// it refuses at a byte of the text. Any UTF-8 text survives writing and reading.
#include <string>

#include "platform/json/utf8.hpp"
#include "platform/json/value.hpp"
#include "platform/json/writer.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/targets.hpp"

namespace outlay::fuzz {

namespace {

void check_integer(const json::Value& value) {
    const auto integer = value.integer();
    if (!integer) return;
    promise(value.kind() == json::Kind::number, "only numbers are integers");
    promise(std::to_string(*integer) == value.text(), "an integer is what its text says");
}

// raw() is the text of exactly this value.
void check_raw(const json::Value& value) {
    const auto again = json::parse(value.raw());
    promise(again.ok(), "the raw bytes of a value are JSON");
    promise(json::canonical(*again) == json::canonical(value), "raw bytes say the same value");
    promise(again->raw() == value.raw(), "raw bytes have no white space around them");
}

void check_tree(const json::Value& value) {
    check_integer(value);
    for (const json::Value& item : value.items()) check_tree(item);
    for (const auto& [name, member] : value.members()) {
        promise(value.find(name) == &member, "a member is found under its name");
        check_tree(member);
    }
}

void check_text(std::string_view input) {
    const bool is_utf8 = json::valid_utf8_bytes(input) == input.size();
    std::string written;
    json::append_escaped(written, input);
    const auto read = json::parse(written);
    const bool can_be_stored = input.find('\0') == std::string_view::npos;
    promise(read.ok() == (is_utf8 && can_be_stored), "UTF-8 without U+0000 can be written");
    if (read.ok()) promise(read->text() == input, "a written text is read as it was");
}

}  // namespace

void fuzz_json(std::string_view input) {
    check_text(input);
    const auto parsed = json::parse(input);
    if (!parsed.ok()) {
        promise(parsed.error().byte_offset <= input.size(), "an error is inside the text");
        promise(!parsed.error().detail.empty(), "an error says what is wrong");
        return;
    }
    check_raw(*parsed);
    for (const json::Value& item : parsed->items()) check_raw(item);
    for (const auto& [name, member] : parsed->members()) check_raw(member);
    check_tree(*parsed);
    const std::string canonical = json::canonical(*parsed);
    const auto again = json::parse(canonical);
    promise(again.ok(), "a canonical form is JSON");
    promise(json::canonical(*again) == canonical, "a canonical form is its own");
}

}  // namespace outlay::fuzz
