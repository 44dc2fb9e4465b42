// `outlay journal skip`: an operator names a record that halts its partition.
#include <filesystem>
#include <iostream>
#include <optional>

#include "app/operator.hpp"
#include "app/place.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "platform/json/writer.hpp"
#include "platform/sqlite/directory_lock.hpp"
#include "workers/halting_record.hpp"
#include "workers/status.hpp"

namespace outlay::app {

namespace {

using workers::SkipPlan;
using workers::SkipWish;

constexpr int usage = 2;
constexpr std::chrono::seconds worker_patience{10};
constexpr std::chrono::milliseconds look_pause{200};

struct Opened {
    std::optional<sqlite::DirectoryLock> lock;  // of a folder that is written to
    Place place;
};

// The embedded server numbers the records itself, so it must not run while one is added.
Outcome<Opened> open(const Settings& settings, const platform::Clock& clock) {
    Opened opened;
    const auto& folder = settings.data_dir;
    if (!folder.empty() && !settings.dry_run) {
        if (!std::filesystem::exists(folder + "/store.db") ||
            !std::filesystem::exists(folder + "/journal.db"))
            return domain::Fail{folder + " holds no installation"};
        auto lock = sqlite::DirectoryLock::take(folder);
        if (!lock.ok())
            return domain::Fail{lock.error() + "; end the server, skip, and start it again"};
        opened.lock.emplace(std::move(lock).value());
    }
    auto place =
        opened.lock ? embedded_place(folder, LogUse::write, clock) : tool_place(settings, clock);
    if (!place.ok()) return domain::Fail{place.error()};
    opened.place = std::move(place).value();
    return opened;
}

void print_json(const SkipPlan& plan, const SkipWish& wish, bool is_appended) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("position", wish.position.text())
        .field("record_hash", plan.halting.hash)
        .field("kind", plan.halting.kind)
        .field("workspace", plan.halting.workspace)
        .field("command", plan.halting.command)
        .field("actor", plan.halting.actor)
        .field("events", plan.halting.events)
        .field("appended_at", plan.halting.record.appended_at.text())
        .field("named_before", plan.named_at ? std::optional(plan.named_at->text()) : std::nullopt)
        .field("appended", is_appended)
        .end_object();
    std::cout << text << "\n";
}

void print(const SkipPlan& plan, const SkipWish& wish) {
    const auto& halting = plan.halting;
    const auto or_none = [](const std::string& text) { return text.empty() ? "none" : text; };
    std::string events;
    for (const auto& type : halting.events) events += (events.empty() ? "" : ", ") + type;
    std::cout << "will never apply: " << wish.position.text() << ", appended "
              << halting.record.appended_at.text() << "\n"
              << "  workspace " << or_none(halting.workspace) << "\n"
              << "  command   " << or_none(halting.command) << "\n"
              << "  actor     " << or_none(halting.actor) << "\n"
              << "  events    " << or_none(events) << "\n";
    if (plan.named_at) std::cout << "it is named at " << plan.named_at->text() << " already\n";
}

bool has_passed(sql::Store& store, const journal::Position& position) {
    const auto status = workers::projection_status(store, nullptr);
    if (!status.ok()) return false;
    for (const auto& partition : status->partitions) {
        const auto& stands = partition.checkpoint;
        if (stands.partition == position.partition) return stands.next > position.offset;
    }
    return false;
}

// Workers look for it every two seconds; a folder is not served at this moment.
void tell_what_follows(const Settings& settings, sql::Store& store,
                       const journal::Position& position) {
    if (!settings.data_dir.empty()) {
        std::cout << "`outlay serve --data " << settings.data_dir << "` goes on behind it\n";
        return;
    }
    const auto give_up = std::chrono::steady_clock::now() + worker_patience;
    while (!has_passed(store, position) && std::chrono::steady_clock::now() < give_up) {
        if (wait_for_end(look_pause)) return;
    }
    std::cout << (has_passed(store, position)
                      ? "the partition goes on\n"
                      : "no worker has gone on yet; `outlay status` shows when one does\n");
}

int carry_out(const Settings& settings, Place& place, const SkipWish& wish) {
    const auto plan = workers::plan_skip(*place.store, *place.log, wish);
    if (!plan.ok()) return fail(plan.error() + "; nothing was changed");
    const bool appends = !settings.dry_run && !plan->named_at;
    if (!settings.json) print(*plan, wish);
    if (appends) {
        const auto done = workers::skip(*place.store, *place.log, *plan, wish);
        if (!done.ok()) {
            fail(done.error() + " (the same command finds out, or does it again)");
            return not_finished;
        }
    }
    if (settings.json)
        print_json(*plan, wish, appends);
    else if (settings.dry_run)
        std::cout << "nothing was changed\n";
    else
        tell_what_follows(settings, *place.store, wish.position);
    return 0;
}

}  // namespace

int journal_skip(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    const auto position = journal::Position::parse(settings.position);
    if (!position) {
        fail("\"" + settings.position + "\" is no PARTITION:OFFSET");
        return usage;
    }
    auto opened = open(settings, clock);
    if (!opened.ok()) return fail(opened.error());
    const SkipWish wish{*position, settings.record_hash, settings.reason, operator_name(),
                        clock.now()};
    return carry_out(settings, opened->place, wish);
}

}  // namespace outlay::app
