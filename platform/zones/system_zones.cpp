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

const date::time_zone& checked_zone(const std::string& zone) {
    const date::time_zone* const found = find_zone(zone);
    CHECK(found != nullptr, "a zone that was checked before is gone");
    return *found;
}

}  // namespace

bool SystemZones::exists(const std::string& zone) const {
    return find_zone(zone) != nullptr;
}

domain::Date SystemZones::local_day(const std::string& zone, domain::Instant at) const {
    return local_time(zone, at).day;
}

LocalTime SystemZones::local_time(const std::string& zone, domain::Instant at) const {
    const std::chrono::sys_time<std::chrono::microseconds> utc{
        std::chrono::microseconds{at.micros}};
    const auto local = checked_zone(zone).to_local(utc).time_since_epoch();
    const auto day = std::chrono::floor<std::chrono::days>(local);
    return {
        domain::Date{std::chrono::sys_days{day}},
        domain::TimeOfDay::after_midnight(std::chrono::floor<std::chrono::seconds>(local - day))};
}

domain::Instant SystemZones::instant_at(const std::string& zone, const LocalTime& local) const {
    const date::local_time<std::chrono::minutes> wanted{local.day.days().time_since_epoch() +
                                                        local.time.since_midnight()};
    const auto utc = checked_zone(zone).to_sys(wanted, date::choose::earliest);
    return {std::chrono::duration_cast<std::chrono::microseconds>(utc.time_since_epoch()).count()};
}

}  // namespace outlay::platform
