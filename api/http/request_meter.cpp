// The series of a request are known by three small values, so each thread remembers those that it
// has used: looking one up costs no lock.
#include "api/http/request_meter.hpp"

#include <functional>
#include <string>
#include <unordered_map>

#include "platform/metric_families.hpp"

namespace outlay::api {

namespace {

struct Key {
    const char* route;  // of static text, so that the address tells routes apart
    int method;
    int status;
    bool operator==(const Key&) const = default;
};
struct KeyHash {
    std::size_t operator()(const Key& key) const {
        constexpr std::size_t statuses = 1000;
        const auto rest = static_cast<std::size_t>(key.method + 1) * statuses;
        return std::hash<const char*>{}(key.route) ^ (rest + static_cast<std::size_t>(key.status));
    }
};

metrics::Histogram& make_series(const Exchange& exchange) {
    const auto method = exchange.method ? method_name(*exchange.method) : "_OTHER";
    const std::string_view route = exchange.route.empty() ? "unmatched" : exchange.route;
    return metrics::histogram(metrics::request_duration,
                              {method, route, std::to_string(exchange.status)});
}

metrics::Gauge& active() {
    static metrics::Gauge& gauge = metrics::gauge(metrics::active_requests);
    return gauge;
}

}  // namespace

void count_begun() {
    active().add(1);
}

void count_ended(const Exchange& exchange) {
    thread_local std::unordered_map<Key, metrics::Histogram*, KeyHash> known;
    active().add(-1);
    const Key key{exchange.route.data(), exchange.method ? static_cast<int>(*exchange.method) : -1,
                  exchange.status};
    auto& series = known[key];
    if (series == nullptr) series = &make_series(exchange);
    series->observe(std::chrono::steady_clock::now() - exchange.begun);
}

}  // namespace outlay::api
