// Where the time comes from. Only labels and deadlines rest on it, never a decision about facts.
// Any thread.
#pragma once

#include <chrono>

#include "domain/values/calendar.hpp"
#include "domain/values/dates.hpp"

namespace outlay::platform {

using Deadline = std::chrono::steady_clock::time_point;

class Clock {
public:
    virtual ~Clock() = default;
    virtual domain::Instant now() const = 0;                              // wall clock, UTC
    virtual std::chrono::steady_clock::time_point monotonic() const = 0;  // for deadlines
};

class SystemClock final : public Clock {
public:
    domain::Instant now() const override {
        using namespace std::chrono;
        return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
    }
    std::chrono::steady_clock::time_point monotonic() const override {
        return std::chrono::steady_clock::now();
    }
};

struct LocalTime {
    domain::Date day;
    domain::TimeOfDay time;
    auto operator<=>(const LocalTime&) const = default;
};

// Local time in IANA zones. Implemented by platform/zones. Any thread.
class Zones {
public:
    virtual ~Zones() = default;
    virtual bool exists(const std::string& zone) const = 0;
    // CHECKs that the zone exists.
    virtual domain::Date local_day(const std::string& zone, domain::Instant at) const = 0;
    virtual LocalTime local_time(const std::string& zone, domain::Instant at) const = 0;
    // When clocks there show that time first; one that is skipped comes with the end of the gap.
    virtual domain::Instant instant_at(const std::string& zone, const LocalTime& local) const = 0;
};

}  // namespace outlay::platform
