// The usual anchors, by unit and count.
#include "domain/budget/anchor.hpp"

#include "domain/values/check.hpp"

namespace outlay::domain::budget {

namespace {

constexpr int week_days = 7;

Date first_of_month(Date day) {
    return day.plus_days(1 - static_cast<int>(unsigned{day.ymd().day()}));
}

}  // namespace

Date usual_anchor(const PeriodRule& rule, const workspace::Workspace& workspace, Date today) {
    switch (rule.unit) {
        case Unit::day:
            return rule.count % week_days == 0 ? workspace.week_start.on_or_before(today) : today;
        case Unit::month:
            return rule.count == 1 ? first_of_month(today)
                                   : workspace.fiscal_year_start.on_or_before(today);
        case Unit::once:
            return rule.anchor;
    }
    CHECK(false, "a unit outside its enumeration");
    return {};
}

}  // namespace outlay::domain::budget
