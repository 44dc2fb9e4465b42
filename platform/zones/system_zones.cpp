// Over Howard Hinnant's date library: the standard library of GCC 12 has no zones.
#include "platform/zones/system_zones.hpp"

#include <date/tz.h>

#include <exception>

#include "domain/values/check.hpp"

namespace outlay::platform {

namespace {

// Null if there is no such zone, or no zone files at all. The library throws for both.
const date::time_zone* find_zone(const std::string& zone) {
    if (zone == "localtime")
        return nullptr;  // whatever this machine is set to: no zone of a workspace
    try {
        return date::locate_zone(zone);
    } catch (const std::exception&) {
        return nullptr;
    }
}

}  // namespace

bool SystemZones::exists(const std::string& zone) const {
    return find_zone(zone) != nullptr;
}

domain::Date SystemZones::local_day(const std::string& zone, domain::Instant at) const {
    const date::time_zone* const found = find_zone(zone);
    CHECK(found != nullptr, "a zone that was checked before is gone");
    const std::chrono::sys_time<std::chrono::microseconds> utc{
        std::chrono::microseconds{at.micros}};
    const auto local = found->to_local(utc);
    const auto day = std::chrono::floor<std::chrono::days>(local.time_since_epoch());
    return domain::Date{std::chrono::sys_days{day}};
}

}  // namespace outlay::platform
