// Reads a partition from any offset and asks for its end: a consumer outside of any group, for
// tools, start-up and checks of the tail. Private to this folder. Any thread; one read at a time.
#pragma once

#include <mutex>
#include <optional>

#include "platform/clock.hpp"
#include "platform/kafka/client.hpp"

namespace outlay::kafka {

class Reader {
public:
    static domain::Result<std::unique_ptr<Reader>, journal::JournalError> make(
        const JournalOptions& options);

    // Also tells whether the topic exists; never creates it.
    domain::Result<std::int32_t, journal::JournalError> partition_count(
        platform::Deadline deadline);
    domain::Result<std::int64_t, journal::JournalError> end(std::int32_t partition);
    // Waits for the broker's word on what is there even if limits.wait is shorter.
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits);

private:
    // One read in progress.
    struct Reading {
        journal::Position next;
        std::vector<journal::Record> records;
        std::size_t bytes = 0;
        bool at_end = false;
        std::optional<journal::JournalError> error;
    };

    Reader(JournalOptions options, Client client, Topic topic)
        : options_(std::move(options)), client_(std::move(client)), topic_(std::move(topic)) {}
    domain::Result<std::int64_t, journal::JournalError> ask_end(std::int32_t partition,
                                                                int timeout_ms);
    std::optional<journal::JournalError> assign(const journal::Position& position);
    void collect(const journal::ReadLimits& limits, Reading& reading);
    void take(const rd_kafka_message_s& message, Reading& reading);

    const JournalOptions options_;
    Client client_;
    Topic topic_;
    std::mutex mutex_;  // guards consuming
};

}  // namespace outlay::kafka
