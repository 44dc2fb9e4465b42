// Statements over libpqxx, with failures turned into values.
#include "platform/postgres/connection.hpp"

#include <array>
#include <utility>

namespace outlay::postgres {
namespace {

// A process uses a fixed set of texts per generation; a connection that saw more is replaced.
constexpr std::size_t prepared_max = 1000;

struct Setting {
    std::string_view name;
    std::string_view value;
};
constexpr std::array defaults{
    Setting{"application_name", "outlay"}, Setting{"client_encoding", "UTF8"},
    Setting{"connect_timeout", "5"},  // seconds
    // A peer that vanished is noticed after about 25 s, also in the middle of a statement.
    Setting{"keepalives_idle", "10"}, Setting{"keepalives_interval", "5"},
    Setting{"keepalives_count", "3"}, Setting{"tcp_user_timeout", "25000"},  // milliseconds
};

}  // namespace

sql::Dialect dialect_of(std::int64_t generation) {
    std::string read = "read_g";
    read.append(std::to_string(generation)).push_back('.');
    return {std::move(read), "outlay.", '$'};
}

std::string with_defaults(const std::string& url) {
    const bool is_url = url.starts_with("postgresql://") || url.starts_with("postgres://");
    std::string text = url;
    char separator = ' ';
    if (is_url) separator = url.find('?') == std::string::npos ? '?' : '&';
    for (const Setting& setting : defaults) {
        const std::string name = std::string(setting.name) + "=";
        if (url.find(name) != std::string::npos) continue;
        text += separator + name + std::string(setting.value);
        if (is_url) separator = '&';
    }
    return text;
}

Connection::Connection(const std::string& url) : connection_(url), session_(connection_) {
    forbid_reconnect(connection_);
}

sql::Result<std::unique_ptr<Connection>> Connection::open(const std::string& url) {
    try {
        return std::unique_ptr<Connection>(new Connection(url));
    } catch (...) {
        sql::Error error = current_failure().error;
        while (error.detail.ends_with('\n')) error.detail.pop_back();
        // A wrong password and a missing database may be put right while we run.
        error.kind = sql::ErrorKind::unavailable;
        return domain::Fail{std::move(error)};
    }
}

sql::Result<pqxx::result> Connection::run(const std::string& batch) {
    try {
        return session_.exec(batch);
    } catch (...) {
        return domain::Fail{failed()};
    }
}

const std::string& Connection::name_of(const std::string& text) {
    if (const auto found = names_.find(text); found != names_.end()) return found->second;
    if (names_.size() >= prepared_max) spoilt_ = true;
    std::string name(1, 's');
    name.append(std::to_string(names_.size()));
    connection_.prepare(name, text);
    return names_.emplace(text, std::move(name)).first->second;
}

sql::Error Connection::failed() {
    Failure failure = current_failure();
    sqlstate_ = std::move(failure.sqlstate);
    // 0A000: "cached plan must not change result type", after a migration; 26000: a statement that
    // is not there.
    if (sqlstate_ == "0A000" || sqlstate_ == "26000") spoilt_ = true;
    if (!connection_.is_open()) failure.error.kind = sql::ErrorKind::unavailable;
    return std::move(failure.error);
}

}  // namespace outlay::postgres
