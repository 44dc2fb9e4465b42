// `outlay verify`: replays the journal into scratch files and compares. Changes nothing.
#include <cstdio>
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
#include "workers/status.hpp"
#include "workers/verify.hpp"

namespace outlay::app {

namespace {

// What the digest is of, and the digest: equal states have equal ones, wherever they are.
void write_state(json::Writer& out, const std::optional<workers::StateDigest>& state) {
    out.key("state_digest");
    if (!state) {
        out.null().key("workspaces").null();
        return;
    }
    out.string(state->text()).key("workspaces").begin_array();
    for (const auto& one : state->workspaces()) {
        out.begin_object()
            .field("workspace", one.workspace.text())
            .field("rows", one.rows)
            .field("state_digest", one.digest)
            .end_object();
    }
    out.end_array();
}

void print_json(const workers::Verification& found, bool is_compared) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    if (is_compared) {
        out.field("identical", !found.difference).field("generation", found.generation);
    } else {
        out.key("identical").null().key("generation").null();
    }
    out.field("records", found.records).key("tables").begin_array();
    for (const auto& table : found.tables) {
        out.begin_object()
            .field("table", table.table)
            .field("rows", table.rows)
            .field("digest", table.digest)
            .end_object();
    }
    out.end_array();
    write_difference(out, found.difference);
    write_state(out, found.state);
    out.end_object();
    std::cout << text << "\n";
}

void print_table(const workers::Verification& found, bool is_compared) {
    if (is_compared) std::printf("%-26s %12s  %s\n", "table", "rows", "digest");
    for (const auto& table : found.tables) {
        std::printf("%-26s %12lld  %s\n", std::string(table.table).c_str(),
                    static_cast<long long>(table.rows), table.digest.c_str());
    }
    if (found.state)
        std::printf("state of %zu workspaces: %s\n", found.state->workspaces().size(),
                    found.state->text().c_str());
    const auto records = static_cast<long long>(found.records);
    if (!is_compared) {
        std::printf("no read models were looked at: this follows from %lld journal records\n",
                    records);
    } else if (found.difference) {
        std::fputs(difference_text(*found.difference).c_str(), stdout);
    } else {
        std::printf("generation %lld is the fold of %lld journal records\n",
                    static_cast<long long>(found.generation), records);
    }
}

int cannot_compare(const std::string& sentence) {
    constexpr int unknown = 3;
    fail(sentence);
    return unknown;
}

workers::Replay::Told telling(Progress& progress, Pace& pace) {
    return [&progress, &pace](std::int64_t records) {
        progress.add(records);
        return !pace.hold(records);
    };
}

// Those of the workspace that is named; all if none is.
workers::RowScope rows_of(const Settings& settings, const journal::Journal& log) {
    const auto workspace = domain::WorkspaceId::parse(settings.workspace);
    if (!workspace) return {};
    return {workspace, journal::partition_of(*workspace, log.partition_count())};
}

using Found = domain::Result<workers::Verification, std::string>;

Found compare(const Settings& settings, const platform::Clock& clock) {
    const auto place = tool_place(settings, clock);
    if (!place.ok()) return domain::Fail{place.error()};
    const auto scratch = Scratch::make(settings.scratch_dir, clock);
    if (!scratch.ok()) return domain::Fail{scratch.error()};
    const auto status = workers::projection_status(*place->store, nullptr);
    if (!status.ok()) return domain::Fail{"the store: " + status.error().detail};
    workers::Selection selection;
    selection.rows = rows_of(settings, *place->log);
    if (!settings.projection.empty()) selection.tables = workers::tables_of(settings.projection);
    Progress progress("replayed", "records", workers::projected_for(*status, selection.rows));
    Pace pace(settings.records_per_s, "");
    auto found = workers::verify(*place->store, scratch->store(), *place->log,
                                 telling(progress, pace), selection);
    if (!found.ok()) return found;
    progress.end();
    if (selection.rows.workspace && found->state && found->state->workspaces().empty())
        return domain::Fail{"the journal holds nothing of " + settings.workspace};
    return found;
}

Found replay_only(const Settings& settings, const platform::Clock& clock) {
    const auto log = tool_journal(settings, LogUse::read, clock);
    if (!log.ok()) return domain::Fail{log.error()};
    const auto scratch = Scratch::make(settings.scratch_dir, clock);
    if (!scratch.ok()) return domain::Fail{scratch.error()};
    const auto to = journal::Position::parse(settings.position_end);
    const auto records = to ? to->offset : records_of(**log);
    Progress progress("replayed", "records", records);
    Pace pace(settings.records_per_s, "");
    auto found = workers::replay_state(scratch->store(), **log, telling(progress, pace), to);
    if (found.ok()) progress.end();
    return found;
}

}  // namespace

int verify(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    const auto found =
        settings.journal_only ? replay_only(settings, clock) : compare(settings, clock);
    if (!found.ok()) return cannot_compare(found.error());
    if (settings.json)
        print_json(*found, !settings.journal_only);
    else
        print_table(*found, !settings.journal_only);
    return found->difference ? 1 : 0;
}

}  // namespace outlay::app
