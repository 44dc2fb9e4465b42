// From due budgets to records. A decision rests on one snapshot of the store; admission proves it.
#include "workers/budget_days.hpp"

#include <array>

#include "domain/budget/decide.hpp"
#include "journal/record.hpp"
#include "platform/hash.hpp"
#include "platform/log.hpp"
#include "workers/cells.hpp"

namespace outlay::workers {

namespace {

constexpr std::chrono::hours ahead_max{14};  // no zone is further ahead of UTC
constexpr std::string_view fingerprint = "scheduler";

// The latest local day that there is anywhere on earth.
domain::Date latest_today(domain::Instant now) {
    using namespace std::chrono;
    const sys_time<microseconds> at{microseconds{now.micros}};
    return domain::Date{floor<days>(at + ahead_max)};
}

domain::CommandId command_of(const domain::BudgetId& budget, domain::Date day) {
    return {platform::uuid_of_name(budget.value, "day " + day.text())};
}

}  // namespace

sql::Status BudgetDays::add_forecasts(sql::Session& session, std::vector<Due>& found) const {
    const auto now = clock_.now();
    const std::array parameters{cell(latest_today(now))};
    const auto rows = session.query(
        "SELECT b.workspace, b.id, b.forecast_day, w.time_zone FROM read.budgets b"
        " JOIN read.workspaces w ON w.workspace = b.workspace"
        " WHERE b.forecast_day < $1 AND NOT w.archived"
        " ORDER BY b.forecast_day, b.workspace, b.id LIMIT " +
            std::to_string(round_max),
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto today = zones_.local_day(rows->text(row, 3), now);
        if (day_of(rows->text(row, 2)) >= today) continue;
        found.push_back({{rows->uuid(row, 0)}, {rows->uuid(row, 1)}, today});
    }
    return domain::Done{};
}

// A day that is told in a held period looks at it, and it is held no more.
sql::Status BudgetDays::add_begun(sql::Session& session, std::vector<Due>& found) const {
    const auto now = clock_.now();
    const std::array parameters{cell(latest_today(now))};
    const auto rows = session.query(
        "SELECT t.workspace, t.budget, MIN(t.period_start), w.time_zone"
        " FROM read.threshold_states t"
        " JOIN read.budgets b ON b.workspace = t.workspace AND b.id = t.budget"
        " JOIN read.workspaces w ON w.workspace = t.workspace"
        " WHERE t.held AND t.period_start <= $1 AND NOT b.archived AND NOT b.paused"
        " AND NOT w.archived GROUP BY t.workspace, t.budget, w.time_zone"
        " ORDER BY 3, 1, 2 LIMIT " +
            std::to_string(round_max),
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto today = zones_.local_day(rows->text(row, 3), now);
        if (day_of(rows->text(row, 2)) > today) continue;
        found.push_back({{rows->uuid(row, 0)}, {rows->uuid(row, 1)}, today, true});
    }
    return domain::Done{};
}

sql::Result<std::vector<BudgetDays::Due>> BudgetDays::due(sql::Session& session) const {
    std::vector<Due> found;
    auto done = add_forecasts(session, found);
    if (done.ok()) done = add_begun(session, found);
    if (!done.ok()) return domain::Fail{done.error()};
    std::erase_if(found, [&](const Due& one) {
        return handed_over_.contains(command_of(one.budget, one.today));
    });
    return found;
}

sql::Result<std::optional<BudgetDays::Record>> BudgetDays::decide_one(
    sql::Session& session, const Due& due, const std::string& journal_identity) {
    const auto workspace = journal::load(session, due.workspace, domain::workspace_name);
    if (!workspace.ok()) return domain::Fail{workspace.error()};
    const auto name = due.budget.text();
    const auto target = journal::load(session, due.workspace, name);
    if (!target.ok()) return domain::Fail{target.error()};
    const domain::Context context{
        {}, clock_.now(), due.today, command_of(due.budget, due.today), journal::derived_id};
    auto decided = domain::budget::decide(std::get<domain::budget::Budget>(target->state),
                                          domain::budget::PassDay{due.begins}, context);
    if (!decided.ok() || decided->empty()) return std::optional<Record>{};
    journal::ProposedCommit commit{journal_identity,
                                   due.workspace,
                                   context.command,
                                   std::string(fingerprint),
                                   context.actor,
                                   context.now,
                                   {{std::string(domain::workspace_name), workspace->head.version}},
                                   {{name, target->head.version + 1, target->head.hash,
                                     domain::Event(std::move(decided->front()))}},
                                   ""};
    return std::optional(Record{journal::partition_of(due.workspace, log_.partition_count()),
                                due.workspace.text(), journal::encode(commit).value});
}

sql::Result<std::vector<BudgetDays::Record>> BudgetDays::decide(sql::Session& session) {
    const auto checkpoints = journal::checkpoints(session);
    if (!checkpoints.ok()) return domain::Fail{checkpoints.error()};
    std::map<std::int32_t, std::string> journals;  // of partitions that go on
    for (const auto& checkpoint : *checkpoints) {
        if (!checkpoint.halt) journals.emplace(checkpoint.partition, checkpoint.journal);
    }
    const auto wanted = due(session);
    if (!wanted.ok()) return domain::Fail{wanted.error()};
    std::vector<Record> records;
    for (const auto& one : *wanted) {
        const auto home =
            journals.find(journal::partition_of(one.workspace, log_.partition_count()));
        if (home == journals.end()) continue;
        if (handed_over_.contains(command_of(one.budget, one.today))) continue;  // due twice
        auto record = decide_one(session, one, home->second);
        if (!record.ok() && record.error().kind != sql::ErrorKind::failed)
            return domain::Fail{record.error()};
        if (!record.ok()) pass_over(one, record.error());
        if (!record.ok() || !*record) continue;
        records.push_back(std::move(**record));
        handed_over_[command_of(one.budget, one.today)] = clock_.monotonic();
    }
    return records;
}

// What cannot be folded is nobody else's trouble.
void BudgetDays::pass_over(const Due& due, const sql::Error& error) {
    if (!passed_over_.insert(due.budget).second) return;
    platform::log(platform::LogLevel::error, "the days of a budget do not move on",
                  {{"workspace", due.workspace.text()},
                   {"budget", due.budget.text()},
                   {"error", error.detail}});
}

void BudgetDays::forget_old() {
    std::erase_if(handed_over_, [now = clock_.monotonic()](const auto& entry) {
        return now - entry.second > patience;
    });
}

sql::Result<std::size_t> BudgetDays::run() {
    forget_old();
    std::vector<Record> records;
    const auto looked = store_.transact({sql::Access::lookup, std::nullopt},
                                        [&](sql::Session& session) -> sql::Status {
                                            auto decided = decide(session);
                                            if (!decided.ok()) return domain::Fail{decided.error()};
                                            records = std::move(decided).value();
                                            return domain::Done{};
                                        });
    if (!looked.ok()) return domain::Fail{looked.error()};
    // Whatever becomes of a record: a day that did not arrive is due again after `patience`.
    for (auto& record : records) {
        log_.append(record.partition, std::move(record.key), std::move(record.value),
                    [](const journal::AppendOutcome&) {});
    }
    return records.size();
}

}  // namespace outlay::workers
