// Promise: the local day of an instant is that of the IANA zone, across gaps, overlaps, skipped and
// repeated days; and a name that is no zone is answered, not thrown.
#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "platform/zones/system_zones.hpp"

namespace outlay::platform {
namespace {

constexpr std::int64_t second_micros = 1'000'000;

domain::Instant instant(std::string_view text) {
    return *domain::Instant::parse(text);
}
std::string local_day(const std::string& zone, std::string_view at) {
    return SystemZones().local_day(zone, instant(at)).text();
}

struct Row {
    const char* zone;
    const char* at;
    const char* day;
};

class LocalDay : public testing::TestWithParam<Row> {};

TEST_P(LocalDay, is_that_of_the_zone) {
    EXPECT_EQ(local_day(GetParam().zone, GetParam().at), GetParam().day);
}

std::string row_name(const testing::TestParamInfo<Row>& info) {
    std::string name = std::to_string(info.index) + "_";
    for (const char c : std::string(info.param.zone))
        name.push_back(std::isalnum(c) != 0 ? c : '_');
    return name;
}

// The minute before and after midnight, in winter and summer time, and around each kind of change.
INSTANTIATE_TEST_SUITE_P(
    Zones, LocalDay,
    testing::Values(Row{"UTC", "2026-11-20T23:59:59.999999Z", "2026-11-20"},
                    Row{"UTC", "2026-11-21T00:00:00Z", "2026-11-21"},
                    Row{"UTC", "1969-12-31T23:59:59.999999Z", "1969-12-31"},
                    // Winter time UTC+1, summer time UTC+2.
                    Row{"Europe/Berlin", "2026-01-15T22:59:59Z", "2026-01-15"},
                    Row{"Europe/Berlin", "2026-01-15T23:00:00Z", "2026-01-16"},
                    Row{"Europe/Berlin", "2026-07-15T21:59:59Z", "2026-07-15"},
                    Row{"Europe/Berlin", "2026-07-15T22:00:00Z", "2026-07-16"},
                    // The days of 23 and 25 hours.
                    Row{"Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29"},
                    Row{"Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-29"},
                    Row{"Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30"},
                    Row{"Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25"},
                    Row{"Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25"},
                    Row{"Europe/Berlin", "2026-10-25T23:00:00Z", "2026-10-26"},
                    Row{"America/New_York", "2026-03-08T04:59:59Z", "2026-03-07"},
                    Row{"America/New_York", "2026-03-08T05:00:00Z", "2026-03-08"},
                    Row{"America/New_York", "2026-03-09T03:59:59Z", "2026-03-08"},
                    Row{"America/New_York", "2026-03-09T04:00:00Z", "2026-03-09"},
                    Row{"America/New_York", "2026-11-01T03:59:59Z", "2026-10-31"},
                    Row{"America/New_York", "2026-11-02T04:59:59Z", "2026-11-01"},
                    Row{"America/New_York", "2026-11-02T05:00:00Z", "2026-11-02"},
                    // Half an hour beside the hour, no summer time.
                    Row{"Asia/Kolkata", "2026-11-20T18:29:59Z", "2026-11-20"},
                    Row{"Asia/Kolkata", "2026-11-20T18:30:00Z", "2026-11-21"},
                    Row{"Asia/Kathmandu", "2026-11-20T18:14:59Z", "2026-11-20"},
                    Row{"Asia/Kathmandu", "2026-11-20T18:15:00Z", "2026-11-21"},
                    // Samoa crossed the date line: 30 December 2011 never was.
                    Row{"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29"},
                    Row{"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"},
                    Row{"Pacific/Apia", "2011-12-31T10:00:00Z", "2012-01-01"},
                    // The far ends of the day line.
                    Row{"Pacific/Kiritimati", "2026-11-20T10:00:00Z", "2026-11-21"},
                    Row{"Etc/GMT+12", "2026-11-20T11:59:59Z", "2026-11-19"},
                    // Midnight that does not exist: the day starts at one o'clock.
                    Row{"America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-03"},
                    Row{"America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04"},
                    // Midnight that is turned back: the day before comes again for an hour.
                    Row{"America/Sao_Paulo", "2018-02-18T01:59:59Z", "2018-02-17"},
                    Row{"America/Sao_Paulo", "2018-02-18T02:00:00Z", "2018-02-17"},
                    Row{"America/Sao_Paulo", "2018-02-18T03:00:00Z", "2018-02-18"},
                    // Half an hour of summer time.
                    Row{"Australia/Lord_Howe", "2026-07-15T13:29:59Z", "2026-07-15"},
                    Row{"Australia/Lord_Howe", "2026-07-15T13:30:00Z", "2026-07-16"},
                    Row{"Australia/Lord_Howe", "2026-01-15T13:00:00Z", "2026-01-16"}),
    row_name);

// Old names ("Asia/Calcutta") are left out: Debian 13 ships them in a package of their own.
TEST(Zones, exist_under_their_names) {
    const SystemZones zones;
    for (const char* name : {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata",
                             "America/Argentina/Buenos_Aires", "Etc/GMT-14", "Pacific/Apia"}) {
        EXPECT_TRUE(zones.exists(name)) << name;
    }
}

TEST(Zones, are_answered_and_not_thrown_if_they_do_not_exist) {
    const SystemZones zones;
    for (const std::string& name :
         {std::string(), std::string("Europe"), std::string("Europe/Atlantis"),
          std::string("europe/berlin"), std::string("Europe/Berlin "),
          std::string("/Europe/Berlin"), std::string("../etc/passwd"),
          std::string("Europe/../Europe/Berlin"), std::string("Europe/Berlin\0x", 15),
          std::string("+01:00"), std::string("localtime"), std::string("right/Europe/Berlin"),
          std::string("tzdata.zi"), std::string("zone.tab"), std::string(10'000, 'a')}) {
        EXPECT_NO_THROW(EXPECT_FALSE(zones.exists(name)) << name);
    }
}

// The C library reads the same zone files with other code.
std::string day_by_the_c_library(std::int64_t seconds) {
    const std::time_t at = seconds;
    std::tm local{};
    ::localtime_r(&at, &local);
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", &local);
    return text;
}

// Sets the zone of the whole process: to be used while no other thread runs.
class CLibraryZone {
public:
    explicit CLibraryZone(const char* zone) {
        ::setenv("TZ", zone, 1);  // NOLINT(concurrency-mt-unsafe)
        ::tzset();
    }
    ~CLibraryZone() {
        ::unsetenv("TZ");  // NOLINT(concurrency-mt-unsafe)
        ::tzset();
    }
    CLibraryZone(const CLibraryZone&) = delete;
    CLibraryZone& operator=(const CLibraryZone&) = delete;
};

constexpr const char* varied_zones[] = {
    "Europe/Berlin",     "America/New_York",    "Pacific/Apia",      "Asia/Kolkata",
    "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns",
    "Antarctica/Troll",  "Asia/Tehran"};

TEST(Zones, agree_with_the_c_library_at_random_instants) {
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::int64_t> seconds(0, 2'145'916'799);  // 1970 to 2037
    const SystemZones zones;
    for (const char* name : varied_zones) {
        const CLibraryZone zone(name);
        for (int i = 0; i < 2000; ++i) {
            const std::int64_t at = seconds(random);
            ASSERT_EQ(zones.local_day(name, {at * second_micros}).text(), day_by_the_c_library(at))
                << name << " " << at;
        }
    }
}

// Hour by hour the day stays, goes on by one, or does what the zone's history says: nothing else.
TEST(Zones, move_from_day_to_day_without_losing_one) {
    const SystemZones zones;
    const std::int64_t end = instant("2027-01-01T00:00:00Z").micros;
    for (const char* name : {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"}) {
        int skipped = 0;
        std::int64_t at = instant("2009-01-01T00:00:00Z").micros;
        domain::Date last = zones.local_day(name, {at});
        for (; at < end; at += 1800 * second_micros) {
            const domain::Date day = zones.local_day(name, {at});
            const auto step = (day.days() - last.days()).count();
            ASSERT_TRUE(step == 0 || step == 1 || step == 2)
                << name << " " << domain::Instant{at}.text();
            if (step == 2) ++skipped;
            last = day;
        }
        EXPECT_EQ(skipped, std::string(name) == "Pacific/Apia" ? 1 : 0) << name;
    }
}

int wrong_answers(const SystemZones& zones) {
    const domain::Instant at = instant("2026-11-20T09:00:00Z");
    int wrong = 0;
    for (const char* name : varied_zones) {
        if (!zones.exists(name) || zones.exists("No/Where")) ++wrong;
        if (zones.local_day(name, at).text() != "2026-11-20") ++wrong;
    }
    return wrong;
}

TEST(Zones, may_be_asked_from_many_threads_at_once) {
    const SystemZones zones;
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    threads.reserve(wrong.size());
    for (int& count : wrong) {
        threads.emplace_back([&zones, &count] {
            for (int i = 0; i < 200; ++i) count += wrong_answers(zones);
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

// When clocks there show a time first, and what they show then.
TEST(Zones, finds_the_instant_of_a_local_time) {
    struct Case {
        const char* day;
        const char* time;
        const char* instant;
        const char* shown;
    };
    const SystemZones zones;
    for (const auto& [day, time, at, shown] :
         {Case{"2026-07-01", "08:00", "2026-07-01T06:00:00Z", "08:00"},
          Case{"2026-03-29", "02:30", "2026-03-29T01:00:00Z", "03:00"},  // skipped
          Case{"2026-10-25", "02:30", "2026-10-25T00:30:00Z", "02:30"},  // shown twice
          Case{"2026-12-31", "23:59", "2026-12-31T22:59:00Z", "23:59"}}) {
        const auto found = zones.instant_at(
            "Europe/Berlin", {*domain::Date::parse(day), *domain::TimeOfDay::parse(time)});
        EXPECT_EQ(found.text(), at) << day << " " << time;
        const auto local = zones.local_time("Europe/Berlin", found);
        EXPECT_EQ(local.day.text(), day);
        EXPECT_EQ(local.time.text(), shown);
    }
}

}  // namespace
}  // namespace outlay::platform
