// The usual pauses are those of the Standard Webhooks schedule; see docs/guides/webhooks.md.
#include "workers/notifier/retry_schedule.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "domain/values/check.hpp"
#include "platform/hash.hpp"

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr std::size_t pauses_max = 30;
constexpr seconds pause_max = 168h;
constexpr seconds whole_max = 720h;
// Of the pause, in thousandths, either way: what failed together does not come back together.
constexpr std::int64_t jitter_thousandths = 100;

struct Unit {
    char letter;
    seconds size;
};
constexpr std::array units{Unit{'s', 1s}, Unit{'m', 1min}, Unit{'h', 1h}};

// "90s". Nothing: it is none, or out of bounds.
std::optional<seconds> parse_pause(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const auto* const unit = std::ranges::find(units, text.back(), &Unit::letter);
    if (unit == units.end()) return std::nullopt;
    std::int64_t number = 0;
    const auto* const end = text.data() + text.size() - 1;
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    // Before they are multiplied: a week has no more seconds than that.
    const bool is_number =
        error == std::errc{} && stop == end && number >= 1 && number <= pause_max.count();
    if (!is_number) return std::nullopt;
    const auto pause = number * unit->size;
    return pause <= pause_max ? std::optional(pause) : std::nullopt;
}

// From -jitter_thousandths to +jitter_thousandths.
std::int64_t jitter_of(std::int64_t number, const domain::DeliveryId& delivery) {
    const auto drawn = platform::uuid_of_name(delivery.value, "pause:" + std::to_string(number));
    const std::int64_t value = drawn.bytes[0] * 256 + drawn.bytes[1];
    return value % (2 * jitter_thousandths + 1) - jitter_thousandths;
}

}  // namespace

RetrySchedule::RetrySchedule() {
    auto usual = parse(retries_usual);
    CHECK(usual.ok(), "the usual schedule");
    pauses_ = std::move(usual->pauses_);
}

domain::Result<RetrySchedule, std::string> RetrySchedule::parse(std::string_view text) {
    std::vector<seconds> pauses;
    seconds whole{0};
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        const auto pause = parse_pause(text.substr(begin, end - begin));
        if (!pause) return domain::Fail{std::string("is no list of pauses such as 5s,5m,2h")};
        pauses.push_back(*pause);
        whole += *pause;
        begin = end + 1;
    }
    if (pauses.size() > pauses_max || whole > whole_max)
        return domain::Fail{std::string("is too long: up to 30 pauses, together 720h")};
    return RetrySchedule(std::move(pauses));
}

std::optional<Pause> RetrySchedule::pause_after(std::int64_t number,
                                                const domain::DeliveryId& delivery,
                                                std::optional<seconds> retry_after,
                                                Pause least) const {
    const auto index = static_cast<std::size_t>(number - 1);
    if (index >= pauses_.size()) return std::nullopt;
    const Pause planned = std::max(Pause(pauses_[index]), least);
    const Pause jittered = planned + planned * jitter_of(number, delivery) / 1000;
    const Pause asked = std::min(retry_after.value_or(0s), retry_after_max);
    return std::max(jittered, asked);
}

}  // namespace outlay::workers::notifier
