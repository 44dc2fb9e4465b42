// The types of the store port as PostgreSQL knows them. Type oids are fixed for ever
// (src/include/catalog/pg_type.dat of PostgreSQL).
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/sql.hpp"

namespace outlay::postgres {

enum Oid : std::uint32_t {
    oid_bool = 16,
    oid_bytea = 17,
    oid_int8 = 20,
    oid_int2 = 21,
    oid_int4 = 23,
    oid_text = 25,
    oid_oid = 26,
    oid_date = 1082,
    oid_timestamptz = 1184,
    oid_uuid = 2950,
};

struct TypeForm {
    std::string_view name;  // "uuid", "bigint", ...
    Oid oid;
};
TypeForm form_of(sql::Type type);

}  // namespace outlay::postgres
