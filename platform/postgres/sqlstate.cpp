// The one table from SQLSTATE to error kind, and the exceptions that carry none.
#include "platform/postgres/sqlstate.hpp"

#include <array>

#include "platform/postgres/pqxx_shim.hpp"

namespace outlay::postgres {
namespace {

using sql::ErrorKind;

struct Rule {
    std::string_view prefix;
    ErrorKind kind;
};

// The first rule whose prefix fits decides. PostgreSQL documentation, appendix A.
constexpr std::array rules{
    Rule{"08", ErrorKind::unavailable},     // connection
    Rule{"23505", ErrorKind::conflict},     // unique violation
    Rule{"25P03", ErrorKind::unavailable},  // idle in transaction timeout: the session is gone
    Rule{"25P04", ErrorKind::busy},         // transaction timeout
    Rule{"40003", ErrorKind::unknown},      // statement completion unknown
    Rule{"40", ErrorKind::conflict},        // serialization failure, deadlock
    Rule{"53", ErrorKind::unavailable},     // disk, memory, connections
    Rule{"55P03", ErrorKind::busy},         // lock not available
    Rule{"57014", ErrorKind::busy},         // canceled: statement timeout
    Rule{"57P", ErrorKind::unavailable},    // shutting down, starting up
    Rule{"58", ErrorKind::unavailable},     // I/O errors of the server
};

Failure failure(ErrorKind kind, const std::exception& cause, std::string sqlstate = "") {
    std::string detail = cause.what();
    if (!sqlstate.empty()) detail += " (SQLSTATE " + sqlstate + ")";
    return {{kind, std::move(detail)}, std::move(sqlstate)};
}

}  // namespace

ErrorKind kind_of(std::string_view sqlstate) {
    for (const Rule& rule : rules) {
        if (sqlstate.starts_with(rule.prefix)) return rule.kind;
    }
    return ErrorKind::failed;
}

Failure current_failure() {
    try {
        throw;
    } catch (const pqxx::statement_completion_unknown& cause) {
        return failure(ErrorKind::unknown, cause, "40003");
    } catch (const pqxx::transaction_rollback& cause) {
        // Not an sql_error in 6.4; deadlock or serialization failure, which callers treat alike.
        return failure(ErrorKind::conflict, cause);
    } catch (const pqxx::broken_connection& cause) {
        return failure(ErrorKind::unavailable, cause);
    } catch (const pqxx::sql_error& cause) {
        return failure(kind_of(cause.sqlstate()), cause, cause.sqlstate());
    } catch (const std::exception& cause) {
        return failure(ErrorKind::failed, cause);
    }
}

}  // namespace outlay::postgres
