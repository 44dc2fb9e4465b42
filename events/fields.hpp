// How values are stored inside events. A struct lists its members once, in a Layout; from that list
// both directions follow, so that what is written and what is read cannot drift apart. Used by the
// *_codec.cpp files. Any thread.
//
// Rules of the stored form: an optional member without a value and an empty list are left out;
// unknown members are ignored, because fields are only ever added; everything else must be there
// and of its type.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "domain/values/ids.hpp"
#include "platform/json/value.hpp"
#include "platform/json/writer.hpp"

namespace outlay::events {

// Where reading failed, as a path of member names ("amount/currency"); filled from the inside out.
class Trail {
public:
    void enter(std::string_view name) {
        path_ = path_.empty() ? std::string(name) : std::string(name) + "/" + path_;
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

// The stored form of one type: write(writer, value), and read(json, trail), which is empty for
// another type.
template <typename T>
struct Stored;

// The members of a struct in the order of their declaration: `fields`, a tuple of Field. An
// optional `is_sound(const T&)` refuses what the members allow and the type does not.
template <typename T>
struct Layout;

template <typename Owner, typename Value>
struct Field {
    using Type = Value;
    std::string_view name;
    Value Owner::* member;
};

template <typename T>
struct LeftOutWhenEmpty : std::false_type {};
template <typename T>
struct LeftOutWhenEmpty<std::optional<T>> : std::true_type {
    static bool is_empty(const std::optional<T>& value) { return !value; }
};
template <typename T>
struct LeftOutWhenEmpty<std::vector<T>> : std::true_type {
    static bool is_empty(const std::vector<T>& value) { return value.empty(); }
};

template <typename Owner, typename Value>
void write_field(json::Writer& writer, const Owner& owner, const Field<Owner, Value>& field) {
    const Value& value = owner.*(field.member);
    if constexpr (LeftOutWhenEmpty<Value>::value) {
        if (LeftOutWhenEmpty<Value>::is_empty(value)) return;
    }
    writer.key(field.name);
    Stored<Value>::write(writer, value);
}

template <typename Owner, typename Value>
std::optional<Value> read_field(const json::Value& object, const Field<Owner, Value>& field,
                                Trail& trail) {
    const json::Value* const stored = object.find(field.name);
    std::optional<Value> value;
    if (stored == nullptr) {
        if constexpr (LeftOutWhenEmpty<Value>::value) value.emplace();
    } else if (!(LeftOutWhenEmpty<Value>::value && stored->is_null())) {
        value = Stored<Value>::read(*stored, trail);
    }
    if (!value) trail.enter(field.name);
    return value;
}

template <typename T>
void write_object(json::Writer& writer, const T& value) {
    writer.begin_object();
    std::apply([&](const auto&... field) { (write_field(writer, value, field), ...); },
               Layout<T>::fields);
    writer.end_object();
}

template <typename T, typename... Fields, std::size_t... Index>
std::optional<T> read_members(const json::Value& object, Trail& trail,
                              const std::tuple<Fields...>& fields, std::index_sequence<Index...>) {
    std::tuple<std::optional<typename Fields::Type>...> parts;
    // Unused for a struct without members.
    [[maybe_unused]] const auto read_part = [&](auto& part, const auto& field) {
        part = read_field(object, field, trail);
        return part.has_value();
    };
    const bool complete = (read_part(std::get<Index>(parts), std::get<Index>(fields)) && ...);
    if (!complete) return std::nullopt;
    return T{std::move(*std::get<Index>(parts))...};
}

template <typename T>
std::optional<T> read_object(const json::Value& stored, Trail& trail) {
    constexpr auto count = std::tuple_size_v<std::remove_cvref_t<decltype(Layout<T>::fields)>>;
    if (stored.kind() != json::Kind::object) return std::nullopt;
    auto value =
        read_members<T>(stored, trail, Layout<T>::fields, std::make_index_sequence<count>{});
    if constexpr (requires(const T& read) { Layout<T>::is_sound(read); }) {
        if (value && !Layout<T>::is_sound(*value)) return std::nullopt;
    }
    return value;
}

template <typename T>
    requires requires { Layout<T>::fields; }
struct Stored<T> {
    static void write(json::Writer& writer, const T& value) { write_object(writer, value); }
    static std::optional<T> read(const json::Value& stored, Trail& trail) {
        return read_object<T>(stored, trail);
    }
};

template <>
struct Stored<std::string> {
    static void write(json::Writer& writer, const std::string& value) { writer.string(value); }
    static std::optional<std::string> read(const json::Value& stored, Trail&) {
        if (stored.kind() != json::Kind::string) return std::nullopt;
        return stored.text();
    }
};

template <>
struct Stored<bool> {
    static void write(json::Writer& writer, bool value) { writer.boolean(value); }
    static std::optional<bool> read(const json::Value& stored, Trail&) {
        return stored.kind() == json::Kind::boolean ? std::optional(stored.boolean())
                                                    : std::nullopt;
    }
};

template <std::signed_integral T>
struct Stored<T> {
    static void write(json::Writer& writer, T value) { writer.integer(value); }
    static std::optional<T> read(const json::Value& stored, Trail&) {
        const auto value = stored.integer();
        return value && std::in_range<T>(*value) ? std::optional<T>(static_cast<T>(*value))
                                                 : std::nullopt;
    }
};

// What has a text form with a strict reader of its own.
template <typename T>
concept Parsed = requires(const T& value) {
    { value.text() } -> std::same_as<std::string>;
    { T::parse(std::string_view{}) } -> std::same_as<std::optional<T>>;
};
template <Parsed T>
struct Stored<T> {
    static void write(json::Writer& writer, const T& value) { writer.string(value.text()); }
    static std::optional<T> read(const json::Value& stored, Trail&) {
        return stored.kind() == json::Kind::string ? T::parse(stored.text()) : std::nullopt;
    }
};

// Null for no value: only where a change names a value that was or is not there. As a member it is
// left out instead.
template <typename T>
struct Stored<std::optional<T>> {
    static void write(json::Writer& writer, const std::optional<T>& value) {
        if (value) {
            Stored<T>::write(writer, *value);
        } else {
            writer.null();
        }
    }
    static std::optional<std::optional<T>> read(const json::Value& stored, Trail& trail) {
        using Read = std::optional<std::optional<T>>;
        if (stored.is_null()) return Read(std::in_place);
        auto value = Stored<T>::read(stored, trail);
        return value ? Read(std::in_place, std::move(value)) : Read();
    }
};

template <typename T>
struct Stored<std::vector<T>> {
    static void write(json::Writer& writer, const std::vector<T>& values) {
        writer.begin_array();
        for (const T& value : values) Stored<T>::write(writer, value);
        writer.end_array();
    }
    static std::optional<std::vector<T>> read(const json::Value& stored, Trail& trail) {
        if (stored.kind() != json::Kind::array) return std::nullopt;
        std::vector<T> values;
        values.reserve(stored.items().size());
        for (const json::Value& item : stored.items()) {
            auto value = Stored<T>::read(item, trail);
            if (!value) {
                trail.enter(std::to_string(values.size()));
                return std::nullopt;
            }
            values.push_back(std::move(*value));
        }
        return values;
    }
};

}  // namespace outlay::events
