// Values in PostgreSQL's text form: array parameters of bulk statements, and the cells of an
// answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/sql.hpp"

namespace outlay::postgres {

// "uuid", "bigint", ...
std::string_view type_name(sql::Type type);

// One column of many rows as an array literal, "{1,NULL,2}".
class ArrayText {
public:
    explicit ArrayText(sql::Type type) : type_(type) { clear(); }
    // Texts are free of NUL (the caller has checked).
    void add(const sql::Value& value);
    void clear() { text_.assign(1, '{'); }
    std::size_t size() const { return text_.size(); }
    // Ends the literal; valid until the next clear.
    const char* close();

private:
    void add_quoted(std::string_view text);
    void add_bytes(std::string_view bytes);

    sql::Type type_;
    std::string text_;
};

// A cell of a column of type `oid`.
sql::Value cell_of(std::uint32_t oid, std::string_view text);

}  // namespace outlay::postgres
