// Findings of the Kafka adapter turned into one sentence.
#include "app/journal_topic.hpp"

#include <memory>

#include "app/kafka_access.hpp"
#include "platform/log.hpp"

namespace outlay::app {

namespace {

constexpr std::chrono::seconds watch_patience{10};

// What is wrong with the topic, "" for nothing.
domain::Result<std::string, journal::JournalError> unsafe_setting(const Settings& settings,
                                                                  std::int32_t partitions,
                                                                  std::chrono::seconds patience) {
    const auto client = kafka_access(settings);
    if (!client.ok())
        return domain::Fail{
            journal::JournalError{journal::JournalErrorKind::unavailable, client.error()}};
    auto wish = topic_wish(settings);
    wish.partitions = partitions;
    const auto findings =
        kafka::check_topic(*client, wish, std::chrono::steady_clock::now() + patience);
    if (!findings.ok()) return domain::Fail{findings.error()};
    if (findings->empty()) return std::string();
    const auto& first = findings->front();
    return "topic " + wish.name + ": " + first.setting + " is " + first.found + ", should be " +
           first.wanted + "; `outlay topics check` tells all";
}

}  // namespace

kafka::TopicWish topic_wish(const Settings& settings) {
    kafka::TopicWish wish;
    wish.name = settings.kafka_topic;
    wish.partitions = settings.kafka_partitions;
    wish.replication = settings.kafka_replicas;
    constexpr std::int32_t safe_replicas = 3;
    wish.min_insync_replicas = settings.kafka_replicas >= safe_replicas ? 2 : 1;
    wish.flush_every_record = settings.flush_each_message;
    return wish;
}

domain::Status<std::string> refuse_unsafe_topic(const Settings& settings,
                                                const journal::Journal& log,
                                                std::chrono::seconds patience) {
    const auto wrong = unsafe_setting(settings, log.partition_count(), patience);
    if (!wrong.ok()) {
        platform::log(platform::LogLevel::warning, "the topic's settings could not be checked",
                      {{"detail", wrong.error().detail}});
        return domain::Done{};
    }
    if (wrong->empty()) return domain::Done{};
    return domain::Fail{*wrong};
}

Watch::Question topic_question(const Settings& settings, const Place& place) {
    const auto known = std::make_shared<std::string>();
    return [settings, known, partitions = place.log->partition_count(),
            hold = place.hold_appends]() -> std::string {
        const auto wrong = unsafe_setting(settings, partitions, watch_patience);
        // Without an answer the last one holds; that no broker answers is told elsewhere.
        if (!wrong.ok() || *wrong == *known) return *known;
        *known = *wrong;
        hold(!known->empty());
        if (known->empty())
            platform::log(platform::LogLevel::info, "the topic is safe again", {});
        else
            platform::log(platform::LogLevel::error, "nothing is appended to an unsafe topic",
                          {{"detail", *known}});
        return *known;
    };
}

}  // namespace outlay::app
