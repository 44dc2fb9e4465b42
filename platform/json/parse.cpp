// The strict parser. simdjson finds the tokens, checks UTF-8 and walks the structure; what it
// leaves open (literals that nobody reads, duplicates, depth, data after the end) is judged here
// while values are built.
//
// The text is parsed as the only element of an array, so that a root of any kind, and a text that
// ends too early, go the same way as everything nested. The wrapper's brackets lie outside the
// text: no position ever points at them.
#include <simdjson.h>

#include <algorithm>
#include <numeric>

#include "platform/json/literal.hpp"
#include "platform/json/utf8.hpp"
#include "platform/json/value.hpp"

namespace outlay::json {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr const char* ends_early = "the text ends too early";
// Above it, names are compared by sorting them instead of pair by pair.
constexpr std::size_t pairwise_members_max = 16;

bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

std::size_t skip_space(std::string_view text, std::size_t position) {
    while (position < text.size() && is_space(text[position])) ++position;
    return position;
}

std::string_view without_trailing_space(std::string_view token) {
    while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
    return token;
}

// The first raw control character inside a string.
std::size_t raw_control_in_string(std::string_view text) {
    bool inside = false;
    bool escaped = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"' && !escaped) inside = !inside;
        if (inside && static_cast<unsigned char>(text[i]) < 0x20U) return i;
        escaped = text[i] == '\\' && !escaped;
    }
    return text.size();
}

// What simdjson says about the text as a whole, before any value is read.
ParseError token_fault(std::string_view text, simdjson::error_code code) {
    if (code == simdjson::UTF8_ERROR) return {valid_utf8_bytes(text), "the text is not UTF-8 here"};
    if (code == simdjson::UNCLOSED_STRING) return {text.size(), "the text ends inside a string"};
    if (code == simdjson::UNESCAPED_CHARS) {
        return {raw_control_in_string(text), "a control character inside a string must be escaped"};
    }
    return {0, "the text is too large"};
}

}  // namespace

// Builds one document. `padded` is the text as simdjson sees it: padded[1] is text[0]. The first
// fault ends it.
class ValueBuilder {
public:
    ValueBuilder(std::string_view text, const char* padded) : text_(text), padded_(padded) {}

    bool build_root(ondemand::value source, Value& out) {
        if (!build(source, 0, out)) return false;
        const std::size_t end = skip_space(text_, end_of(out));
        return end == text_.size() || fail(end, "there is more text after the value");
    }
    ParseError take_error() { return std::move(error_); }

private:
    struct Container {
        std::size_t start;   // of the opening bracket
        std::size_t cursor;  // after the last thing that was read inside it
        bool is_empty = true;
    };

    bool build(ondemand::value source, std::size_t depth, Value& out) {
        const std::string_view token = source.raw_json_token();
        const std::size_t start = offset_of(&token.front());
        if (start >= text_.size()) return fail(text_.size(), ends_early);
        switch (token.front()) {
            case '{':
                return enter(start, depth) && build_object(source, start, depth, out);
            case '[':
                return enter(start, depth) && build_array(source, start, depth, out);
            case '"':
                return build_string(source, start, out);
            default:
                return build_scalar(start, without_trailing_space(token), out);
        }
    }

    bool enter(std::size_t start, std::size_t depth) {
        return depth < depth_max || fail(start, "more than 32 levels of nesting");
    }

    bool build_object(ondemand::value& source, std::size_t start, std::size_t depth, Value& out) {
        out.kind_ = Kind::object;
        Container container{start, start + 1};
        ondemand::object object;
        if (source.get_object().get(object) != simdjson::SUCCESS)
            return fail_inside(out, container);
        for (auto entry : object) {
            ondemand::field field;
            if (std::move(entry).get(field) != simdjson::SUCCESS)
                return fail_inside(out, container);
            if (!build_member(field, depth, out)) return false;
            container.cursor = end_of(out.members_.back().second);
            container.is_empty = false;
        }
        return close(container, '}', out) && check_names(out);
    }

    bool build_member(ondemand::field& field, std::size_t depth, Value& object) {
        const std::size_t start = offset_of(field.key().raw()) - 1;
        if (object.members_.size() == members_max) {
            return fail(start, "more than 1,000 members in one object");
        }
        // Most bodies have fewer; more would leave the allocator's fast path (1 KiB).
        if (object.members_.empty()) object.members_.reserve(6);
        Value::Member& member = object.members_.emplace_back();
        return take_string(start, member.first).has_value() &&
               build(field.value(), depth + 1, member.second);
    }

    bool build_array(ondemand::value& source, std::size_t start, std::size_t depth, Value& out) {
        out.kind_ = Kind::array;
        Container container{start, start + 1};
        ondemand::array array;
        if (source.get_array().get(array) != simdjson::SUCCESS) return fail_inside(out, container);
        for (auto entry : array) {
            ondemand::value element;
            if (std::move(entry).get(element) != simdjson::SUCCESS)
                return fail_inside(out, container);
            if (!build(element, depth + 1, out.items_.emplace_back())) return false;
            container.cursor = end_of(out.items_.back());
            container.is_empty = false;
        }
        return close(container, ']', out);
    }

    bool build_string(ondemand::value& source, std::size_t start, Value& out) {
        out.kind_ = Kind::string;
        // Moves simdjson past the token; an unread string would be taken for a name if a colon
        // follows.
        if (source.get_raw_json_string().error() != simdjson::SUCCESS)
            return fail(start, "not a string");
        const auto end = take_string(start, out.text_);
        if (!end) return false;
        out.raw_ = text_.substr(start, *end - start);
        return true;
    }

    bool build_scalar(std::size_t start, std::string_view token, Value& out) {
        out.raw_ = text_.substr(start, token.size());
        if (token == "null") return true;
        if (token == "true" || token == "false") {
            out.kind_ = Kind::boolean;
            out.boolean_ = token == "true";
            return true;
        }
        if (!is_number(out.raw_)) return fail(start, "a value is expected here");
        out.kind_ = Kind::number;
        out.text_ = out.raw_;
        return true;
    }

    // Notes where a container ends. Its last bracket may be the wrapper's: then the text ended too
    // early.
    bool close(const Container& container, char bracket, Value& out) {
        const std::size_t end = skip_space(text_, container.cursor);
        if (end == text_.size()) return fail(end, ends_early);
        if (text_[end] != bracket)
            return fail(end, "a comma or a closing bracket is expected here");
        out.raw_ = text_.substr(container.start, end + 1 - container.start);
        return true;
    }

    // No two members of an object may share a name: readers differ in which of them they take (RFC
    // 8259 section 4).
    bool check_names(const Value& object) {
        const std::vector<Value::Member>& members = object.members_;
        if (members.size() > pairwise_members_max) return check_many_names(object);
        for (std::size_t i = 1; i < members.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (members[i].first == members[j].first) return fail_duplicate(object, i);
            }
        }
        return true;
    }

    bool check_many_names(const Value& object) {
        const std::vector<Value::Member>& members = object.members_;
        std::vector<std::size_t> order(members.size());
        std::iota(order.begin(), order.end(), 0U);
        const auto name = [&members](std::size_t index) -> const std::string& {
            return members[index].first;
        };
        std::ranges::stable_sort(order, {}, name);
        const auto twin = std::ranges::adjacent_find(order, {}, name);
        return twin == order.end() || fail_duplicate(object, *std::next(twin));
    }

    bool fail_duplicate(const Value& object, std::size_t index) {
        const std::size_t comma = skip_space(text_, end_of(object.members_[index - 1].second));
        return fail(skip_space(text_, comma + 1), "a member of this name was there before");
    }

    // simdjson does not say where the structure broke: looks at what comes after the cursor.
    bool fail_inside(const Value& out, const Container& container) {
        std::size_t position = skip_space(text_, container.cursor);
        if (!container.is_empty) {
            if (!is_at(position, ','))
                return fail_at(position, "a comma or a closing bracket is expected here");
            position = skip_space(text_, position + 1);
        }
        if (out.kind_ == Kind::object) {
            if (!is_at(position, '"'))
                return fail_at(position, "a member name in quotes is expected here");
            std::string name;
            const auto end = take_string(position, name);
            if (!end) return false;
            position = skip_space(text_, *end);
            if (!is_at(position, ':')) return fail_at(position, "a colon is expected here");
            position = skip_space(text_, position + 1);
        }
        return fail_at(position, "a value is expected here");
    }

    std::optional<std::size_t> take_string(std::size_t start, std::string& out) {
        auto end = read_string(text_, start, out);
        if (end.ok()) return end.value();
        error_ = std::move(end).error();
        return std::nullopt;
    }

    bool is_at(std::size_t position, char c) const {
        return position < text_.size() && text_[position] == c;
    }
    std::size_t offset_of(const char* place) const {
        return static_cast<std::size_t>(place - padded_) - 1;
    }
    std::size_t end_of(const Value& value) const {
        return static_cast<std::size_t>(value.raw_.data() - text_.data()) + value.raw_.size();
    }

    bool fail(std::size_t position, const char* detail) {
        error_ = {position, detail};
        return false;
    }
    bool fail_at(std::size_t position, const char* detail) {
        return fail(position, position == text_.size() ? ends_early : detail);
    }

    std::string_view text_;
    const char* padded_;
    ParseError error_;
};

namespace {

// What is kept from one text to the next.
struct Scratch {
    ondemand::parser parser;
    std::string padded;
};
// Larger texts get a scratch of their own, so that no thread keeps much memory for one big body.
constexpr std::size_t kept_bytes_max = std::size_t{256} * 1024;

domain::Result<Value, ParseError> parse_with(Scratch& scratch, std::string_view text) {
    std::string& padded = scratch.padded;
    padded.clear();
    padded.reserve(text.size() + 2 + simdjson::SIMDJSON_PADDING);
    padded.append(1, '[').append(text).append(1, ']').append(simdjson::SIMDJSON_PADDING, '\0');

    ondemand::document document;
    ondemand::array wrapper;
    auto code = scratch.parser.iterate(padded.data(), text.size() + 2, padded.size()).get(document);
    if (code == simdjson::SUCCESS) code = document.get_array().get(wrapper);
    if (code != simdjson::SUCCESS) return domain::Fail{token_fault(text, code)};

    for (auto entry : wrapper) {
        ondemand::value root;
        if (std::move(entry).get(root) != simdjson::SUCCESS) break;
        ValueBuilder builder(text, padded.data());
        Value value;
        if (!builder.build_root(root, value)) return domain::Fail{builder.take_error()};
        return value;
    }
    const std::size_t start = skip_space(text, 0);
    return domain::Fail{
        ParseError{start, start == text.size() ? "the text is empty" : "a value is expected here"}};
}

}  // namespace

domain::Result<Value, ParseError> parse(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {
        return domain::Fail{ParseError{0, "the text starts with a byte order mark"}};
    }
    if (text.size() > kept_bytes_max) {
        Scratch once;
        return parse_with(once, text);
    }
    static thread_local Scratch kept;
    return parse_with(kept, text);
}

}  // namespace outlay::json
