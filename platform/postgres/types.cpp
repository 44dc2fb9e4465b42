// One line per type of the port.
#include "platform/postgres/types.hpp"

namespace outlay::postgres {

TypeForm form_of(sql::Type type) {
    switch (type) {
        case sql::Type::integer:
            return {"bigint", oid_int8};
        case sql::Type::text:
            return {"text", oid_text};
        case sql::Type::uuid:
            return {"uuid", oid_uuid};
        case sql::Type::date:
            return {"date", oid_date};
        case sql::Type::timestamp:
            return {"timestamptz", oid_timestamptz};
        case sql::Type::boolean:
            return {"boolean", oid_bool};
        case sql::Type::bytes:
            return {"bytea", oid_bytea};
    }
    CHECK(false, "a type that does not exist");
    return {};
}

}  // namespace outlay::postgres
