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

// The scratch store and who hears of the replay.
struct Scratch {
    ScratchFolder folder;
    std::unique_ptr<sql::Store> store;
};

Outcome<Scratch> make_scratch(const Settings& settings, const platform::Clock& clock) {
    auto folder = ScratchFolder::make(settings.scratch_dir);
    if (!folder.ok()) return domain::Fail{folder.error()};
    auto store = sqlite::open_store(folder->path() / "replayed.db");
    if (!store.ok()) return domain::Fail{"the scratch file: " + store.error().detail};
    const auto migrated = workers::migrate(**store, migrations::sqlite(), clock);
    if (!migrated.ok()) return domain::Fail{"the scratch file: " + migrated.error().detail};
    return Scratch{std::move(folder).value(), std::move(store).value()};
}

workers::Replay::Told telling(Progress& progress) {
    return [&progress](std::int64_t records) {
        progress.add(records);
        return !wait_for_end(std::chrono::seconds{0});
    };
}

using Found = domain::Result<workers::Verification, std::string>;

Found compare(const Settings& settings, const platform::Clock& clock) {
    const auto place = tool_place(settings, clock);
    if (!place.ok()) return domain::Fail{place.error()};
    const auto scratch = make_scratch(settings, clock);
    if (!scratch.ok()) return domain::Fail{scratch.error()};
    const auto status = workers::projection_status(*place->store, nullptr);
    if (!status.ok()) return domain::Fail{"the store: " + status.error().detail};
    Progress progress("replayed", "records", status->projected);
    auto found = workers::verify(*place->store, *scratch->store, *place->log, telling(progress));
    if (found.ok()) progress.end();
    return found;
}

Found replay_only(const Settings& settings, const platform::Clock& clock) {
    const auto log = tool_journal(settings, LogUse::read, clock);
    if (!log.ok()) return domain::Fail{log.error()};
    const auto scratch = make_scratch(settings, clock);
    if (!scratch.ok()) return domain::Fail{scratch.error()};
    std::int64_t records = 0;
    for (std::int32_t partition = 0; partition < (*log)->partition_count(); ++partition) {
        const auto end = (*log)->end(partition);
        if (!end.ok()) return domain::Fail{"the journal: " + end.error().detail};
        records += *end;
    }
    Progress progress("replayed", "records", records);
    auto found = workers::replay_state(*scratch->store, **log, telling(progress));
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
