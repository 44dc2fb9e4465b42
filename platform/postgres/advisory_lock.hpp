// A lock that one session of a database holds at a time, whatever its transactions do. It ends with
// the object, or with the process, however that ends. Confined to its owner.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "platform/sql.hpp"

namespace outlay::postgres {

class Connection;

class AdvisoryLock {
public:
    // Blocks until the lock is free; `has_to_wait` is called first if somebody holds it.
    static sql::Result<std::unique_ptr<AdvisoryLock>> take(
        const std::string& url, std::int64_t key, const std::function<void()>& has_to_wait);
    ~AdvisoryLock();
    AdvisoryLock(const AdvisoryLock&) = delete;
    AdvisoryLock& operator=(const AdvisoryLock&) = delete;

private:
    explicit AdvisoryLock(std::unique_ptr<Connection> session);
    std::unique_ptr<Connection> session_;
};

}  // namespace outlay::postgres
