// Outbox rows and the mark below which facts have no effects.
#include "workers/effects.hpp"

#include "domain/channel/message_types.hpp"
#include "platform/hash.hpp"
#include "views/alert.hpp"
#include "views/channel.hpp"
#include "views/message.hpp"
#include "workers/cells.hpp"

namespace outlay::workers::effects {

namespace {

constexpr std::array mark_columns{
    sql::Column{"log_partition", sql::Type::integer},
    sql::Column{"log_offset", sql::Type::integer},
};
constexpr sql::Table marks{"outlay.effects_from", mark_columns, 1};

constexpr std::array alert_key_columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"id", sql::Type::uuid},
};
constexpr sql::Table alerts{"read.alerts", alert_key_columns, 2};

using Alerts = std::map<domain::AlertId, views::AlertView>;

sql::Result<Alerts> alerts_of(sql::Session& session, const Notices& notices) {
    std::vector<sql::Value> keys;
    for (const auto& notice : notices) {
        keys.push_back(cell(notice.workspace));
        keys.push_back(cell(notice.alert));
    }
    const auto rows = session.find(alerts, views::alert_columns, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    Alerts found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        auto view = views::alert_row(*rows, row);
        const auto id = view.id;
        found.emplace(id, std::move(view));
    }
    return found;
}

// The batch may have gone on since: an alert that it raised may be acknowledged by now. Nothing
// happens to a resolved one.
std::string document_of(const views::AlertView& alert, std::string_view state) {
    return views::alert_body(state == "raised" ? alert.as_raised() : alert);
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

bool has_effects(const Marks& marks, const AdmittedCommit& commit) {
    if (commit.is_imported) return false;
    const auto mark = marks.find(commit.position.partition);
    return mark == marks.end() || commit.position.offset > mark->second;
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

sql::Status announce(sql::Session& session, const Notices& notices) {
    if (notices.empty()) return domain::Done{};
    const auto found = alerts_of(session, notices);
    if (!found.ok()) return domain::Fail{found.error()};
    std::vector<sql::Value> cells;
    for (const auto& notice : notices) {
        const auto alert = found->find(notice.alert);
        if (alert == found->end()) continue;  // somebody removed the row by hand
        const std::array row{cell(views::alert_message_id(notice.alert, notice.state)),
                             cell(notice.workspace),
                             cell("alert." + std::string(notice.state)),
                             cell(document_of(alert->second, notice.state)),
                             cell(notice.position.partition),
                             cell(notice.position.offset),
                             cell(notice.at),
                             cell(alert->second.severity()),
                             cell(alert->second.budget),
                             cell(notice.member),
                             sql::Value{sql::Null{}},
                             flag(false)};
        cells.insert(cells.end(), row.begin(), row.end());
    }
    return session.write(outbox, sql::OnConflict::ignore, cells);
}

void ask_to_confirm(const Fact& fact, RowChanges& changes) {
    using domain::channel::Channel;
    const auto& channel = std::get<Channel>(*fact.after);
    const bool has_new_code = channel.secret != std::get<Channel>(*fact.before).secret;
    if (!channel.unconfirmed || !has_new_code) return;
    const auto id = domain::ChannelId::parse(fact.aggregate);
    CHECK(id.has_value(), "a fact of a channel names it");
    changes.offer(outbox, {cell(platform::uuid_of_name(channel.secret, "confirm")),
                           cell(fact.workspace), cell(domain::channel::test_message),
                           cell(views::test_document(*id)), cell(fact.position.partition),
                           cell(fact.position.offset), cell(fact.meta.decided_at), sql::Null{},
                           sql::Null{}, sql::Null{}, cell(*id), flag(false)});
}

}  // namespace outlay::workers::effects
