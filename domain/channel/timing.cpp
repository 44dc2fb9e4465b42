// Rules of timing.
#include "domain/channel/timing.hpp"

namespace outlay::domain::channel {

namespace {

constexpr std::int64_t unacknowledged_minutes_max = std::int64_t{7} * 24 * 60;
constexpr std::int64_t rate_messages_max = 10'000;

template <typename Value>
void take(std::optional<Value>& into, const std::optional<std::optional<Value>>& edit) {
    if (edit) into = *edit;
}

}  // namespace

Timing edited(Timing timing, const TimingEdit& edit) {
    take(timing.recipient, edit.recipient);
    take(timing.digest, edit.digest);
    take(timing.unacknowledged_minutes, edit.unacknowledged_minutes);
    take(timing.rate_limit, edit.rate_limit);
    return timing;
}

void check_timing(FieldCheck& check, const Timing& timing, bool is_for_people) {
    const auto within = [](std::int64_t number, std::int64_t most) {
        return 1 <= number && number <= most;
    };
    check.require(!timing.digest || is_for_people, "/digest", "not_applicable",
                  "Only channels that people read have digests.");
    check.require(!timing.recipient || is_for_people, "/recipient", "not_applicable",
                  "Only channels that people read have a recipient.");
    check.require(!timing.digest || !timing.digest->weekday || timing.digest->every == Every::week,
                  "/digest/weekday", "not_applicable", "Only weekly digests have a weekday.");
    check.require(!timing.unacknowledged_minutes ||
                      within(*timing.unacknowledged_minutes, unacknowledged_minutes_max),
                  "/unacknowledged_minutes", "out_of_range",
                  "Must be 1 to 10080, which is a week.");
    check.require(!timing.rate_limit || within(timing.rate_limit->messages, rate_messages_max),
                  "/rate_limit/messages", "out_of_range", "Must be 1 to 10000.");
}

}  // namespace outlay::domain::channel
