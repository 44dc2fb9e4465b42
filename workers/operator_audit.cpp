// Rows of outlay.operator_audit.
#include "workers/operator_audit.hpp"

#include <array>

#include "platform/hash.hpp"
#include "workers/cells.hpp"

namespace outlay::workers {

sql::Status note(sql::Session& session, const OperatorDeed& deed) {
    constexpr std::int64_t micros_per_milli = 1000;
    const std::array parameters{cell(platform::random_uuid_v7(deed.at.micros / micros_per_milli)),
                                cell(deed.at), cell(deed.by), cell(deed.action), cell(deed.detail)};
    const auto noted = session.execute(
        "INSERT INTO outlay.operator_audit (id, at, operator, action, detail)"
        " VALUES ($1, $2, $3, $4, $5)",
        parameters);
    if (!noted.ok()) return domain::Fail{noted.error()};
    return domain::Done{};
}

}  // namespace outlay::workers
