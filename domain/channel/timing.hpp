// When a channel is sent what it gets, and how much of it at most. Storage format: fields are only
// ever added. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/context.hpp"
#include "domain/values/calendar.hpp"
#include "domain/values/field_check.hpp"

namespace outlay::domain::channel {

enum class Every { day, week };
// A summary of what happened, at that time where its recipient lives.
struct Digest {
    Every every = Every::day;
    TimeOfDay at;
    std::optional<Weekday> weekday{};  // of weekly ones; left out: Monday
    bool operator==(const Digest&) const = default;
};

enum class Span { second, minute, hour };
struct RateLimit {
    std::int64_t messages = 0;
    Span per = Span::hour;
    bool operator==(const RateLimit&) const = default;
};

struct Timing {
    std::optional<MemberId> recipient{};  // whose zone and quiet hours count
    std::optional<Digest> digest{};
    // Set: alerts come only to those that nobody has acknowledged for so long.
    std::optional<std::int64_t> unacknowledged_minutes{};
    std::optional<RateLimit> rate_limit{};
    bool operator==(const Timing&) const = default;
};

// Unset: as it is; inner empty: none any more.
struct TimingEdit {
    std::optional<std::optional<MemberId>> recipient{};
    std::optional<std::optional<Digest>> digest{};
    std::optional<std::optional<std::int64_t>> unacknowledged_minutes{};
    std::optional<std::optional<RateLimit>> rate_limit{};
};

Timing edited(Timing timing, const TimingEdit& edit);
// `is_for_people`: only those read digests and have quiet hours.
void check_timing(FieldCheck& check, const Timing& timing, bool is_for_people);

}  // namespace outlay::domain::channel
