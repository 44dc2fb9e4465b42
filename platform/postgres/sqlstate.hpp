// What an exception of libpqxx means to the callers of the store port.
#pragma once

#include <string>
#include <string_view>

#include "platform/sql.hpp"

namespace outlay::postgres {

struct Failure {
    sql::Error error;
    std::string sqlstate;  // empty where libpqxx does not tell it
};

sql::ErrorKind kind_of(std::string_view sqlstate);

// To be called inside a catch block.
Failure current_failure();

}  // namespace outlay::postgres
