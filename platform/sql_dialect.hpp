// What the adapters of the store port share: the translation of portable SQL text (table names,
// parameters), the clause that ends a bulk write, and the distinct keys of a look-up. Values;
// Translations are confined to one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "platform/sql.hpp"

namespace outlay::sql {

// How one database writes what portable text says.
struct Dialect {
    std::string read;   // stands for "read."
    std::string fixed;  // stands for "outlay."
    char parameter;     // stands for the '$' of "$1"
    // Whether rows can be locked one by one; where one writer is alone, the clause falls away.
    bool locks_rows = true;
};

// Copies SQL text, replacing the table prefixes and parameter signs of whole tokens, but nothing
// within '...' or
// "..." or comments. Function bodies between $$ are translated too. E'...' with backslashes is not
// understood.
class Translator {
public:
    Translator(std::string_view text, const Dialect& dialect) : text_(text), dialect_(dialect) {}

    std::string run() {
        out_.reserve(text_.size() + 64);
        while (at_ < text_.size()) step();
        return std::move(out_);
    }

private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    static bool is_word(char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               static_cast<unsigned char>(c) >= 0x80;
    }
    char ahead(std::size_t count) const {
        return at_ + count < text_.size() ? text_[at_ + count] : '\0';
    }
    void copy_to(std::size_t end) {
        const std::size_t stop = std::min(end, text_.size());
        out_.append(text_.substr(at_, stop - at_));
        at_ = stop;
    }
    // Copies up to and with the next `closing` behind the opening one.
    void copy_through(std::string_view closing, std::size_t opening_size) {
        const std::size_t found = text_.find(closing, at_ + opening_size);
        copy_to(found == std::string_view::npos ? text_.size() : found + closing.size());
    }
    void step() {
        const char c = text_[at_];
        if (c == '\'' || c == '"') return copy_through(std::string_view(&c, 1), 1);
        if (c == '-' && ahead(1) == '-') return copy_through("\n", 2);
        if (c == '/' && ahead(1) == '*') return copy_through("*/", 2);
        if (is_word(c)) return word();
        out_.push_back(c == '$' && is_digit(ahead(1)) ? dialect_.parameter : c);
        ++at_;
    }
    void word() {
        std::size_t end = at_;
        while (end < text_.size() && is_word(text_[end])) ++end;
        const std::string_view token = text_.substr(at_, end - at_);
        const bool qualifies =
            end + 1 < text_.size() && text_[end] == '.' && is_word(text_[end + 1]);
        const bool qualified = at_ > 0 && text_[at_ - 1] == '.';
        if (!qualifies || qualified || (token != "read" && token != "outlay")) return copy_to(end);
        out_ += token == "read" ? dialect_.read : dialect_.fixed;
        at_ = end + 1;
    }

    std::string_view text_;
    const Dialect& dialect_;
    std::size_t at_ = 0;
    std::string out_;
};

inline std::string translate(std::string_view text, const Dialect& dialect) {
    std::string translated = Translator(text, dialect).run();
    constexpr std::string_view lock_clause = " FOR UPDATE SKIP LOCKED";
    if (!dialect.locks_rows && translated.ends_with(lock_clause))
        translated.resize(translated.size() - lock_clause.size());
    return translated;
}

// Remembers translations by generation and text: each is made once per connection.
class Translations {
public:
    using DialectOf = Dialect (*)(std::int64_t generation);
    explicit Translations(DialectOf dialect_of) : dialect_of_(dialect_of) {}

    const std::string& of(std::string_view text, std::int64_t generation) {
        ByText& known = known_[generation];
        if (const auto found = known.find(text); found != known.end()) return found->second;
        // A process uses a fixed set of texts; beyond this something makes them up as it goes.
        if (known.size() >= texts_max) known.clear();
        return known.emplace(std::string(text), translate(text, dialect_of_(generation)))
            .first->second;
    }

private:
    static constexpr std::size_t texts_max = 1000;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    using ByText = std::unordered_map<std::string, std::string, Hash, std::equal_to<>>;

    DialectOf dialect_of_;
    std::unordered_map<std::int64_t, ByText> known_;
};

// Quoted, because a column may be called `limit` or `key`.
inline std::string quoted(std::string_view name) {
    std::string text(1, '"');
    text.append(name).push_back('"');
    return text;
}

// "$3"
inline std::string parameter(std::size_t number) {
    std::string text(1, '$');
    return text.append(std::to_string(number));
}

// Appends to a comma-separated list.
inline void append_item(std::string& list, std::string_view item) {
    if (!list.empty()) list.push_back(',');
    list.append(item);
}

inline std::string column_list(std::span<const Column> columns) {
    std::string list;
    for (const Column& column : columns) append_item(list, quoted(column.name));
    return list;
}

// "target.a,target.b"
inline std::string target_list(std::span<const std::string_view> columns) {
    std::string list;
    for (const std::string_view column : columns) {
        append_item(list, "target.");
        list.append(quoted(column));
    }
    return list;
}

inline std::string insert_into(const Table& table) {
    return std::string("INSERT INTO ").append(table.name) + " AS target (" +
           column_list(table.columns) + ")";
}

// The assignments of ON CONFLICT DO UPDATE; empty when there is nothing to set.
inline std::string assignments(const Table& table, OnConflict on_conflict) {
    std::string list;
    for (const Column& column : table.columns.subspan(table.key_columns)) {
        const bool add = on_conflict == OnConflict::add;
        if (add && column.type != Type::integer) continue;
        const std::string name = quoted(column.name);
        append_item(list, name);
        list.append("=").append(add ? "target." + name + "+" : "").append("excluded.").append(name);
    }
    return list;
}

// What follows the rows of insert_into().
inline std::string conflict_clause(const Table& table, OnConflict on_conflict) {
    if (on_conflict == OnConflict::fail) return "";
    const std::string target =
        " ON CONFLICT (" + column_list(table.columns.first(table.key_columns)) + ") DO ";
    const std::string set =
        on_conflict == OnConflict::ignore ? "" : assignments(table, on_conflict);
    return target + (set.empty() ? "NOTHING" : "UPDATE SET " + set);
}

// The distinct keys among row-major `keys`, each `width` wide, in order.
inline std::vector<std::span<const Value>> distinct_keys(std::span<const Value> keys,
                                                         std::size_t width) {
    CHECK(width > 0 && keys.size() % width == 0, "keys are whole rows");
    std::vector<std::span<const Value>> rows;
    rows.reserve(keys.size() / width);
    for (std::size_t at = 0; at < keys.size(); at += width) rows.push_back(keys.subspan(at, width));
    const auto before = [](auto a, auto b) { return std::ranges::lexicographical_compare(a, b); };
    const auto same = [](auto a, auto b) { return std::ranges::equal(a, b); };
    std::ranges::sort(rows, before);
    const auto repeated = std::ranges::unique(rows, same);
    rows.erase(repeated.begin(), repeated.end());
    return rows;
}

// Texts may not hold NUL: PostgreSQL has no such text, so no store takes one.
inline bool has_nul(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && text->find('\0') != std::string::npos;
}

}  // namespace outlay::sql
