// Two series per kind and end.
#include "workers/notifier/delivery_meter.hpp"

#include <array>

#include "platform/metric_families.hpp"
#include "views/channel.hpp"

namespace outlay::workers::notifier {

namespace {

using domain::channel::Kind;

constexpr std::array kinds{Kind::webhook, Kind::slack, Kind::pagerduty, Kind::email, Kind::ntfy};
constexpr std::array ends{End::delivered, End::failed, End::gone, End::rejected};

std::string_view name_of(End end) {
    switch (end) {
        case End::delivered:
            return "delivered";
        case End::failed:
            return "failed";
        case End::gone:
            return "gone";
        case End::rejected:
            return "rejected";
    }
    return "";
}

}  // namespace

void count_attempt(Kind kind, const Attempt& attempt) {
    constexpr double millis_per_second = 1000;
    const auto name = views::channel_kind_name(kind);
    metrics::counter(metrics::deliveries, {name, name_of(attempt.end)}).add();
    metrics::histogram(metrics::delivery_duration, {name})
        .observe(static_cast<double>(attempt.millis) / millis_per_second);
}

void expose_deliveries() {
    for (const auto kind : kinds) {
        const auto name = views::channel_kind_name(kind);
        for (const auto end : ends) metrics::counter(metrics::deliveries, {name, name_of(end)});
        metrics::histogram(metrics::delivery_duration, {name});
    }
}

}  // namespace outlay::workers::notifier
