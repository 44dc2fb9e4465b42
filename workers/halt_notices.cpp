// Ids derive from the halt and the workspace. The halt's own detail stays in the log and in `outlay
// status`: it may speak of another workspace's record.
#include "workers/halt_notices.hpp"

#include <array>
#include <set>
#include <string>
#include <vector>

#include "domain/channel/message_types.hpp"
#include "platform/hash.hpp"
#include "platform/json/writer.hpp"
#include "platform/log.hpp"
#include "views/channel.hpp"
#include "workers/cells.hpp"
#include "workers/effects.hpp"

namespace outlay::workers {

namespace {

using domain::channel::partition_halted;
using domain::channel::partition_resumed;
using journal::Checkpoint;

const sql::TransactionOptions as_projector{sql::Access::project, std::nullopt};
constexpr std::int64_t no_place = -1;  // in the log

bool is_same(const Checkpoint& one, const Checkpoint& other) {
    return one.next == other.next && one.halt == other.halt && one.journal == other.journal;
}

std::string position_text(const Checkpoint& halted) {
    return journal::Position{halted.partition, halted.next}.text();
}

std::string document_of(const Checkpoint& halted, std::string_view type, domain::Instant now) {
    std::string document;
    json::Writer out(document);
    out.begin_object()
        .field("partition", std::int64_t{halted.partition})
        .field("position", position_text(halted))
        .field("cause", journal::halt_cause_name(*halted.halt));
    if (type == partition_halted) out.field("next_step", journal::halt_remedy(*halted.halt));
    out.field("at", now.text()).end_object();
    return document;
}

sql::Result<std::set<domain::WorkspaceId>> listeners_in(sql::Session& session,
                                                        std::int32_t partition,
                                                        std::string_view type) {
    const std::array parameters{cell(partition)};
    const auto rows = session.query(
        "SELECT workspace, kind, events FROM read.channels WHERE log_partition = $1", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::set<domain::WorkspaceId> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto kind = views::channel_kind_of(rows->text(row, 1));
        CHECK(kind.has_value(), "a channel of an unknown kind");
        if (domain::channel::carries(*kind, views::patterns_of(rows->text(row, 2)), type))
            found.insert({rows->uuid(row, 0)});
    }
    return found;
}

sql::Status write(sql::Session& session, const Checkpoint& halted, std::string_view type,
                  domain::Instant now) {
    const auto workspaces = listeners_in(session, halted.partition, type);
    if (!workspaces.ok()) return domain::Fail{workspaces.error()};
    const auto name = std::string(type) + " " + halted.journal + " " + position_text(halted) + " " +
                      std::string(journal::halt_cause_name(*halted.halt));
    const auto document = document_of(halted, type, now);
    const auto* const severity = type == partition_halted ? "critical" : "info";
    std::vector<sql::Value> cells;
    for (const auto& workspace : *workspaces) {
        const std::array row{cell(platform::uuid_of_name(workspace.value, name)),
                             cell(workspace),
                             cell(type),
                             cell(document),
                             cell(no_place),
                             cell(no_place),
                             cell(now),
                             cell(severity),
                             sql::Value{sql::Null{}},
                             sql::Value{sql::Null{}},
                             sql::Value{sql::Null{}},
                             flag(false)};
        cells.insert(cells.end(), row.begin(), row.end());
    }
    if (cells.empty()) return domain::Done{};
    return session.write(effects::outbox, sql::OnConflict::ignore, cells);
}

}  // namespace

void HaltNotices::note(const Checkpoint& seen) {
    const auto known = halts_.find(seen.partition);
    if (!seen.halt && known == halts_.end()) return;
    if (!seen.halt) {
        if (tell(known->second.checkpoint, partition_resumed)) halts_.erase(known);
        return;
    }
    const bool is_another = known != halts_.end() && !is_same(known->second.checkpoint, seen);
    if (is_another && !tell(known->second.checkpoint, partition_resumed)) return;
    auto& halt = halts_[seen.partition];
    if (!is_same(halt.checkpoint, seen)) halt = {seen, false};
    if (!halt.is_told) halt.is_told = tell(seen, partition_halted);
}

bool HaltNotices::tell(const Checkpoint& halted, std::string_view type) {
    const auto now = clock_.now();
    const auto done = store_.transact(
        as_projector, [&](sql::Session& session) { return write(session, halted, type, now); });
    if (!done.ok()) {
        platform::log(
            platform::LogLevel::warning, "a halt could not be told",
            {{"partition", std::int64_t{halted.partition}}, {"detail", done.error().detail}});
    }
    return done.ok();
}

}  // namespace outlay::workers
