// IANA zones from the system's zone files (/usr/share/zoneinfo), which the distribution keeps up to
// date. The library behind it reads the transitions that the files list: after 2037 every day is
// cut in standard time. Any thread.
#pragma once

#include <string>

#include "platform/clock.hpp"

namespace outlay::platform {

class SystemZones final : public Zones {
public:
    bool exists(const std::string& zone) const override;
    domain::Date local_day(const std::string& zone, domain::Instant at) const override;
    LocalTime local_time(const std::string& zone, domain::Instant at) const override;
    domain::Instant instant_at(const std::string& zone, const LocalTime& local) const override;
};

}  // namespace outlay::platform
