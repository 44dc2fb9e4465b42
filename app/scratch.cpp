// SQLite files, whatever kind of store they stand in for.
#include "app/scratch.hpp"

#include <cstdlib>
#include <utility>

#include "migrations/migrations.hpp"
#include "platform/sqlite/store.hpp"
#include "workers/schema.hpp"

namespace outlay::app {

namespace fs = std::filesystem;

Outcome<Scratch> Scratch::make(const std::string& where, const platform::Clock& clock) {
    std::error_code unknown;
    const fs::path parent = where.empty() ? fs::temp_directory_path(unknown) : fs::path(where);
    auto name = (parent / "outlay-scratch-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        return domain::Fail{"cannot make a folder in " + parent.string() +
                            "; name another one with --scratch"};
    }
    Scratch scratch(name);
    auto store = sqlite::open_store(scratch.folder_ / "replayed.db");
    if (!store.ok()) return domain::Fail{"the scratch file: " + store.error().detail};
    scratch.store_ = std::move(store).value();
    const auto migrated = workers::migrate(*scratch.store_, migrations::sqlite(), clock);
    if (!migrated.ok()) return domain::Fail{"the scratch file: " + migrated.error().detail};
    return scratch;
}

Scratch::Scratch(Scratch&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), store_(std::move(other.store_)) {}

Scratch::~Scratch() {
    store_.reset();
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

}  // namespace outlay::app
