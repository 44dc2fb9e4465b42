// The journal's topic: creating it as DESIGN.md section 4 wants it, and finding what differs. For
// `outlay topics apply|check` and the check at start. Blocks; any thread.
#pragma once

#include <vector>

#include "domain/values/result.hpp"
#include "journal/journal.hpp"
#include "platform/clock.hpp"
#include "platform/kafka/options.hpp"

namespace outlay::kafka {

struct TopicWish {
    std::string name = "outlay-journal";
    std::int32_t partitions = 16;
    std::int32_t replication = 1;
    std::int32_t min_insync_replicas = 1;
    bool flush_every_record = false;  // survives a power cut of one broker (P1, flush profile)
};

// One setting that is not as it must be.
struct TopicFinding {
    std::string setting;  // "retention.ms"; "topic" if there is none
    std::string found;
    std::string wanted;
};

enum class TopicState { created, existed };

// A topic that it made is known and has all its leaders when it returns. Fails if the deadline
// comes before.
domain::Result<TopicState, journal::JournalError> create_topic(const ClientOptions& client,
                                                               const TopicWish& wish,
                                                               platform::Deadline deadline);
// Everything that breaks the promises. Nothing is changed: most of it an operator must decide.
domain::Result<std::vector<TopicFinding>, journal::JournalError> check_topic(
    const ClientOptions& client, const TopicWish& wish, platform::Deadline deadline);

}  // namespace outlay::kafka
