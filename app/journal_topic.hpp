// The journal's Kafka topic as the settings want it: what is checked when a role starts and again
// while it runs, because an operator can change a topic at any time (DESIGN.md section 4). Blocks;
// any thread.
#pragma once

#include <chrono>
#include <string>

#include "app/place.hpp"
#include "app/settings.hpp"
#include "app/watch.hpp"
#include "platform/kafka/topic.hpp"

namespace outlay::app {

kafka::TopicWish topic_wish(const Settings& settings);

// A topic that may lose or change records is refused (P1). Whether it can be asked for its settings
// is a matter of rights; without them a warning must do.
domain::Status<std::string> refuse_unsafe_topic(const Settings& settings,
                                                const journal::Journal& log,
                                                std::chrono::seconds patience);

// Asks the same every few seconds. While the topic is unsafe nothing is appended, so that nothing
// is acknowledged that may be lost; it goes on by itself when the setting is right again.
Watch::Question topic_question(const Settings& settings, const Place& place);
inline constexpr std::chrono::seconds topic_pause{10};
inline constexpr std::chrono::seconds topic_silence_max{60};

}  // namespace outlay::app
