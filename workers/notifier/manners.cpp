// One row per kind. Sources: Standard Webhooks 1.0.0; Slack, incoming webhooks (about one message a
// second per hook); PagerDuty, Events API v2; ntfy, publishing; conventions 3.1 and 3.3.
#include "workers/notifier/manners.hpp"

#include <algorithm>
#include <array>

#include "domain/values/check.hpp"

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;
using domain::channel::Kind;
using domain::channel::RateLimit;
using domain::channel::Span;

constexpr std::array gone{410};
constexpr std::array hook_is_broken{400, 403, 404, 410};
constexpr std::array event_is_refused{400, 401, 403, 404, 410};
constexpr std::array topic_is_closed{401, 403, 404, 410};

struct Entry {
    Kind kind;
    Manners manners;
};
constexpr std::array entries{
    Entry{Kind::webhook, {0s, 0s, false, {}, gone}},
    Entry{Kind::slack, {5s, 1s, true, RateLimit{60, Span::hour}, hook_is_broken}},
    Entry{Kind::pagerduty, {0s, 0s, false, {}, event_is_refused, 2min}},
    Entry{Kind::email, {5s, 1s, true, RateLimit{20, Span::hour}, {}}},
    Entry{Kind::ntfy, {5s, 1s, true, RateLimit{60, Span::hour}, topic_is_closed}},
};

}  // namespace

const Manners& manners_of(Kind kind) {
    const auto* const found = std::ranges::find(entries, kind, &Entry::kind);
    CHECK(found != entries.end(), "a kind of channel without manners");
    return found->manners;
}

}  // namespace outlay::workers::notifier
