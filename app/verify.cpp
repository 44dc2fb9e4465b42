// `outlay verify`: replays the journal into scratch files and compares. Changes nothing.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <utility>

#include "app/difference.hpp"
#include "app/place.hpp"
#include "app/progress.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "migrations/migrations.hpp"
#include "platform/json/writer.hpp"
#include "platform/sqlite/store.hpp"
#include "workers/schema.hpp"
#include "workers/status.hpp"
#include "workers/verify.hpp"

namespace outlay::app {

namespace {

namespace fs = std::filesystem;

// A folder of our own that goes when we go.
class ScratchFolder {
public:
    static Outcome<ScratchFolder> make(const std::string& where) {
        std::error_code unknown;
        const fs::path parent = where.empty() ? fs::temp_directory_path(unknown) : fs::path(where);
        auto name = (parent / "outlay-verify-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            return domain::Fail{"cannot make a folder in " + parent.string() +
                                "; name another one with --scratch"};
        }
        return ScratchFolder(name);
    }
    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    ScratchFolder& operator=(ScratchFolder&&) = delete;
    ~ScratchFolder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }

private:
    explicit ScratchFolder(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

void print_json(const workers::Verification& found) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("identical", !found.difference)
        .field("generation", found.generation)
        .field("records", found.records)
        .key("tables")
        .begin_array();
    for (const auto& table : found.tables) {
        out.begin_object()
            .field("table", table.table)
            .field("rows", table.rows)
            .field("digest", table.digest)
            .end_object();
    }
    out.end_array();
    write_difference(out, found.difference);
    out.end_object();
    std::cout << text << "\n";
}

void print_table(const workers::Verification& found) {
    std::printf("%-26s %12s  %s\n", "table", "rows", "digest");
    for (const auto& table : found.tables) {
        std::printf("%-26s %12lld  %s\n", std::string(table.table).c_str(),
                    static_cast<long long>(table.rows), table.digest.c_str());
    }
    if (!found.difference) {
        std::printf("generation %lld is the fold of %lld journal records\n",
                    static_cast<long long>(found.generation),
                    static_cast<long long>(found.records));
        return;
    }
    std::fputs(difference_text(*found.difference).c_str(), stdout);
}

int cannot_compare(const std::string& sentence) {
    constexpr int unknown = 3;
    fail(sentence);
    return unknown;
}

}  // namespace

int verify(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    auto place = tool_place(settings, clock);
    if (!place.ok()) return cannot_compare(place.error());
    const auto scratch = ScratchFolder::make(settings.scratch_dir);
    if (!scratch.ok()) return cannot_compare(scratch.error());
    const auto store = sqlite::open_store(scratch->path() / "replayed.db");
    if (!store.ok()) return cannot_compare("the scratch file: " + store.error().detail);
    const auto migrated = workers::migrate(**store, migrations::sqlite(), clock);
    if (!migrated.ok()) return cannot_compare("the scratch file: " + migrated.error().detail);
    const auto status = workers::projection_status(*place->store, nullptr);
    if (!status.ok()) return cannot_compare("the store: " + status.error().detail);
    Progress progress("replayed", "records", status->projected);
    const auto told = [&progress](std::int64_t records) {
        progress.add(records);
        return !wait_for_end(std::chrono::seconds{0});
    };
    const auto found = workers::verify(*place->store, **store, *place->log, told);
    if (!found.ok()) return cannot_compare(found.error());
    progress.end();
    if (settings.json)
        print_json(*found);
    else
        print_table(*found);
    return found->difference ? 1 : 0;
}

}  // namespace outlay::app
