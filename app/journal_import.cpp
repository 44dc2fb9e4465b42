// `outlay journal import`: an empty journal becomes that of an export.
#include <filesystem>
#include <iostream>

#include "app/place.hpp"
#include "app/progress.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "platform/json/writer.hpp"
#include "platform/memory/journal.hpp"
#include "platform/secret_file.hpp"
#include "platform/sqlite/directory_lock.hpp"
#include "platform/zlib/line_file.hpp"
#include "workers/import.hpp"

namespace outlay::app {

namespace {

namespace fs = std::filesystem;
using workers::Import;
using workers::Imported;

int failed(const workers::ImportError& error) {
    if (!error.is_unfinished) return fail(error.detail + "; nothing was changed");
    fail(error.detail + " (the same command goes on from here)");
    return not_finished;
}

std::string next_step(const Settings& settings) {
    const auto& folder = settings.data_dir;
    if (folder.empty()) {
        return "`outlay migrate` on an empty database, `outlay api` and `outlay worker` serve it; "
               "`outlay journal adopt` makes the store of a lost journal follow it\n";
    }
    if (fs::exists(fs::path(folder) / "store.db"))
        return "`outlay journal adopt --data " + folder + "` makes the store there follow it\n";
    return "`outlay serve --data " + folder + "` serves it\n";
}

void print(const Settings& settings, const workers::CheckedArchive& checked, const Imported& done) {
    if (settings.json) {
        std::string text;
        json::Writer out(text);
        out.begin_object()
            .field("records", checked.records)
            .field("appended", done.appended)
            .field("from_journal", checked.head.journal)
            .field("journal", settings.dry_run ? std::nullopt : std::optional(done.journal))
            .end_object();
        std::cout << text << "\n";
        return;
    }
    std::cout << checked.records << " records of journal " << checked.head.journal << "\n";
    if (!checked.head.is_sealed)
        std::cout << "that journal was not sealed: what happened there since is not in the file\n";
    if (settings.dry_run) {
        std::cout << "the file is whole, and the journal can take it; nothing was changed\n";
        return;
    }
    if (done.was_finished) std::cout << "they were here already; nothing was changed\n";
    std::cout << "are in journal " << done.journal << " now\n" << next_step(settings);
}

// The folder gets the secret of the old one, or a new one; only before the journal is begun.
domain::Status<std::string> bring_secret(const Settings& settings) {
    const fs::path own = fs::path(settings.data_dir) / "root.secret";
    const auto& old = settings.root_secret_file;
    if (old.empty()) {
        const bool is_new = !fs::exists(own);
        const auto made = platform::load_or_create_secret(own);
        if (!made.ok()) return domain::Fail{made.error().detail};
        if (is_new)
            std::cerr << "outlay: without --root-secret the folder has a new one: requests that "
                         "are sent again are not known, and owner.key is a new owner's\n";
        return domain::Done{};
    }
    const auto wished = platform::load_secret(old);
    if (!wished.ok()) return domain::Fail{wished.error().detail};
    if (fs::exists(own)) {
        const auto there = platform::load_secret(own);
        if (!there.ok()) return domain::Fail{there.error().detail};
        if (*there == *wished) return domain::Done{};
        return domain::Fail{own.string() + " is another secret than " + old};
    }
    std::error_code error;
    const auto beside = own.string() + ".new";
    fs::copy_file(old, beside, fs::copy_options::overwrite_existing, error);
    if (!error) fs::permissions(beside, fs::perms::owner_read | fs::perms::owner_write, error);
    if (!error) fs::rename(beside, own, error);
    if (error) return domain::Fail{"cannot write " + own.string() + ": " + error.message()};
    return domain::Done{};
}

// What is imported into, and what keeps others away from it meanwhile.
struct Destination {
    std::unique_ptr<sqlite::DirectoryLock> lock;
    std::unique_ptr<journal::Journal> log;
};

Outcome<Destination> open_folder(const Settings& settings, const platform::Clock& clock) {
    const fs::path folder(settings.data_dir);
    const bool is_begun = fs::exists(folder / "journal.db");
    Destination found;
    if (settings.dry_run && !is_begun) {
        found.log = std::make_unique<memory::MemoryJournal>(1, clock);
        return found;
    }
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return domain::Fail{"cannot make the folder " + folder.string() + ": " + error.message()};
    auto lock = sqlite::DirectoryLock::take(folder);
    if (!lock.ok()) return domain::Fail{lock.error()};
    found.lock = std::make_unique<sqlite::DirectoryLock>(std::move(lock).value());
    auto log = tool_journal(settings, settings.dry_run ? LogUse::read : LogUse::write, clock);
    if (!log.ok()) return domain::Fail{log.error()};
    found.log = std::move(log).value();
    return found;
}

// Lines about one pass over the file.
workers::ReadTold telling(Progress& progress) {
    return [&progress](std::int64_t records) {
        progress.add(records);
        return !wait_for_end(std::chrono::seconds{0});
    };
}

int carry(const Settings& settings, const workers::CheckedArchive& checked, Import& work) {
    const auto can_take = work.look_at_journal();
    if (!can_take.ok()) return failed(can_take.error());
    if (settings.dry_run) {
        print(settings, checked, {});
        return 0;
    }
    if (!settings.data_dir.empty()) {
        const auto brought = bring_secret(settings);
        if (!brought.ok()) return fail(brought.error());
    }
    Progress progress("imported", "records", checked.records);
    const auto done = work.run(telling(progress));
    if (!done.ok()) return failed(done.error());
    progress.end();
    print(settings, checked, *done);
    return 0;
}

}  // namespace

// A damaged file is refused before the folder of a new installation is made.
int journal_import(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    const auto lines = zlib::open_line_file(settings.file);
    if (!lines.ok()) return fail(lines.error());
    journal::ArchiveReader archive(**lines);
    Destination destination;
    std::int32_t partitions = 1;
    if (settings.data_dir.empty()) {
        auto log = tool_journal(settings, LogUse::write, clock);
        if (!log.ok()) return fail(log.error());
        destination.log = std::move(log).value();
        partitions = destination.log->partition_count();
    }
    Progress progress("checked", "records", 0);
    const auto checked = workers::check_archive(archive, partitions, telling(progress));
    if (!checked.ok()) return failed(checked.error());
    if (!destination.log) {
        auto opened = open_folder(settings, clock);
        if (!opened.ok()) return fail(opened.error());
        destination = std::move(opened).value();
    }
    constexpr std::int64_t micros_per_milli = 1000;
    Import work(*destination.log, archive,
                platform::random_uuid_v7(clock.now().micros / micros_per_milli).text());
    return carry(settings, *checked, work);
}

}  // namespace outlay::app
