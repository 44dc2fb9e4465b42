// `outlay status` and `outlay lag`: look at an installation, and change nothing.
#include <iostream>
#include <sstream>

#include "app/place.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "app/status_report.hpp"

namespace outlay::app {

namespace {

constexpr std::chrono::seconds watch_pause{1};

Outcome<StatusReport> report_of(Place& place, const platform::Clock& clock) {
    auto projection = workers::projection_status(*place.store, place.log.get());
    if (!projection.ok()) return domain::Fail{"the store: " + projection.error().detail};
    workers::look_at_next(*projection, *place.log);
    const auto now = clock.now();
    auto overview = workers::overview(*place.store, now);
    if (!overview.ok()) return domain::Fail{"the store: " + overview.error().detail};
    return StatusReport{place.description, now, std::move(projection).value(),
                        std::move(overview).value()};
}

// How fast the lag shrinks or grows since the look before.
std::string trend(std::int64_t before, std::int64_t lag) {
    if (lag == before) return "";
    std::ostringstream text;
    text << ", " << std::showpos << lag - before << std::noshowpos << "/s";
    if (lag < before) text << ", " << (lag + before - lag - 1) / (before - lag) << " s left";
    return text.str();
}

int watch(const Settings& settings, Place& place, const platform::Clock& clock) {
    std::optional<std::int64_t> before;
    do {
        const auto report = report_of(place, clock);
        if (!report.ok()) return fail(report.error());
        const auto lag = report->projection.lag;
        if (settings.json) {
            std::cout << lag_json(*report) << "\n";
        } else {
            std::cout << report->at.text() << "  " << lag_sentence(*report)
                      << (before ? trend(*before, lag) : "") << "\n";
        }
        std::cout << std::flush;
        before = lag;
    } while (std::cout && !wait_for_end(watch_pause));
    return 0;
}

}  // namespace

int status(const Settings& settings) {
    const platform::SystemClock clock;
    auto place = tool_place(settings, clock);
    if (!place.ok()) return fail(place.error());
    const auto report = report_of(*place, clock);
    if (!report.ok()) return fail(report.error());
    std::cout << (settings.json ? status_json(*report) + "\n" : status_text(*report));
    const auto& projection = report->projection;
    return projection.halted > 0 || !projection.reconciliation.mismatches.empty() ? 1 : 0;
}

int lag(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    auto place = tool_place(settings, clock);
    if (!place.ok()) return fail(place.error());
    if (settings.watch) return watch(settings, *place, clock);
    const auto report = report_of(*place, clock);
    if (!report.ok()) return fail(report.error());
    std::cout << (settings.json ? lag_json(*report) + "\n"
                                : partitions_text(*report) + lag_sentence(*report) + "\n");
    return report->projection.halted > 0 ? 1 : 0;
}

}  // namespace outlay::app
