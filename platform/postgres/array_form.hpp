// Array parameters of bulk statements in PostgreSQL's binary form: one column of many rows. The
// server reads them several times faster than the text of an array.
#pragma once

#include <cstdint>
#include <string>

#include "platform/sql.hpp"

namespace outlay::postgres {

class ArrayForm {
public:
    explicit ArrayForm(sql::Type type) : type_(type) { clear(); }
    // False when the value is not one of the column's type, or a text that holds NUL.
    bool add(const sql::Value& value);
    void clear();
    std::size_t size() const { return bytes_.size(); }
    // Ends the form, which is valid until the next clear.
    const std::string& close();

private:
    bool add_integer(std::int64_t value);
    bool add_text(const std::string& text);
    template <typename Number>
    void put(Number number);
    template <typename Number>
    void put_element(Number number);

    sql::Type type_;
    std::string bytes_;
    std::int32_t count_ = 0;
    bool has_null_ = false;
};

}  // namespace outlay::postgres
