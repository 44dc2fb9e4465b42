// The server gives the lock back when the session ends.
#include "platform/postgres/advisory_lock.hpp"

#include "platform/postgres/connection.hpp"

namespace outlay::postgres {

AdvisoryLock::AdvisoryLock(std::unique_ptr<Connection> session) : session_(std::move(session)) {}
AdvisoryLock::~AdvisoryLock() = default;

sql::Result<std::unique_ptr<AdvisoryLock>> AdvisoryLock::take(
    const std::string& url, std::int64_t key, const std::function<void()>& has_to_wait) {
    auto session = Connection::open(with_defaults(url));
    if (!session.ok()) return domain::Fail{session.error()};
    const auto argument = "(" + std::to_string(key) + ")";
    const auto tried = (*session)->run("SELECT pg_try_advisory_lock" + argument);
    if (!tried.ok()) return domain::Fail{tried.error()};
    if (!(*tried)[0][0].as<bool>()) {
        has_to_wait();
        const auto waited =
            (*session)->run("SET statement_timeout = 0; SELECT pg_advisory_lock" + argument);
        if (!waited.ok()) return domain::Fail{waited.error()};
    }
    return std::unique_ptr<AdvisoryLock>(new AdvisoryLock(std::move(session).value()));
}

}  // namespace outlay::postgres
