// `outlay rebuild`: makes the read models anew beside the live ones and puts them in their place.
#include <cstdio>
#include <iostream>

#include "app/difference.hpp"
#include "app/pace.hpp"
#include "app/place.hpp"
#include "app/progress.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "migrations/migrations.hpp"
#include "platform/json/writer.hpp"
#include "workers/rebuild.hpp"
#include "workers/status.hpp"

namespace outlay::app {

namespace {

constexpr int rows_differ = 1;  // nothing was switched

int cannot_finish(const Settings& settings, const std::string& sentence) {
    const auto* const next = settings.rollback ? " (`outlay rebuild --rollback` goes on from here)"
                             : settings.aside
                                 ? " (`outlay rebuild --aside` goes on from here; --drop drops it)"
                                 : " (`outlay rebuild` goes on from here; --restart begins anew)";
    fail(sentence + next);
    return not_finished;
}

void print_json(const workers::Rebuild& rebuild, const std::optional<workers::Verification>& found,
                bool is_switched) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("generation", rebuild.generation())
        .field("replaced", rebuild.replaced())
        .field("switched", is_switched);
    write_difference(out, found ? found->difference : std::nullopt);
    out.end_object();
    std::cout << text << "\n";
}

void print_comparison(const workers::Verification& found) {
    if (found.difference)
        std::cout << difference_text(*found.difference);
    else
        std::cout << "every row is the same in " << found.tables.size() << " tables\n";
}

void print_outcome(const workers::Rebuild& rebuild,
                   const std::optional<workers::Verification>& found, bool is_switched) {
    if (found) print_comparison(*found);
    if (!is_switched) {
        std::cout << "nothing was switched: `outlay rebuild --accept-difference` goes on with "
                     "generation "
                  << rebuild.generation() << "\n";
        return;
    }
    std::cout << "generation " << rebuild.generation() << " answers now; `outlay rebuild "
              << "--rollback` returns to generation " << rebuild.replaced() << "\n";
}

workers::RebuildOptions options_for(bool is_embedded) {
    workers::RebuildOptions options;
    if (!is_embedded) {
        constexpr std::size_t writers = 2;  // each keeps one core of the database's about as busy
        options.threads = writers;
        return options;
    }
    // A server may share the files at any time, and there is only one write lock: it is held for
    // some tens of milliseconds, not for as long as an index over full tables takes.
    options.indexes_last = false;
    constexpr std::size_t small_batch = 250;
    options.batch.records_max = small_batch;
    return options;
}

int switch_over(workers::Rebuild& rebuild, const Settings& settings) {
    std::optional<workers::Verification> found;
    if (!settings.rollback) {
        auto compared = rebuild.compare();
        if (!compared.ok()) return cannot_finish(settings, compared.error());
        found = std::move(compared).value();
    }
    const bool is_held = found && found->difference && !settings.accept_difference;
    if (!is_held) {
        const auto flipped = rebuild.flip();
        if (!flipped.ok()) return cannot_finish(settings, flipped.error());
    }
    if (settings.json)
        print_json(rebuild, found, !is_held);
    else
        print_outcome(rebuild, found, !is_held);
    return is_held ? rows_differ : 0;
}

// A generation for people to look at; it is kept until it is dropped.
int keep_aside(workers::Rebuild& rebuild, const Settings& settings) {
    std::optional<workers::Verification> found;
    const auto end = journal::Position::parse(settings.position_end);
    const auto caught_up = end ? rebuild.catch_up(*end) : rebuild.catch_up();
    if (!caught_up.ok()) return cannot_finish(settings, caught_up.error());
    if (!end) {
        auto compared = rebuild.compare();
        if (!compared.ok()) return cannot_finish(settings, compared.error());
        found = std::move(compared).value();
    }
    const auto number = std::to_string(rebuild.generation());
    if (settings.json) {
        print_json(rebuild, found, false);
    } else {
        if (found) print_comparison(*found);
        std::cout << "generation " << number << " is kept aside, in "
                  << (settings.data_dir.empty() ? "schema read_g" + number
                                                : "tables read_g" + number + "_...")
                  << "; `outlay rebuild --aside --drop` drops it\n";
    }
    return found && found->difference ? rows_differ : 0;
}

int drop_aside(workers::Rebuild& rebuild, const Settings& settings) {
    const auto dropped = rebuild.drop_aside();
    if (!dropped.ok()) return cannot_finish(settings, dropped.error());
    std::cout << "nothing is kept aside\n";
    return 0;
}

workers::Rebuild::Outcome<std::int64_t> begin(workers::Rebuild& rebuild, const Settings& settings) {
    if (settings.rollback) return rebuild.begin_rollback();
    return settings.aside ? rebuild.begin_aside() : rebuild.begin();
}

}  // namespace

int rebuild(const Settings& settings) {
    if (!settings.workspace.empty()) return repair(settings);
    block_signals();
    const platform::SystemClock clock;
    auto place = tool_place(settings, clock);
    if (!place.ok()) return cannot_finish(settings, place.error());
    const auto status = workers::projection_status(*place->store, nullptr);
    if (!status.ok()) return cannot_finish(settings, "the store: " + status.error().detail);
    Progress progress("projected", "records", status->projected);
    Pace pace(settings.records_per_s, settings.data_dir);
    const auto told = [&](std::int64_t records) {
        progress.add(records);
        return !pace.hold(records);
    };
    const auto migrations = place->is_embedded ? migrations::sqlite() : migrations::postgres();
    workers::Rebuild rebuild({*place->store, *place->log, migrations, clock},
                             options_for(place->is_embedded), told);
    if (settings.restart) {
        const auto dropped = rebuild.abandon();
        if (!dropped.ok()) return cannot_finish(settings, dropped.error());
    }
    if (settings.drop) return drop_aside(rebuild, settings);
    const auto begun = begin(rebuild, settings);
    if (!begun.ok()) return cannot_finish(settings, begun.error());
    std::cerr << "generation " << rebuild.generation() << " is made beside generation "
              << rebuild.replaced() << ", which goes on\n";
    if (settings.aside) return keep_aside(rebuild, settings);
    const auto caught_up = rebuild.catch_up();
    if (!caught_up.ok()) return cannot_finish(settings, caught_up.error());
    progress.end();
    return switch_over(rebuild, settings);
}

}  // namespace outlay::app
