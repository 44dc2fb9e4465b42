// Doubles for the projector's tests: a store that fails as told, and subscriptions in which every
// reader gets every partition, as if nobody agreed on who owns what.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "journal/journal.hpp"
#include "platform/sql.hpp"

namespace outlay::tests {

// What happens to one transaction of the projector.
enum class StoreFault {
    none,
    before,        // nothing was done: unavailable
    conflict,      // rolled back at the end: conflict
    unknown_done,  // committed, but nobody is told
    unknown_lost,  // rolled back, and nobody is told
};

class FaultyStore final : public sql::Store {
public:
    using NextFault = std::function<StoreFault()>;
    FaultyStore(sql::Store& store, NextFault next) : store_(store), next_(std::move(next)) {}

    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override {
        const auto fault = options.access == sql::Access::project ? next_() : StoreFault::none;
        switch (fault) {
            case StoreFault::none:
                return store_.transact(options, body);
            case StoreFault::before:
                return error(sql::ErrorKind::unavailable);
            case StoreFault::conflict:
                return spoil(options, body, sql::ErrorKind::conflict);
            case StoreFault::unknown_lost:
                return spoil(options, body, sql::ErrorKind::unknown);
            case StoreFault::unknown_done: {
                const auto done = store_.transact(options, body);
                return done.ok() ? error(sql::ErrorKind::unknown) : done;
            }
        }
        return error(sql::ErrorKind::failed);
    }
    sql::Status run_script(std::string_view script, std::int64_t generation) override {
        return store_.run_script(script, generation);
    }

private:
    static sql::Status error(sql::ErrorKind kind) {
        return domain::Fail{sql::Error{kind, "told to"}};
    }
    sql::Status spoil(const sql::TransactionOptions& options, const sql::TransactionBody& body,
                      sql::ErrorKind kind) {
        return store_.transact(options, [&](sql::Session& session) -> sql::Status {
            const auto done = body(session);
            return done.ok() ? error(kind) : done;
        });
    }

    sql::Store& store_;
    NextFault next_;
};

class EveryPartition final : public journal::Subscriptions {
public:
    explicit EveryPartition(journal::Journal& log) : log_(log) {}
    std::unique_ptr<journal::Subscription> subscribe(journal::StartOffset start) override {
        return std::make_unique<Reader>(log_, std::move(start));
    }

private:
    class Reader final : public journal::Subscription {
    public:
        Reader(journal::Journal& log, journal::StartOffset start)
            : log_(log), start_(std::move(start)) {}
        journal::Delivery poll(const journal::ReadLimits& limits) override {
            for (std::int32_t i = 0; i < log_.partition_count(); ++i) {
                turn_ = (turn_ + 1) % log_.partition_count();
                if (auto batch = read(turn_, limits)) return std::move(*batch);
            }
            return journal::Idle{};
        }
        void seek(std::int32_t partition, std::int64_t from) override { next_[partition] = from; }
        void pause(std::int32_t partition) override { paused_[partition] = true; }
        void resume(std::int32_t partition) override { paused_[partition] = false; }
        void processed(std::int32_t, std::int64_t) override {}

    private:
        std::optional<journal::Batch> read(std::int32_t partition,
                                           const journal::ReadLimits& limits) {
            if (paused_[partition]) return std::nullopt;
            if (!next_.contains(partition)) {
                const auto from = start_(partition);
                if (!from) return std::nullopt;
                next_[partition] = *from;
            }
            auto records = log_.read(partition, next_[partition], limits);
            if (!records.ok() || records->empty()) return std::nullopt;
            next_[partition] += static_cast<std::int64_t>(records->size());
            return journal::Batch{partition, std::move(*records)};
        }

        journal::Journal& log_;
        journal::StartOffset start_;
        std::map<std::int32_t, std::int64_t> next_;
        std::map<std::int32_t, bool> paused_;
        std::int32_t turn_ = 0;
    };
    journal::Journal& log_;
};

}  // namespace outlay::tests
