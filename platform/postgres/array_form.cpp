// The binary form of arrays (array_recv of PostgreSQL's arrayfuncs.c): dimensions, whether there
// are NULLs, the oid of the elements, the number and the lower bound of the only dimension, then
// each element behind its length, all numbers most significant byte first.
#include "platform/postgres/array_form.hpp"

#include <chrono>
#include <cstddef>
#include <type_traits>

#include "domain/values/dates.hpp"
#include "platform/postgres/types.hpp"

namespace outlay::postgres {
namespace {

constexpr std::size_t has_null_at = 4;
constexpr std::size_t count_at = 12;
constexpr std::int32_t length_of_null = -1;
// Days and times are counted from 2000-01-01.
constexpr std::chrono::sys_days epoch{std::chrono::year{2000} / 1 / 1};

template <typename Number>
void store(char* to, Number number) {
    constexpr unsigned bits_of_byte = 8;
    auto left = static_cast<std::make_unsigned_t<Number>>(number);
    for (std::size_t at = sizeof(Number); at > 0; --at) {
        to[at - 1] = static_cast<char>(left & 0xFFU);
        if constexpr (sizeof(Number) > 1) left >>= bits_of_byte;
    }
}

}  // namespace

template <typename Number>
void ArrayForm::put(Number number) {
    char bytes[sizeof(Number)];
    store(bytes, number);
    bytes_.append(bytes, sizeof(Number));
}

template <typename Number>
void ArrayForm::put_element(Number number) {
    put(static_cast<std::int32_t>(sizeof(Number)));
    put(number);
}

void ArrayForm::clear() {
    bytes_.clear();
    count_ = 0;
    has_null_ = false;
    put(std::int32_t{1});
    put(std::int32_t{0});
    put(static_cast<std::int32_t>(form_of(type_).oid));
    put(std::int32_t{0});
    put(std::int32_t{1});
}

const std::string& ArrayForm::close() {
    store(bytes_.data() + has_null_at, std::int32_t{has_null_ ? 1 : 0});
    store(bytes_.data() + count_at, count_);
    return bytes_;
}

bool ArrayForm::add(const sql::Value& value) {
    ++count_;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return add_integer(*integer);
    if (const auto* text = std::get_if<std::string>(&value)) return add_text(*text);
    has_null_ = true;
    put(length_of_null);
    return true;
}

bool ArrayForm::add_integer(std::int64_t value) {
    if (type_ == sql::Type::boolean) {
        put_element(static_cast<std::int8_t>(value != 0 ? 1 : 0));
        return true;
    }
    if (type_ != sql::Type::integer) return false;
    put_element(value);
    return true;
}

bool ArrayForm::add_text(const std::string& text) {
    switch (type_) {
        case sql::Type::text:
            if (text.find('\0') != std::string::npos) return false;
            [[fallthrough]];
        case sql::Type::bytes:
            put(static_cast<std::int32_t>(text.size()));
            bytes_ += text;
            return true;
        case sql::Type::uuid: {
            const auto uuid = domain::Uuid::parse(text);
            if (!uuid) return false;
            put(static_cast<std::int32_t>(uuid->bytes.size()));
            for (const auto byte : uuid->bytes) bytes_.push_back(static_cast<char>(byte));
            return true;
        }
        case sql::Type::date: {
            const auto day = domain::Date::parse(text);
            if (!day) return false;
            put_element(static_cast<std::int32_t>((day->days() - epoch).count()));
            return true;
        }
        case sql::Type::timestamp: {
            const auto at = domain::Instant::parse(text);
            if (!at) return false;
            constexpr std::chrono::microseconds to_epoch = epoch.time_since_epoch();
            put_element(at->micros - to_epoch.count());
            return true;
        }
        case sql::Type::integer:
        case sql::Type::boolean:
            return false;
    }
    CHECK(false, "a type that does not exist");
    return false;
}

}  // namespace outlay::postgres
