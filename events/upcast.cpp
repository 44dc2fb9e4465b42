// One step after the other.
#include "events/upcast.hpp"

#include <algorithm>

#include "domain/values/check.hpp"

namespace outlay::events {

std::span<const Upcaster> upcasters() {
    return {};
}

Lifted upcast(std::span<const Upcaster> steps, std::string_view type, std::int64_t from,
              std::int64_t to, const json::Value& data) {
    Lifted lifted{data, {}};
    for (std::int64_t version = from; version < to; ++version) {
        const auto step = std::ranges::find_if(
            steps, [&](const Upcaster& row) { return row.type == type && row.from == version; });
        CHECK(step != steps.end(), "a schema version without an upcaster");
        auto rewritten = json::parse(lifted.texts.emplace_back(step->rewrite(lifted.data)));
        CHECK(rewritten.ok(), "an upcaster wrote something that is not JSON");
        lifted.data = std::move(rewritten).value();
    }
    return lifted;
}

}  // namespace outlay::events
