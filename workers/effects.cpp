// Outbox rows and the mark below which facts have no effects.
#include "workers/effects.hpp"

#include "platform/hash.hpp"
#include "platform/json/writer.hpp"
#include "workers/cells.hpp"

namespace outlay::workers::effects {

namespace {

constexpr std::array mark_columns{
    sql::Column{"log_partition", sql::Type::integer},
    sql::Column{"log_offset", sql::Type::integer},
};
constexpr sql::Table marks{"outlay.effects_from", mark_columns, 1};

std::string payload_of(const AlertNotice& notice, const AdmittedCommit& cause) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("alert", notice.alert.text())
        .field("budget", notice.budget.text())
        .field("threshold", notice.threshold.text())
        .field("state", notice.state);
    out.key("period").begin_object();
    out.field("start", notice.period.start.text())
        .field("end", notice.period.end.text())
        .end_object();
    out.field("spent_minor", notice.spent_minor)
        .field("limit_minor", notice.limit_minor)
        .field("currency", notice.currency)
        .field("basis", notice.basis)
        .field("level", notice.level);
    if (notice.projected_minor) out.field("projected_minor", *notice.projected_minor);
    if (notice.expense) out.field("expense", notice.expense->text());
    out.field("at", cause.decided_at.text()).field("position", cause.position.text()).end_object();
    return text;
}

const sql::TransactionOptions as_projector{sql::Access::project, std::nullopt};

}  // namespace

sql::Result<Marks> marks_of(sql::Session& session) {
    const auto rows = session.query("SELECT log_partition, log_offset FROM outlay.effects_from");
    if (!rows.ok()) return domain::Fail{rows.error()};
    Marks found;
    for (std::size_t row = 0; row < rows->size(); ++row)
        found.emplace(static_cast<std::int32_t>(rows->integer(row, 0)), rows->integer(row, 1));
    return found;
}

sql::Status begin(sql::Session& session, std::int32_t partition, std::int64_t offset) {
    const std::array cells{cell(partition), cell(offset)};
    return session.write(marks, sql::OnConflict::ignore, cells);
}

sql::Status begin_all(sql::Store& store, journal::Journal& log) {
    Marks marked;
    auto looked = store.transact(as_projector, [&](sql::Session& session) -> sql::Status {
        auto found = marks_of(session);
        if (!found.ok()) return domain::Fail{found.error()};
        marked = std::move(found).value();
        return domain::Done{};
    });
    if (!looked.ok()) return looked;
    // Asked outside of a transaction. Who came in between has begun with an end that was no later.
    std::map<std::int32_t, std::int64_t> ends;
    for (std::int32_t partition = 0; partition < log.partition_count(); ++partition) {
        if (marked.contains(partition)) continue;
        const auto end = log.end(partition);
        if (!end.ok())
            return domain::Fail{sql::Error{sql::ErrorKind::unavailable, end.error().detail}};
        ends.emplace(partition, *end);
    }
    if (ends.empty()) return domain::Done{};
    return store.transact(as_projector, [&](sql::Session& session) -> sql::Status {
        for (const auto& [partition, end] : ends) {
            if (auto begun = begin(session, partition, end - 1); !begun.ok()) return begun;
        }
        return domain::Done{};
    });
}

void announce(const AlertNotice& notice, const AdmittedCommit& cause, RowChanges& changes) {
    const auto id = platform::uuid_of_name(notice.alert.value, notice.state);
    changes.offer(outbox,
                  {cell(id), cell(notice.workspace), cell("alert." + std::string(notice.state)),
                   cell(payload_of(notice, cause)), cell(cause.position.partition),
                   cell(cause.position.offset), cell(cause.decided_at)});
}

}  // namespace outlay::workers::effects
