// What the journal contract suites share: one way to make each adapter, and waiting with a
// deadline.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "platform/clock.hpp"

namespace outlay::journal {

inline std::ostream& operator<<(std::ostream& out, AppendResult result) {
    static constexpr const char* names[] = {"appended", "appended_somewhere", "refused",
                                            "not_written", "unknown"};
    return out << names[static_cast<std::size_t>(result)];
}

inline std::ostream& operator<<(std::ostream& out, JournalErrorKind kind) {
    static constexpr const char* names[] = {"unavailable", "lost_tail", "corrupt"};
    return out << names[static_cast<std::size_t>(kind)];
}

}  // namespace outlay::journal

namespace outlay::tests {

// How long a test waits for something that must come.
inline constexpr std::chrono::seconds patience{30};

class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// A journal of its own, empty, for one test.
class JournalUnderTest {
public:
    virtual ~JournalUnderTest() = default;
    virtual journal::Journal& journal() = 0;
    virtual journal::Subscriptions& subscriptions() = 0;
    virtual void close() = 0;  // ends the journal; neither of the above may be used afterwards
};

struct JournalAdapter {
    std::string name;
    std::function<std::unique_ptr<JournalUnderTest>()> make;
};
std::ostream& operator<<(std::ostream& out, const JournalAdapter& adapter);

JournalAdapter memory_adapter();  // two partitions
JournalAdapter sqlite_adapter();  // one
JournalAdapter kafka_adapter();   // two; throws if OUTLAY_TEST_KAFKA does not name a broker

// The name of a test instance is the adapter's.
std::string adapter_name(const testing::TestParamInfo<JournalAdapter>& info);

// host:port of the broker that the test run started; throws if there is none.
std::string kafka_under_test();
// A name that no other test and no other run uses.
std::string unique_name(const std::string& prefix);

// Collects outcomes from any thread.
class Outcomes {
public:
    journal::AppendDone slot();  // one more outcome to come
    // All outcomes in the order in which their slots were taken; fails the test if one is missing
    // or came twice.
    std::vector<journal::AppendOutcome> wait();
    std::size_t calls() const;

private:
    struct State {
        std::mutex mutex;
        std::condition_variable arrived;
        std::vector<std::optional<journal::AppendOutcome>> outcomes;
        std::size_t calls = 0;
    };
    // Shared: an outcome may come after the test gave up.
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

// Appends one record and waits for its outcome.
journal::AppendOutcome append(journal::Journal& journal, std::int32_t partition, std::string value,
                              std::string key = "key");
// Appends "<prefix>0", "<prefix>1", ... and waits until all are there.
void append_many(journal::Journal& journal, std::int32_t partition, const std::string& prefix,
                 int count);
// Reads until `count` records are there; fails the test at the end of its patience.
std::vector<journal::Record> read_many(journal::Journal& journal, std::int32_t partition,
                                       std::int64_t from, std::size_t count);

// Everything that a subscription delivered so far.
struct Delivered {
    std::map<std::int32_t, std::vector<journal::Record>> records;
    std::vector<std::int32_t> revoked;
    std::vector<std::int32_t> interrupted;
    std::vector<journal::Failed> failed;
    std::size_t largest_batch = 0;

    std::size_t total() const;
    void add(journal::Delivery delivery);
};
// Polls until `enough` says so; false at the end of the patience.
bool poll_until(journal::Subscription& subscription, Delivered& delivered,
                const std::function<bool()>& enough, const journal::ReadLimits& limits = {},
                std::chrono::milliseconds at_most = patience);

}  // namespace outlay::tests
