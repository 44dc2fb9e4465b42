// Reads the members of a JSON body field by field and collects every error with its pointer, so
// that one answer names all of them. Unknown members are errors. Confined to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "api/resources/call.hpp"
#include "domain/values/check.hpp"
#include "domain/values/dates.hpp"
#include "domain/values/money.hpp"
#include "domain/values/refusal.hpp"
#include "platform/json/value.hpp"

namespace outlay::api {

class BodyReader {
public:
    // `pointer` is where `object` stands in the body, "" for the root; anything but an object is an
    // error there. `errors` is shared with nested readers.
    BodyReader(const json::Value& object, std::string pointer,
               std::vector<domain::FieldError>& errors);

    // Each marks the member as known. Absent optional members give an empty value without an error;
    // absent required ones an error and an empty value; wrong types an error.
    std::optional<std::string> required_string(std::string_view name);
    std::optional<std::string> optional_string(std::string_view name);
    // Absent: outer empty. JSON null: inner empty.
    std::optional<std::optional<std::string>> nullable_string(std::string_view name);
    std::optional<bool> optional_boolean(std::string_view name);
    std::optional<std::int64_t> required_integer(std::string_view name);
    std::optional<std::int64_t> optional_integer(std::string_view name);
    std::optional<std::optional<std::int64_t>> nullable_integer(std::string_view name);
    std::optional<domain::Date> required_date(std::string_view name);
    std::optional<domain::Date> optional_date(std::string_view name);
    std::optional<domain::Currency> required_currency(std::string_view name);
    std::optional<domain::Currency> optional_currency(std::string_view name);
    std::optional<domain::Money> required_money(std::string_view name);  // {"amount","currency"}
    std::optional<domain::Money> optional_money(std::string_view name);
    std::optional<std::vector<std::string>> optional_strings(std::string_view name);
    std::optional<domain::TimeOfDay> required_time(std::string_view name);  // "HH:MM"
    // Absent: outer empty. JSON null: inner empty. Else what `read` gives of the nested object.
    template <typename Read>
    auto nullable_object(std::string_view name, Read read) {
        using Value = std::invoke_result_t<Read, BodyReader&>;
        std::optional<std::optional<Value>> found;
        const auto* const given = member(name);
        if (given == nullptr) return found;
        found.emplace();
        if (given->is_null()) return found;
        auto fields = nested(*given, pointer_of(name));
        found->emplace(read(fields));
        fields.finish();
        return found;
    }
    template <typename AnyId>
    std::optional<AnyId> optional_id(std::string_view name) {
        const auto text = optional_string(name);
        if (!text) return std::nullopt;
        const auto id = AnyId::parse(*text);
        if (!id) fail(name, "invalid_id", "Must be an id of this kind.");
        return id;
    }
    template <typename AnyId>
    std::optional<AnyId> required_id(std::string_view name) {
        const auto text = required_string(name);
        if (!text) return std::nullopt;
        const auto id = AnyId::parse(*text);
        if (!id) fail(name, "invalid_id", "Must be an id of this kind.");
        return id;
    }
    template <typename AnyId>
    std::optional<std::optional<AnyId>> nullable_id(std::string_view name) {
        const auto text = nullable_string(name);
        if (!text) return std::nullopt;
        if (!*text) return std::optional<AnyId>{};
        const auto id = AnyId::parse(**text);
        if (!id) fail(name, "invalid_id", "Must be an id of this kind.");
        return id ? std::optional<std::optional<AnyId>>(id) : std::nullopt;
    }
    // A reader of the object or list item `value` that stands at `pointer`, with the same errors.
    BodyReader nested(const json::Value& value, std::string pointer) {
        return {value, std::move(pointer), errors_};
    }
    // Where a member stands: for errors in nested objects and lists.
    std::string pointer_of(std::string_view name) const;
    // The raw member, marked as known, for nested objects and lists.
    const json::Value* member(std::string_view name);
    bool has(std::string_view name) const;

    void fail(std::string_view name, std::string code, std::string detail);
    void fail(std::vector<domain::FieldError> errors);  // found by the domain's own checks
    // Call last: every member that nobody asked for is an error.
    void finish();

private:
    const json::Value* typed(std::string_view name, json::Kind kind, bool required,
                             std::string_view words);
    std::optional<std::int64_t> integer_of(std::string_view name, bool required);
    std::optional<domain::Date> date_of(std::string_view name,
                                        const std::optional<std::string>& text);
    std::optional<domain::Currency> currency_of(std::string_view name,
                                                const std::optional<std::string>& code);
    std::optional<domain::Money> money_of(std::string_view name, bool required);

    const json::Value& object_;
    std::string pointer_;
    std::vector<domain::FieldError>& errors_;
    std::vector<std::string> known_;  // few and short: cheaper to walk than a tree
};

// What a body says: its fields, and its canonical form for the request's fingerprint.
template <typename Fields>
struct Body {
    Fields fields;
    std::string canonical;
};

// Parses the buffered body strictly and reads its fields with `read`, a function of a BodyReader
// that gives an std::optional, empty only after an error. 400 or 422 with every error.
template <typename Read>
auto read_body(const Call& call, Read read) {
    using Fields = typename std::invoke_result_t<Read, BodyReader&>::value_type;
    using Outcome = domain::Result<Body<Fields>, Problem>;
    const auto parsed = parse_body(call);
    if (!parsed.ok()) return Outcome(domain::Fail{parsed.error()});
    std::vector<domain::FieldError> errors;
    BodyReader reader(*parsed, "", errors);
    auto fields = read(reader);
    reader.finish();
    if (!errors.empty()) return Outcome(domain::Fail{invalid_body(std::move(errors))});
    CHECK(fields.has_value(), "a body without errors and without fields");
    return Outcome(Body<Fields>{std::move(*fields), json::canonical(*parsed)});
}

}  // namespace outlay::api
