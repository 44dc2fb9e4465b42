// Reads the one partition of the SQLite journal, which this process owns for good. Private to this
// folder. Confined to the thread that polls.
#pragma once

#include "platform/sqlite/journal.hpp"

namespace outlay::sqlite {

class JournalSubscription final : public journal::Subscription {
public:
    JournalSubscription(SqliteJournal& journal, journal::StartOffset start)
        : journal_(journal), start_(std::move(start)) {}

    journal::Delivery poll(const journal::ReadLimits& limits) override;
    void seek(std::int32_t partition, std::int64_t from) override;
    void pause(std::int32_t partition) override;
    void resume(std::int32_t partition) override;
    void processed(std::int32_t, std::int64_t) override {}

private:
    SqliteJournal& journal_;
    journal::StartOffset start_;
    std::optional<std::int64_t> next_;  // empty until StartOffset answers
    bool paused_ = false;
    bool failed_ = false;
};

}  // namespace outlay::sqlite
