// Promise: every day and instant that can be written is read back as itself, and text sorts like
// time.
#include "domain/values/dates.hpp"

#include "tests/property/random_input.hpp"

namespace outlay::domain {
namespace {

using property::RandomInput;

const Date first_day = *Date::of(year_min, 1, 1);
const Date last_day = *Date::of(year_max, 12, 31);

Date any_day(RandomInput& random) {
    const auto days = (last_day.days() - first_day.days()).count();
    return first_day.plus_days(static_cast<int>(random.number(0, days)));
}

TEST(DatesProperty, every_day_of_four_centuries_is_read_back_and_sorts_by_its_text) {
    std::string before;
    for (Date day = first_day; day < *Date::of(2301, 1, 1); day = day.plus_days(1)) {
        const std::string text = day.text();
        ASSERT_EQ(Date::parse(text), day);
        ASSERT_LT(before, text);
        before = text;
    }
}

TEST(DatesProperty, any_day_is_read_back) {
    RandomInput random;
    for (int round = 0; round < 50'000; ++round) {
        const Date day = any_day(random);
        ASSERT_EQ(Date::parse(day.text()), day);
        ASSERT_TRUE(day.is_nameable());
    }
}

TEST(DatesProperty, exactly_one_day_has_each_valid_text) {
    RandomInput random;
    for (int round = 0; round < 50'000; ++round) {
        std::string text = any_day(random).text();
        text[static_cast<std::size_t>(random.number(0, 9))] =
            static_cast<char>(random.number(1, 127));
        const auto day = Date::parse(text);
        if (day) {
            ASSERT_EQ(day->text(), text);
        }
    }
}

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

TEST(DatesProperty, any_instant_is_read_back_and_sorts_by_its_text) {
    RandomInput random;
    constexpr std::int64_t range = 2'000'000'000'000'000;  // about 63 years around 1970
    for (int round = 0; round < 50'000; ++round) {
        const Instant one{random.number(-range, range)};
        const Instant other{random.one_in(2) ? random.number(-range, range) : one.micros + 1};
        ASSERT_EQ(Instant::parse(one.text()), one);
        // A left out fraction sorts before every other one only once it is written.
        const auto sortable = [](const Instant& instant) {
            std::string text = instant.text();
            if (text.size() == 20) text.insert(19, ".000000");
            return text;
        };
        ASSERT_EQ(sortable(one) < sortable(other), one < other);
    }
}

TEST(DatesProperty, an_offset_shifts_an_instant_by_itself) {
    RandomInput random;
    for (int round = 0; round < 50'000; ++round) {
        const Instant instant{random.number(0, 4'000'000'000) * 1'000'000};
        const std::int64_t minutes = random.number(0, 24 * 60 - 1);
        const bool east = random.one_in(2);
        const std::string offset =
            (east ? "+" : "-") + two_digits(minutes / 60) + ":" + two_digits(minutes % 60);
        const std::int64_t shift = (east ? minutes : -minutes) * 60'000'000;
        std::string local = Instant{instant.micros + shift}.text();
        local.replace(local.size() - 1, 1, offset);
        ASSERT_EQ(Instant::parse(local), instant) << local;
    }
}

}  // namespace
}  // namespace outlay::domain
