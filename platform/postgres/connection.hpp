// One PostgreSQL connection with its prepared statements. It never reconnects: what its caller set
// up in a transaction is there or the call fails. Exceptions of libpqxx end here. Confined to its
// borrower.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "platform/postgres/pqxx_shim.hpp"
#include "platform/postgres/sqlstate.hpp"
#include "platform/sql.hpp"
#include "platform/sql_dialect.hpp"

namespace outlay::postgres {

sql::Dialect dialect_of(std::int64_t generation);

// The operator's URL (or keyword string) with timeouts for dead networks, where it does not set its
// own.
std::string with_defaults(const std::string& url);

class Connection {
public:
    // Blocks up to the URL's connect_timeout.
    static sql::Result<std::unique_ptr<Connection>> open(const std::string& url);

    // `;`-separated statements in one round trip; answers the last one's result.
    sql::Result<pqxx::result> run(const std::string& batch);
    // One statement, prepared at its first use (one more round trip).
    // Parameters: texts or forms.
    template <typename Parameters>
    sql::Result<pqxx::result> run_prepared(const std::string& text, const Parameters& parameters) {
        try {
            return postgres::run_prepared(session_, name_of(text), parameters);
        } catch (...) {
            return domain::Fail{failed()};
        }
    }

    // False once it is lost or remembers statements that no longer fit the schema: throw it away.
    bool usable() const { return !spoilt_ && connection_.is_open(); }
    // Of the last failure.
    const std::string& sqlstate() const { return sqlstate_; }

    sql::Translations translations{dialect_of};

private:
    explicit Connection(const std::string& url);
    const std::string& name_of(const std::string& text);
    sql::Error failed();

    pqxx::connection connection_;
    // Transactions are plain statements here, so that BEGIN travels with what follows it.
    pqxx::nontransaction session_;
    std::unordered_map<std::string, std::string> names_;  // of prepared statements, by text
    std::string sqlstate_;
    bool spoilt_ = false;
};

}  // namespace outlay::postgres
