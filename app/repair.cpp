// `outlay repair`: puts the rows of one workspace back to what follows from the journal.
#include <pwd.h>
#include <unistd.h>

#include <iostream>

#include "app/difference.hpp"
#include "app/pace.hpp"
#include "app/place.hpp"
#include "app/progress.hpp"
#include "app/roles.hpp"
#include "app/scratch.hpp"
#include "app/signals.hpp"
#include "journal/record.hpp"
#include "platform/json/writer.hpp"
#include "workers/repair.hpp"
#include "workers/status.hpp"

namespace outlay::app {

namespace {

constexpr int rows_differ = 1;
constexpr int rounds_max = 10;  // of looking and mending

// Who asked for it, for the audit.
std::string operator_name() {
    const auto* const user = ::getpwuid(::getuid());
    return user == nullptr ? "uid " + std::to_string(::getuid()) : std::string(user->pw_name);
}

int cannot_finish(const std::string& sentence) {
    fail(sentence + " (run it again)");
    return not_finished;
}

// What a run did.
struct Report {
    workers::Damage damage;     // that it found first
    std::int64_t replaced = 0;  // rows
    bool is_whole = false;      // nothing differs any more
};

void print_json(const Settings& settings, const Report& report) {
    const auto& damage = report.damage;
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("workspace", settings.workspace)
        .field("generation", damage.generation)
        .field("records", damage.records)
        .field("differing", damage.total())
        .field("replaced", report.replaced)
        .field("identical", report.is_whole)
        .key("tables")
        .begin_array();
    for (const auto& [table, rows] : damage.by_table)
        out.begin_object().field("table", table).field("differing", rows).end_object();
    out.end_array().key("differences").begin_array();
    for (const auto& difference : damage.differences) {
        out.begin_object()
            .field("table", difference.table)
            .field("row", difference.key)
            .field("detail", difference.detail)
            .end_object();
    }
    out.end_array().end_object();
    std::cout << text << "\n";
}

void print_text(const Settings& settings, const Report& report) {
    const auto& damage = report.damage;
    for (const auto& difference : damage.differences) std::cout << difference_text(difference);
    if (const auto more = damage.total() - static_cast<std::int64_t>(damage.differences.size());
        more > 0)
        std::cout << "... and " << more << " rows more\n";
    for (const auto& [table, rows] : damage.by_table)
        std::cout << rows << (rows == 1 ? " row of " : " rows of ") << table << " differed\n";
    if (damage.total() == 0)
        std::cout << "every row of " << settings.workspace << " follows from the journal\n";
    else if (settings.dry_run)
        std::cout << "nothing was changed\n";
    else if (report.is_whole)
        std::cout << report.replaced << (report.replaced == 1 ? " row was" : " rows were")
                  << " replaced; every row follows from the journal now\n";
}

// Looks and mends in turns, until a look finds nothing: what rested on a wrong row may turn out to
// be wrong only then.
Outcome<Report> run(const Settings& settings, workers::Repair& work) {
    Report report;
    for (int round = 0; round < rounds_max; ++round) {
        auto damage = work.look();
        if (!damage.ok()) return domain::Fail{damage.error()};
        report.is_whole = damage->total() == 0;
        if (round == 0) report.damage = std::move(damage).value();
        if (settings.dry_run) return report;
        if (report.is_whole) {
            const auto noted = work.note_match();
            if (!noted.ok()) return domain::Fail{noted.error()};
            return report;
        }
        const auto mended = work.mend();
        if (!mended.ok()) return domain::Fail{mended.error()};
        report.replaced += *mended;
    }
    return domain::Fail{std::string("rows go on to differ")};
}

}  // namespace

int repair(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    const auto workspace = domain::WorkspaceId::parse(settings.workspace);
    CHECK(workspace.has_value(), "the command line was checked");
    const auto place = tool_place(settings, clock);
    if (!place.ok()) return cannot_finish(place.error());
    const auto scratch = Scratch::make(settings.scratch_dir, clock);
    if (!scratch.ok()) return cannot_finish(scratch.error());
    const auto status = workers::projection_status(*place->store, nullptr);
    if (!status.ok()) return cannot_finish("the store: " + status.error().detail);
    const workers::RowScope rows{workspace,
                                 journal::partition_of(*workspace, place->log->partition_count())};
    Progress progress("replayed", "records", workers::projected_for(*status, rows));
    Pace pace(settings.records_per_s, settings.data_dir);
    workers::Repair work({*place->store, scratch->store(), *place->log, clock, operator_name()},
                         *workspace, [&](std::int64_t count) {
                             progress.add(count);
                             return !pace.hold(count);
                         });
    const auto report = run(settings, work);
    if (!report.ok()) return cannot_finish(report.error());
    progress.end();
    if (report->damage.rows == 0 && report->damage.total() == 0)
        return cannot_finish("the journal holds nothing of " + settings.workspace);
    if (settings.json)
        print_json(settings, *report);
    else
        print_text(settings, *report);
    return report->is_whole ? 0 : rows_differ;
}

}  // namespace outlay::app
