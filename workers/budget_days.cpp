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

// How the rows of a page go on behind ($2, $3, $4), in one order.
std::string page_of(std::string_view day, std::string_view budget, std::size_t rows) {
    const auto key = "(" + std::string(day) + ", w.workspace, " + std::string(budget) + ")";
    return key + " > ($2, $3, $4) ORDER BY 3, 1, 2 LIMIT " + std::to_string(rows);
}

}  // namespace

// Rows of workspace, budget, a day and the workspace's zone. `begins`: the day is the first one of
// a period that is held, so it is due when it has come; otherwise it was told, and a later one is.
struct BudgetDays::Source {
    std::string statement;
    bool begins = false;
};

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
    auto gates = journal::gates(session);
    if (!gates.ok()) return domain::Fail{gates.error()};
    auto paused = journal::pauses(session);
    if (!paused.ok()) return domain::Fail{paused.error()};
    Round round{{}, std::move(gates).value(), std::move(paused).value(), clock_.now()};
    for (const auto& checkpoint : *checkpoints) {
        if (!checkpoint.halt) round.journals.emplace(checkpoint.partition, checkpoint.journal);
    }
    const std::array sources{
        Source{"SELECT b.workspace, b.id, b.forecast_day, w.time_zone FROM read.budgets b"
               " JOIN read.workspaces w ON w.workspace = b.workspace"
               " WHERE b.forecast_day < $1 AND NOT w.archived AND " +
               page_of("b.forecast_day", "b.id", round_max_)},
        Source{"SELECT w.workspace, t.budget, MIN(t.period_start), w.time_zone"
               " FROM read.threshold_states t"
               " JOIN read.budgets b ON b.workspace = t.workspace AND b.id = t.budget"
               " JOIN read.workspaces w ON w.workspace = t.workspace"
               " WHERE t.held AND t.period_start <= $1 AND NOT b.archived AND NOT b.paused"
               " AND NOT w.archived GROUP BY w.workspace, t.budget, w.time_zone HAVING " +
                   page_of("MIN(t.period_start)", "t.budget", round_max_),
               true}};
    for (const auto& source : sources) {
        if (auto done = add_pages(session, source, round); !done.ok())
            return domain::Fail{done.error()};
    }
    return std::move(round.records);
}

// What is not due after all (a day that has not come in its zone, a partition that stands still)
// must not keep others from their turn.
sql::Status BudgetDays::add_pages(sql::Session& session, const Source& source, Round& round) {
    std::array parameters{cell(latest_today(round.now)), cell(domain::earliest_day),
                          cell(domain::WorkspaceId{}), cell(domain::BudgetId{})};
    while (round.records.size() < round_max_) {
        const auto rows = session.query(source.statement, parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        for (std::size_t row = 0; row < rows->size(); ++row) {
            const auto today = zones_.local_day(rows->text(row, 3), round.now);
            const auto since = day_of(rows->text(row, 2)).plus_days(source.begins ? 0 : 1);
            if (since > today) continue;
            const Due one{{rows->uuid(row, 0)}, {rows->uuid(row, 1)}, today, source.begins};
            if (auto done = add_due(session, one, round); !done.ok()) return done;
            if (round.records.size() == round_max_) return domain::Done{};
        }
        if (rows->size() < round_max_) return domain::Done{};
        const auto last = rows->size() - 1;
        parameters = {parameters[0], rows->at(last, 2), rows->at(last, 0), rows->at(last, 1)};
    }
    return domain::Done{};
}

sql::Status BudgetDays::add_due(sql::Session& session, const Due& due, Round& round) {
    const auto home =
        round.journals.find(journal::partition_of(due.workspace, log_.partition_count()));
    const auto command = command_of(due.budget, due.today);
    if (home == round.journals.end() || handed_over_.contains(command)) return domain::Done{};
    const auto gate = round.gates.find(home->first);
    if (gate != round.gates.end() && !gate->second.are_open_for(due.workspace))
        return domain::Done{};
    if (journal::pause_of_commands(round.pauses, due.workspace) != nullptr) return domain::Done{};
    auto record = decide_one(session, due, home->second);
    if (!record.ok() && record.error().kind != sql::ErrorKind::failed)
        return domain::Fail{record.error()};
    if (!record.ok()) pass_over(due, record.error());
    if (!record.ok() || !*record) return domain::Done{};
    round.records.push_back(std::move(**record));
    handed_over_[command] = clock_.monotonic();
    return domain::Done{};
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
