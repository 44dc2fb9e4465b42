// The Journal port: an append-only log of records in numbered partitions. Adapters: Kafka, SQLite
// (one partition), memory. One contract suite (tests/contract) holds for all. Any thread, except
// where noted.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/values/dates.hpp"
#include "domain/values/result.hpp"
#include "journal/position.hpp"

namespace outlay::journal {

// The largest record value; Kafka's default message.max.bytes leaves room for the rest.
inline constexpr std::size_t record_bytes_max = 900'000;
// The largest commit that is decided on: moved to another journal, it still fits into a record.
inline constexpr std::size_t commit_bytes_max = record_bytes_max - 1'024;
inline constexpr std::size_t key_bytes_max = 1'024;
inline bool too_large(std::string_view key, std::string_view value) {
    return key.size() > key_bytes_max || value.size() > record_bytes_max;
}

struct Record {
    Position position;
    domain::Instant appended_at;  // broker append time; a label, no rule rests on it
    std::string key;
    std::string value;
};

enum class AppendResult {
    appended,            // at `position`
    appended_somewhere,  // written, position unknown
    refused,             // too large or otherwise never acceptable; not written
    not_written,         // surely not written; may be tried again
    unknown,             // may or may not be written
};
struct AppendOutcome {
    AppendResult result = AppendResult::unknown;
    Position position;  // for `appended`
};
// Called once, from any thread, perhaps from within append; must only post.
using AppendDone = std::function<void(AppendOutcome)>;

enum class JournalErrorKind {
    unavailable,  // try again later
    lost_tail,    // the log ends before the wished offset: data that was there is gone
    corrupt,      // a record cannot be read (CRC)
};
struct JournalError {
    JournalErrorKind kind = JournalErrorKind::unavailable;
    std::string detail;
};

struct ReadLimits {
    std::size_t records_max = 500;
    std::size_t bytes_max = 1 << 20;
    std::chrono::milliseconds wait{100};  // for the first record, if none is there yet
};

class Journal {
public:
    virtual ~Journal() = default;
    virtual std::int32_t partition_count() const = 0;
    // Never blocks. A full queue answers not_written at once.
    virtual void append(std::int32_t partition, std::string key, std::string value,
                        AppendDone done) = 0;
    // Records from `from` on, in order and without gap; empty when nothing came within the wait.
    // `from` beyond the end of the log is lost_tail. Blocks.
    virtual domain::Result<std::vector<Record>, JournalError> read(std::int32_t partition,
                                                                   std::int64_t from,
                                                                   const ReadLimits& limits) = 0;
    // The offset that the next record will take. Blocks.
    virtual domain::Result<std::int64_t, JournalError> end(std::int32_t partition) = 0;
};

// What a subscription reports, one thing at a time.
struct Batch {
    std::int32_t partition = 0;
    std::vector<Record> records;  // contiguous
};
struct Revoked {  // the partition belongs to somebody else now; drop what was read of it
    std::int32_t partition = 0;
};
struct Interrupted {  // fetch error, reconnect or leader change: re-check the tail before the next
                      // commit
    std::int32_t partition = 0;
};
struct Failed {  // this partition cannot be read on; nothing more is delivered of it until seek or
                 // resume
    std::int32_t partition = 0;
    JournalError error;
};
struct Idle {};
using Delivery = std::variant<Idle, Batch, Revoked, Interrupted, Failed>;

// Reads the partitions that this process owns (Kafka: by consumer group, static membership).
// Ownership is only liveness; safety is the checkpoint's compare-and-set. Confined to the thread
// that polls.
class Subscription {
public:
    virtual ~Subscription() = default;
    virtual Delivery poll(const ReadLimits& limits) = 0;
    // Reads the partition again from `from` (after Interrupted, a lost compare-and-set, a store
    // failure).
    virtual void seek(std::int32_t partition, std::int64_t from) = 0;
    // Stops or resumes delivery of one partition (halts). A seek does not resume a paused
    // partition; resume and seek both let a failed one try again. Calls for a partition that is not
    // owned (any more) do nothing.
    virtual void pause(std::int32_t partition) = 0;
    virtual void resume(std::int32_t partition) = 0;
    // Advisory, for tools that show lag.
    virtual void processed(std::int32_t partition, std::int64_t next) = 0;
};
// Called by the adapter when a partition is assigned: the offset to read from. Empty: not now, ask
// again.
using StartOffset = std::function<std::optional<std::int64_t>(std::int32_t partition)>;

// Adapters offer subscriptions beside the Journal; app wires them.
class Subscriptions {
public:
    virtual ~Subscriptions() = default;
    virtual std::unique_ptr<Subscription> subscribe(StartOffset start) = 0;
};

}  // namespace outlay::journal
