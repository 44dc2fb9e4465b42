// The stored form of budget events.
#include "events/family.hpp"
#include "events/value_fields.hpp"

namespace outlay::events {

namespace budget = domain::budget;

template <>
struct Words<budget::Unit> {
    static constexpr std::pair<budget::Unit, std::string_view> table[] = {
        {budget::Unit::day, "day"},
        {budget::Unit::month, "month"},
        {budget::Unit::once, "once"},
    };
};

template <>
struct Words<budget::Basis> {
    static constexpr std::pair<budget::Basis, std::string_view> table[] = {
        {budget::Basis::actual, "actual"},
        {budget::Basis::forecast, "forecast"},
    };
};

template <>
struct Words<budget::Per> {
    static constexpr std::pair<budget::Per, std::string_view> table[] = {
        {budget::Per::budget, "budget"},
        {budget::Per::member, "member"},
    };
};

template <>
struct Words<budget::Carry> {
    static constexpr std::pair<budget::Carry, std::string_view> table[] = {
        {budget::Carry::none, "none"},
        {budget::Carry::unspent, "unspent"},
        {budget::Carry::unspent_and_overspend, "unspent_and_overspend"},
        {budget::Carry::capped, "capped"},
    };
};

template <>
struct Layout<budget::Rollover> {
    using Rollover = budget::Rollover;
    static constexpr auto fields =
        std::tuple(Field{"carry", &Rollover::carry}, Field{"cap_minor", &Rollover::cap_minor});
    static bool is_sound(const Rollover& rollover) {
        return rollover.cap_minor.has_value() == (rollover.carry == budget::Carry::capped);
    }
};

template <>
struct Layout<budget::PeriodRule> {
    using Rule = budget::PeriodRule;
    static constexpr auto fields = std::tuple(
        Field{"unit", &Rule::unit}, Field{"count", &Rule::count}, Field{"anchor", &Rule::anchor});
    // A rule that the domain does not know how to tile time with must not reach it.
    static bool is_sound(const Rule& rule) { return is_valid(rule); }
};

template <>
struct Layout<budget::Scope> {
    using Scope = budget::Scope;
    static constexpr auto fields =
        std::tuple(Field{"categories", &Scope::categories}, Field{"members", &Scope::members},
                   Field{"merchants", &Scope::merchants}, Field{"tags", &Scope::tags});
};

template <>
struct Layout<budget::Threshold> {
    using Threshold = budget::Threshold;
    static constexpr auto fields =
        std::tuple(Field{"id", &Threshold::id}, Field{"percent", &Threshold::percent},
                   Field{"amount_minor", &Threshold::amount_minor},
                   Field{"basis", &Threshold::basis}, Field{"per", &Threshold::per});
    static bool is_sound(const Threshold& threshold) {
        return threshold.percent.has_value() != threshold.amount_minor.has_value();
    }
};

template <>
struct Layout<budget::BudgetCreated> {
    static constexpr std::string_view type = "budget.created";
    static constexpr std::int64_t schema = 1;
    using Event = budget::BudgetCreated;
    static constexpr auto fields =
        std::tuple(Field{"name", &Event::name}, Field{"scope", &Event::scope},
                   Field{"limit", &Event::limit}, Field{"period", &Event::period},
                   Field{"thresholds", &Event::thresholds}, Field{"today", &Event::today});
};

template <>
struct Layout<budget::BudgetRenamed> {
    static constexpr std::string_view type = "budget.renamed";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple(Field{"name", &budget::BudgetRenamed::name});
};

template <>
struct Layout<budget::BudgetLimitRevised> {
    static constexpr std::string_view type = "budget.limit_revised";
    static constexpr std::int64_t schema = 1;
    using Event = budget::BudgetLimitRevised;
    static constexpr auto fields =
        std::tuple(Field{"from", &Event::from}, Field{"old_minor", &Event::old_minor},
                   Field{"new_minor", &Event::new_minor}, Field{"today", &Event::today},
                   Field{"reason", &Event::reason});
};

template <>
struct Layout<budget::ThresholdAdded> {
    static constexpr std::string_view type = "budget.threshold_added";
    static constexpr std::int64_t schema = 1;
    using Event = budget::ThresholdAdded;
    static constexpr auto fields =
        std::tuple(Field{"threshold", &Event::threshold}, Field{"today", &Event::today});
};

template <>
struct Layout<budget::ThresholdRemoved> {
    static constexpr std::string_view type = "budget.threshold_removed";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields =
        std::tuple(Field{"threshold", &budget::ThresholdRemoved::threshold});
};

template <>
struct Layout<budget::BudgetScopeChanged> {
    static constexpr std::string_view type = "budget.scope_changed";
    static constexpr std::int64_t schema = 1;
    using Event = budget::BudgetScopeChanged;
    static constexpr auto fields =
        std::tuple(Field{"before", &Event::before}, Field{"after", &Event::after},
                   Field{"today", &Event::today});
};

template <>
struct Layout<budget::BudgetArchived> {
    static constexpr std::string_view type = "budget.archived";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple();
};

template <>
struct Layout<budget::BudgetRestored> {
    static constexpr std::string_view type = "budget.restored";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple(Field{"today", &budget::BudgetRestored::today});
};

template <>
struct Layout<budget::AlertAcknowledged> {
    static constexpr std::string_view type = "alert.acknowledged";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple(Field{"alert", &budget::AlertAcknowledged::alert});
};

template <>
struct Layout<budget::BudgetPaused> {
    static constexpr std::string_view type = "budget.paused";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple();
};

template <>
struct Layout<budget::BudgetResumed> {
    static constexpr std::string_view type = "budget.resumed";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple(Field{"today", &budget::BudgetResumed::today});
};

template <>
struct Layout<budget::BudgetMuted> {
    static constexpr std::string_view type = "budget.muted";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple(Field{"until", &budget::BudgetMuted::until});
};

template <>
struct Layout<budget::BudgetUnmuted> {
    static constexpr std::string_view type = "budget.unmuted";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple();
};

template <>
struct Layout<budget::AlertSnoozed> {
    static constexpr std::string_view type = "alert.snoozed";
    static constexpr std::int64_t schema = 1;
    using Event = budget::AlertSnoozed;
    static constexpr auto fields =
        std::tuple(Field{"alert", &Event::alert}, Field{"until", &Event::until});
};

template <>
struct Layout<budget::BudgetPeriodAdjusted> {
    static constexpr std::string_view type = "budget.period_adjusted";
    static constexpr std::int64_t schema = 1;
    using Event = budget::BudgetPeriodAdjusted;
    static constexpr auto fields =
        std::tuple(Field{"period", &Event::period}, Field{"old_minor", &Event::old_minor},
                   Field{"new_minor", &Event::new_minor}, Field{"reason", &Event::reason},
                   Field{"today", &Event::today});
};

template <>
struct Layout<budget::BudgetFundsMoved> {
    static constexpr std::string_view type = "budget.funds_moved";
    static constexpr std::int64_t schema = 1;
    using Event = budget::BudgetFundsMoved;
    static constexpr auto fields =
        std::tuple(Field{"other", &Event::other}, Field{"period", &Event::period},
                   Field{"delta_minor", &Event::delta_minor}, Field{"today", &Event::today},
                   Field{"reason", &Event::reason});
};

template <>
struct Layout<budget::BudgetDayPassed> {
    static constexpr std::string_view type = "budget.day_passed";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple(Field{"today", &budget::BudgetDayPassed::today});
};

template <>
struct Layout<budget::BudgetRolloverChanged> {
    static constexpr std::string_view type = "budget.rollover_changed";
    static constexpr std::int64_t schema = 1;
    using Event = budget::BudgetRolloverChanged;
    static constexpr auto fields =
        std::tuple(Field{"from", &Event::from}, Field{"before", &Event::before},
                   Field{"after", &Event::after}, Field{"today", &Event::today});
};

std::span<const TypeEntry> budget_types() {
    return TypeTable<budget::Event>::entries;
}

void write_data(json::Writer& writer, const budget::Event& event) {
    write_event(writer, event);
}

}  // namespace outlay::events
