// Where the series live: by family and label values. Private to this folder. Every member is
// guarded by `mutex`, which those who write values never take.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "platform/metrics.hpp"

namespace outlay::metrics {

using Values = std::vector<std::string>;
using Series = std::variant<std::monostate, Counter, Gauge, Histogram>;

struct Shelf {
    const Family* family = nullptr;
    std::map<Values, Series> series{};
    std::vector<Sample> samples{};  // of a family that is replaced as a whole
};

struct Registry {
    std::mutex mutex;
    std::map<std::string_view, Shelf> shelves;  // by name

    Registry();
    // Made by `make` if it is not there.
    Series& find(const Family& family, LabelValues values,
                 const std::function<void(Series&)>& make);
    Shelf& shelf(const Family& family);
};

// The one of this process, made by whoever asks first.
Registry& registry();

}  // namespace outlay::metrics
