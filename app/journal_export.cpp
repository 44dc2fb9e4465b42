// `outlay journal export`: facts of a journal into a file, after sealing what is exported.
#include <filesystem>
#include <iostream>

#include "app/place.hpp"
#include "app/progress.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "platform/json/writer.hpp"
#include "platform/sqlite/directory_lock.hpp"
#include "platform/zlib/line_file.hpp"
#include "workers/export.hpp"
#include "workers/status.hpp"
#include "workers/store_export.hpp"

namespace outlay::app {

namespace {

using workers::Export;
using workers::Exported;

int failed(const workers::ExportError& error) {
    if (!error.is_interrupted) return fail(error.detail);
    fail(error.detail + " (run it again)");
    return not_finished;
}

void print(const Settings& settings, const Exported& done) {
    if (settings.json) {
        std::string text;
        json::Writer out(text);
        out.begin_object()
            .field("records", done.records)
            .field("looked_at", done.looked_at)
            .field("sealed", done.is_sealed)
            .field("file", settings.dry_run ? std::nullopt : std::optional(settings.file))
            .field("sum", settings.dry_run ? std::nullopt : std::optional(done.sum))
            .end_object();
        std::cout << text << "\n";
        return;
    }
    if (settings.dry_run) {
        std::cout << done.records << " records would be written, of " << done.looked_at
                  << " in the journal; it is " << (done.is_sealed ? "" : "not ") << "sealed\n";
        return;
    }
    std::cout << done.records << " records in " << settings.file << "\nsum " << done.sum << "\n"
              << "`outlay journal import` makes a journal of it\n";
}

Outcome<workers::ExportOptions> options_of(const Settings& settings) {
    workers::ExportOptions options;
    options.seals = !settings.unsealed;
    options.now = platform::SystemClock().now();
    if (settings.workspace.empty()) return options;
    options.workspace = domain::WorkspaceId::parse(settings.workspace);
    if (!options.workspace)
        return domain::Fail{"--workspace: \"" + settings.workspace + "\" is no ws_..."};
    return options;
}

int write(const Settings& settings, const workers::ExportOptions& options, journal::Journal& log) {
    Progress progress(settings.dry_run ? "looked at" : "exported", "records", records_of(log));
    const auto told = [&progress](std::int64_t records) {
        progress.add(records);
        return !wait_for_end(std::chrono::seconds{0});
    };
    Export work(log, options, told);
    if (settings.dry_run) {
        const auto found = work.look();
        if (!found.ok()) return failed(found.error());
        print(settings, *found);
        return 0;
    }
    // Before anything is sealed: a file that cannot be written is found out here.
    const auto sink = zlib::create_line_file(settings.file);
    if (!sink.ok()) return fail(sink.error());
    if (options.seals) {
        const auto quietly = [](std::int64_t) { return !wait_for_end(std::chrono::seconds{0}); };
        const auto sealed = Export(log, options, quietly).seal();
        if (!sealed.ok()) return failed(sealed.error());
    }
    const auto done = work.write(**sink);
    if (!done.ok()) return failed(done.error());
    progress.end();
    print(settings, *done);
    return 0;
}

int write_from_store(const Settings& settings, const workers::ExportOptions& options) {
    const auto store = tool_store(settings);
    if (!store.ok()) return fail(store.error());
    if (*store == nullptr) return fail("no store: set --data or --postgres-url");
    const auto status = workers::projection_status(**store, nullptr);
    if (!status.ok()) return fail("the store: " + status.error().detail);
    const auto sink = zlib::create_line_file(settings.file);
    if (!sink.ok()) return fail(sink.error());
    Progress progress("exported", "facts", status->projected);
    const auto told = [&progress](std::int64_t records) {
        progress.add(records);
        return !wait_for_end(std::chrono::seconds{0});
    };
    const auto done = workers::export_store(**store, options, **sink, told);
    if (!done.ok()) return failed(done.error());
    progress.end();
    print(settings, *done);
    return 0;
}

}  // namespace

int journal_export(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    const auto options = options_of(settings);
    if (!options.ok()) return fail(options.error());
    if (settings.file.empty() && !settings.dry_run)
        return fail("name the file with -o FILE, or look first with --dry-run");
    if (!settings.dry_run && std::filesystem::exists(settings.file))
        return fail(settings.file + " exists already; name another file");
    if (settings.from_store && settings.dry_run)
        return fail("--from-store changes nothing; it needs no --dry-run");
    if (settings.from_store) return write_from_store(settings, *options);
    const bool writes = options->seals && !settings.dry_run;
    std::optional<sqlite::DirectoryLock> lock;
    if (writes && !settings.data_dir.empty()) {
        if (!std::filesystem::exists(settings.data_dir + "/journal.db"))
            return fail(settings.data_dir + " holds no installation (there is no journal.db)");
        auto taken = sqlite::DirectoryLock::take(settings.data_dir);
        if (!taken.ok())
            return fail(taken.error() +
                        "; end the server to seal its journal, or copy it with --unsealed");
        lock.emplace(std::move(taken).value());
    }
    const auto log = tool_journal(settings, writes ? LogUse::write : LogUse::read, clock);
    if (!log.ok()) return fail(log.error());
    return write(settings, *options, **log);
}

}  // namespace outlay::app
