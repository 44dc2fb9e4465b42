// The canonical form: RFC 8785, except that numbers keep their text (see value.hpp).
#include <algorithm>
#include <cstdint>

#include "platform/json/value.hpp"
#include "platform/json/writer.hpp"

namespace outlay::json {

namespace {

// Ranks lead bytes as UTF-16 does: code points above U+FFFF (F0 to F4) come before U+E000 to U+FFFF
// (EE and EF).
std::uint8_t utf16_rank(char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0xF0U) return static_cast<std::uint8_t>(byte - 2U);
    return byte >= 0xEEU ? static_cast<std::uint8_t>(byte + 5U) : byte;
}

bool comes_before(const Value::Member* left, const Value::Member* right) {
    return std::ranges::lexicographical_compare(left->first, right->first, {}, utf16_rank,
                                                utf16_rank);
}

void append(Writer& writer, const Value& value);

void append_object(Writer& writer, const Value& value) {
    std::vector<const Value::Member*> members;
    members.reserve(value.members().size());
    for (const Value::Member& member : value.members()) members.push_back(&member);
    std::ranges::sort(members, comes_before);
    writer.begin_object();
    for (const Value::Member* member : members) {
        writer.key(member->first);
        append(writer, member->second);
    }
    writer.end_object();
}

void append(Writer& writer, const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            writer.null();
            return;
        case Kind::boolean:
            writer.boolean(value.boolean());
            return;
        case Kind::number:
            writer.raw(value.text());
            return;
        case Kind::string:
            writer.string(value.text());
            return;
        case Kind::object:
            append_object(writer, value);
            return;
        case Kind::array:
            break;
    }
    writer.begin_array();
    for (const Value& item : value.items()) append(writer, item);
    writer.end_array();
}

}  // namespace

std::string canonical(const Value& value) {
    std::string out;
    out.reserve(value.raw().size());
    Writer writer(out);
    append(writer, value);
    return out;
}

}  // namespace outlay::json
