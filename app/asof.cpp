// `outlay asof`: what was known at a moment: read models made anew up to there in a scratch file,
// and the API's own queries over them. Live tables are only read.
#include <iostream>

#include "api/resources/budget_periods.hpp"
#include "api/resources/expense_view.hpp"
#include "api/resources/local_day.hpp"
#include "api/resources/spending_report.hpp"
#include "app/document_text.hpp"
#include "app/explain.hpp"
#include "app/progress.hpp"
#include "app/scratch.hpp"
#include "app/signals.hpp"
#include "app/tool_moment.hpp"
#include "journal/history.hpp"
#include "platform/json/writer.hpp"
#include "platform/zones/system_zones.hpp"
#include "workers/past.hpp"

namespace outlay::app {

namespace {

using domain::Fail;
using journal::Moment;

struct Answer {
    std::string workspace;
    std::string position;
    std::string at;
    std::vector<std::string> documents;
    bool is_list = false;
};

struct Asked {
    const Settings& settings;
    const Question& question;
    const platform::Clock& clock;
    const platform::Zones& zones;
    journal::When when;
    api::DayRange range;           // of a budget's periods
    api::SpendingReport report{};  // of a report
};

ToolFailure usage(std::string sentence) {
    return {exit_usage, std::move(sentence)};
}

ToolFailure failure_of(const api::Problem& problem) {
    std::string sentence = problem.detail;
    for (const auto& error : problem.errors) sentence += " " + error.detail;
    return {exit_wrong, std::move(sentence)};
}

// The options of reports and periods, read as the API reads its parameters.
ToolResult<Asked> read_asked(const Settings& settings, const Question& question,
                             const platform::Clock& clock, const platform::Zones& zones) {
    const auto when = journal::parse_when(question.when);
    if (!when) {
        return Fail{usage("\"" + question.when +
                          "\" is no PARTITION:OFFSET and no instant such as 2026-11-20T08:15:00Z")};
    }
    if ((question.subject == "report") != question.about.empty())
        return Fail{usage("an expense and a budget are named by their id, a report is not")};
    api::QueryParameters given;
    for (const auto& [name, value] :
         {std::pair("group_by", question.group_by), std::pair("from", question.day_from),
          std::pair("to", question.day_to)}) {
        if (!value.empty()) given.emplace_back(name, value);
    }
    api::QueryReader query(given);
    Asked asked{settings, question, clock, zones, *when, {}, api::read_spending_report(query)};
    asked.range = {asked.report.from, asked.report.to};
    if (const auto wrong = query.problem()) return Fail{usage(failure_of(*wrong).sentence)};
    return asked;
}

ToolResult<std::vector<std::string>> expense_then(sql::Session& session, const Moment& moment,
                                                  const domain::ExpenseId& id) {
    const auto version = journal::version_at(session, id.text(), moment);
    if (!version.ok()) return Fail{store_failure(version.error())};
    if (*version == 0) {
        return Fail{
            ToolFailure{exit_wrong, "there was no " + id.text() + " at " + moment.position.text()}};
    }
    const auto expense = journal::load(session, moment.workspace, id.text(), *version);
    if (!expense.ok()) return Fail{store_failure(expense.error())};
    return std::vector{api::expense_body(api::expense_view(id, *expense))};
}

sql::Result<api::ListItems> items_then(const Asked& asked, const Moment& moment,
                                       sql::Session& past) {
    const api::QueryContext context{past, moment.workspace, {}, domain::Role::viewer};
    const auto budget = domain::BudgetId::parse(asked.question.about);
    if (!budget) return api::spending_items(context, asked.report);
    const auto today = api::local_day(context, asked.zones, moment.at);
    if (!today.ok()) return Fail{today.error()};
    return api::budget_period_items(context, *budget, asked.range, *today);
}

// The read models as they were.
ToolResult<bool> make_past(sql::Session& live, const Moment& moment, sql::Store& scratch) {
    Progress progress("projected", "commits", std::ssize(moment.commits));
    workers::Past past(scratch);
    const auto reached = past.reach(live, moment, [&progress](std::int64_t commits) {
        progress.add(commits);
        return !wait_for_end(std::chrono::seconds{0});
    });
    if (!reached.ok()) return Fail{store_failure(reached.error())};
    if (!*reached) return Fail{ToolFailure{not_finished, "ended on request"}};
    progress.end();
    return true;
}

ToolResult<std::vector<std::string>> list_then(const Asked& asked, const Moment& moment,
                                               sql::Session& live) {
    auto scratch = Scratch::make(asked.settings.scratch_dir, asked.clock);
    if (!scratch.ok()) return Fail{ToolFailure{not_finished, scratch.error()}};
    const auto made = make_past(live, moment, scratch->store());
    if (!made.ok()) return Fail{made.error()};
    std::optional<api::ListItems> items;
    const auto read = scratch->store().transact({sql::Access::lookup, std::nullopt},
                                                [&](sql::Session& past) -> sql::Status {
                                                    auto found = items_then(asked, moment, past);
                                                    if (!found.ok()) return Fail{found.error()};
                                                    items = std::move(found).value();
                                                    return domain::Done{};
                                                });
    if (!read.ok()) return Fail{store_failure(read.error())};
    if (!items->ok()) return Fail{failure_of(items->error())};
    return std::move(**items);
}

ToolResult<Answer> answer(const Asked& asked, const std::vector<std::int64_t>& ends,
                          sql::Session& live) {
    const auto& about = asked.question.about;
    const auto workspace = workspace_in(live, {about, asked.settings.workspace});
    if (!workspace.ok()) return Fail{workspace.error()};
    const auto moment = tool_moment(live, {*workspace, asked.when, ends, asked.clock.now()});
    if (!moment.ok()) return Fail{moment.error()};
    Answer found{workspace->text(), moment->position.text(), moment->at.text(), {}, true};
    const auto expense = domain::ExpenseId::parse(about);
    auto documents =
        expense ? expense_then(live, *moment, *expense) : list_then(asked, *moment, live);
    if (!documents.ok()) return Fail{documents.error()};
    found.documents = std::move(documents).value();
    found.is_list = !expense;
    return found;
}

void print_json(const Answer& answer) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("workspace", answer.workspace)
        .field("position", answer.position)
        .field("as_of", answer.at)
        .key(answer.is_list ? "data" : "expense");
    if (answer.is_list) out.begin_array();
    for (const auto& document : answer.documents) out.raw(document);
    if (answer.is_list) out.end_array();
    out.end_object();
    std::cout << text << "\n";
}

void print_text(const Answer& answer, bool is_report) {
    std::cout << "as of " << answer.at << ", " << answer.position << ", of " << answer.workspace
              << "\n";
    if (is_report) {
        std::cout << document_table(answer.documents);
        return;
    }
    for (const auto& document : answer.documents)
        std::cout << "\n" << document_lines(document, "  ");
}

}  // namespace

int asof(const Settings& settings, const Question& question) {
    block_signals();
    const platform::SystemClock clock;
    const platform::SystemZones zones;
    const auto asked = read_asked(settings, question, clock, zones);
    if (!asked.ok()) return fail_with(asked.error());
    const auto place = tool_place(settings, clock);
    if (!place.ok()) return fail_with({not_finished, place.error()});
    const auto ends = journal_ends(*place->log);
    if (!ends.ok()) return fail_with(ends.error());
    std::optional<ToolResult<Answer>> found;
    const auto done = place->store->transact({sql::Access::lookup, std::nullopt},
                                             [&](sql::Session& live) -> sql::Status {
                                                 found = answer(*asked, *ends, live);
                                                 return domain::Done{};
                                             });
    // A session that failed says so itself, if the answer did not.
    if (found && !found->ok()) return fail_with(found->error());
    if (!done.ok()) return fail_with(store_failure(done.error()));
    if (settings.json)
        print_json(**found);
    else
        print_text(**found, question.subject == "report");
    return 0;
}

}  // namespace outlay::app
