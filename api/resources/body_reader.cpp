// Typed access to the members of a JSON object. Errors are collected, never thrown away, and never
// repeat what was sent.
#include "api/resources/body_reader.hpp"

#include <algorithm>
#include <iterator>

#include "domain/values/check.hpp"

namespace outlay::api {

namespace {

// A member name as a token of a JSON pointer (RFC 6901).
std::string token_of(std::string_view name) {
    std::string token;
    for (const char octet : name) {
        if (octet == '~')
            token += "~0";
        else if (octet == '/')
            token += "~1";
        else
            token += octet;
    }
    return token;
}

std::string_view article_and_name(json::Kind kind) {
    switch (kind) {
        case json::Kind::null:
            return "null";
        case json::Kind::boolean:
            return "a boolean";
        case json::Kind::number:
            return "a number";
        case json::Kind::string:
            return "a string";
        case json::Kind::array:
            return "an array";
        case json::Kind::object:
            return "an object";
    }
    CHECK(false, "a JSON kind outside its enumeration");
    return {};
}

}  // namespace

BodyReader::BodyReader(const json::Value& object, std::string pointer,
                       std::vector<domain::FieldError>& errors)
    : object_(object), pointer_(std::move(pointer)), errors_(errors) {
    if (object.kind() != json::Kind::object) {
        errors_.push_back({pointer_, "wrong_type", "Must be an object."});
    }
}

const json::Value* BodyReader::member(std::string_view name) {
    known_.emplace_back(name);
    return object_.kind() == json::Kind::object ? object_.find(name) : nullptr;
}

bool BodyReader::has(std::string_view name) const {
    return object_.kind() == json::Kind::object && object_.find(name) != nullptr;
}

std::string BodyReader::pointer_of(std::string_view name) const {
    return pointer_ + "/" + token_of(name);
}

void BodyReader::fail(std::string_view name, std::string code, std::string detail) {
    errors_.push_back({pointer_of(name), std::move(code), std::move(detail)});
}

void BodyReader::fail(std::vector<domain::FieldError> errors) {
    std::ranges::move(errors, std::back_inserter(errors_));
}

void BodyReader::finish() {
    if (object_.kind() != json::Kind::object) return;
    for (const auto& [name, value] : object_.members()) {
        if (std::ranges::find(known_, name) == known_.end())
            fail(name, "unknown_member", "There is no such member here.");
    }
}

const json::Value* BodyReader::typed(std::string_view name, json::Kind kind, bool required,
                                     std::string_view words) {
    const json::Value* const value = member(name);
    if (value == nullptr) {
        // Of something that is no object, one error is enough.
        const bool is_missing = required && object_.kind() == json::Kind::object;
        if (is_missing) fail(name, "required", "Is required.");
        return nullptr;
    }
    if (value->kind() == kind) return value;
    fail(name, "wrong_type",
         "Must be " + std::string(words) + ", not " + std::string(article_and_name(value->kind())) +
             ".");
    return nullptr;
}

std::optional<std::string> BodyReader::required_string(std::string_view name) {
    const auto* const value = typed(name, json::Kind::string, true, "a string");
    return value == nullptr ? std::nullopt : std::optional(value->text());
}

std::optional<std::string> BodyReader::optional_string(std::string_view name) {
    const auto* const value = typed(name, json::Kind::string, false, "a string");
    return value == nullptr ? std::nullopt : std::optional(value->text());
}

std::optional<bool> BodyReader::optional_boolean(std::string_view name) {
    const auto* const value = typed(name, json::Kind::boolean, false, "true or false");
    return value == nullptr ? std::nullopt : std::optional(value->boolean());
}

std::optional<std::optional<std::string>> BodyReader::nullable_string(std::string_view name) {
    const json::Value* const value = member(name);
    if (value != nullptr && value->is_null()) return std::optional<std::string>{};
    const auto text = typed(name, json::Kind::string, false, "a string or null");
    if (text == nullptr) return std::nullopt;
    return std::optional<std::string>(text->text());
}

std::optional<std::int64_t> BodyReader::integer_of(std::string_view name, bool required) {
    const auto* const value = typed(name, json::Kind::number, required, "an integer");
    if (value == nullptr) return std::nullopt;
    const auto integer = value->integer();
    if (!integer)
        fail(name, "not_an_integer", "Must be a plain integer of at most 64 bits, such as 1250.");
    return integer;
}

std::optional<std::int64_t> BodyReader::required_integer(std::string_view name) {
    return integer_of(name, true);
}
std::optional<std::int64_t> BodyReader::optional_integer(std::string_view name) {
    return integer_of(name, false);
}

std::optional<std::optional<std::int64_t>> BodyReader::nullable_integer(std::string_view name) {
    const json::Value* const value = member(name);
    if (value != nullptr && value->is_null()) return std::optional<std::int64_t>{};
    const auto number = integer_of(name, false);
    return number ? std::optional(number) : std::nullopt;
}

std::optional<domain::Date> BodyReader::date_of(std::string_view name,
                                                const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    const auto date = domain::Date::parse(*text);
    if (!date)
        fail(name, "invalid_date", "Must be a calendar day such as 2026-11-20, from 1900 to 9999.");
    return date;
}

std::optional<domain::Date> BodyReader::required_date(std::string_view name) {
    return date_of(name, required_string(name));
}

std::optional<domain::Date> BodyReader::optional_date(std::string_view name) {
    return date_of(name, optional_string(name));
}

std::optional<domain::Currency> BodyReader::currency_of(std::string_view name,
                                                        const std::optional<std::string>& code) {
    if (!code) return std::nullopt;
    const auto currency = domain::Currency::parse(*code);
    if (!currency)
        fail(name, "unknown_currency",
             "Must be a currency of ISO 4217 in upper case, such as EUR.");
    return currency;
}

std::optional<domain::TimeOfDay> BodyReader::required_time(std::string_view name) {
    const auto text = required_string(name);
    if (!text) return std::nullopt;
    const auto time = domain::TimeOfDay::parse(*text);
    if (!time) fail(name, "malformed", "Must be a time such as 08:00.");
    return time;
}

std::optional<domain::Currency> BodyReader::required_currency(std::string_view name) {
    return currency_of(name, required_string(name));
}

std::optional<domain::Currency> BodyReader::optional_currency(std::string_view name) {
    return currency_of(name, optional_string(name));
}

std::optional<domain::Money> BodyReader::money_of(std::string_view name, bool required) {
    const auto* const value =
        typed(name, json::Kind::object, required, "an object with amount and currency");
    if (value == nullptr) return std::nullopt;
    BodyReader money(*value, pointer_of(name), errors_);
    const auto amount = money.required_integer("amount");
    const auto currency = money.required_currency("currency");
    money.finish();
    if (!amount || !currency) return std::nullopt;
    return domain::Money{*amount, *currency};
}

std::optional<domain::Money> BodyReader::required_money(std::string_view name) {
    return money_of(name, true);
}
std::optional<domain::Money> BodyReader::optional_money(std::string_view name) {
    return money_of(name, false);
}

std::optional<std::vector<std::string>> BodyReader::optional_strings(std::string_view name) {
    const auto* const value = typed(name, json::Kind::array, false, "an array of strings");
    if (value == nullptr) return std::nullopt;
    std::vector<std::string> texts;
    bool is_sound = true;
    for (std::size_t i = 0; i < value->items().size(); ++i) {
        const auto& entry = value->items()[i];
        if (entry.kind() == json::Kind::string) {
            texts.push_back(entry.text());
            continue;
        }
        is_sound = false;
        errors_.push_back(
            {pointer_of(name) + "/" + std::to_string(i), "wrong_type", "Must be a string."});
    }
    return is_sound ? std::optional(std::move(texts)) : std::nullopt;
}

}  // namespace outlay::api
