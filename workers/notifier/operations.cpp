// A notice is a message whose place in the log is none.
#include "workers/notifier/operations.hpp"

#include "platform/hash.hpp"
#include "platform/json/writer.hpp"
#include "workers/cells.hpp"

namespace outlay::workers::notifier {

sql::Status tell(sql::Session& session, const Operation& operation) {
    constexpr std::size_t day_length = 10;  // of 2026-11-20T08:15:00Z
    const auto name = std::string(operation.type) + operation.at.text().substr(0, day_length);
    std::string document;
    json::Writer out(document);
    out.begin_object()
        .field("channel", operation.channel.text())
        .field("reason", operation.reason)
        .field("at", operation.at.text())
        .end_object();
    const std::array parameters{cell(platform::uuid_of_name(operation.channel.value, name)),
                                cell(operation.workspace), cell(operation.type), cell(document),
                                cell(operation.at)};
    return status_of(session.execute(
        "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition, log_offset,"
        " created_at, severity) VALUES ($1, $2, $3, $4, -1, -1, $5, 'critical')"
        " ON CONFLICT (id) DO NOTHING",
        parameters));
}

}  // namespace outlay::workers::notifier
