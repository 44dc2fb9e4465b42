// The stored form of values that several aggregates share: money, currencies, free text, words of
// enums.
#pragma once

#include <algorithm>
#include <string>

#include "domain/context.hpp"
#include "domain/values/money.hpp"
#include "domain/values/text.hpp"
#include "events/fields.hpp"

namespace outlay::events {

template <>
struct Stored<domain::Currency> {
    static void write(json::Writer& writer, const domain::Currency& value) {
        writer.string(value.code());
    }
    static std::optional<domain::Currency> read(const json::Value& stored, Trail&) {
        if (stored.kind() != json::Kind::string) return std::nullopt;
        return domain::Currency::parse(stored.text());
    }
};

template <>
struct Layout<domain::Money> {
    static constexpr auto fields = std::tuple(Field{"amount", &domain::Money::minor},
                                              Field{"currency", &domain::Money::currency});
    // Amounts that no decider lets through are not read back either: sums stay within 64 bits.
    static bool is_sound(const domain::Money& money) {
        return -domain::amount_minor_max <= money.minor && money.minor <= domain::amount_minor_max;
    }
};

template <>
struct Stored<domain::FreeText> {
    static void write(json::Writer& writer, const domain::FreeText& value) {
        writer.string(value.value);
    }
    static std::optional<domain::FreeText> read(const json::Value& stored, Trail&) {
        if (stored.kind() != json::Kind::string) return std::nullopt;
        return domain::FreeText{stored.text()};
    }
};

// The stored words of an enum: `Words<T>::table`, pairs of value and word.
template <typename T>
struct Words;

template <typename T>
    requires requires { Words<T>::table; }
struct Stored<T> {
    static void write(json::Writer& writer, T value) {
        const auto entry =
            std::ranges::find(Words<T>::table, value, [](const auto& row) { return row.first; });
        CHECK(entry != std::ranges::end(Words<T>::table), "an enum value without a stored word");
        writer.string(entry->second);
    }
    static std::optional<T> read(const json::Value& stored, Trail&) {
        if (stored.kind() != json::Kind::string) return std::nullopt;
        const auto entry = std::ranges::find(Words<T>::table, std::string_view(stored.text()),
                                             [](const auto& row) { return row.second; });
        if (entry == std::ranges::end(Words<T>::table)) return std::nullopt;
        return entry->first;
    }
};

template <>
struct Words<domain::Role> {
    static constexpr std::pair<domain::Role, std::string_view> table[] = {
        {domain::Role::viewer, "viewer"},
        {domain::Role::member, "member"},
        {domain::Role::admin, "admin"},
        {domain::Role::owner, "owner"},
    };
};

}  // namespace outlay::events
