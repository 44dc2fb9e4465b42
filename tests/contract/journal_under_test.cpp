// Memory and SQLite under test, and what every suite shares.
#include "tests/contract/journal_under_test.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "platform/memory/journal.hpp"
#include "platform/sqlite/journal.hpp"

namespace outlay::tests {

using journal::AppendOutcome;
using journal::Record;

namespace {

class MemoryUnderTest final : public JournalUnderTest {
public:
    journal::Journal& journal() override { return *journal_; }
    journal::Subscriptions& subscriptions() override { return *journal_; }
    void close() override { journal_.reset(); }

private:
    platform::SystemClock clock_;
    std::unique_ptr<memory::MemoryJournal> journal_ =
        std::make_unique<memory::MemoryJournal>(2, clock_);
};

class SqliteUnderTest final : public JournalUnderTest {
public:
    SqliteUnderTest() {
        auto opened = sqlite::SqliteJournal::open({.file = folder_.path() / "journal.db"}, clock_);
        if (!opened) throw std::runtime_error(opened.error().detail);
        journal_ = std::move(opened).value();
    }
    journal::Journal& journal() override { return *journal_; }
    journal::Subscriptions& subscriptions() override { return *journal_; }
    void close() override { journal_.reset(); }

private:
    TemporaryFolder folder_;
    platform::SystemClock clock_;
    std::unique_ptr<sqlite::SqliteJournal> journal_;
};

}  // namespace

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "outlay-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::ostream& operator<<(std::ostream& out, const JournalAdapter& adapter) {
    return out << adapter.name;
}

JournalAdapter memory_adapter() {
    return {"memory", [] { return std::make_unique<MemoryUnderTest>(); }};
}

JournalAdapter sqlite_adapter() {
    return {"sqlite", [] { return std::make_unique<SqliteUnderTest>(); }};
}

std::string adapter_name(const testing::TestParamInfo<JournalAdapter>& info) {
    return info.param.name;
}

std::string unique_name(const std::string& prefix) {
    static std::atomic<int> count{0};
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    return prefix + "-" + std::to_string(::getpid()) + "-" + std::to_string(now) + "-" +
           std::to_string(++count);
}

journal::AppendDone Outcomes::slot() {
    std::size_t index = 0;
    {
        const std::lock_guard lock(state_->mutex);
        index = state_->outcomes.size();
        state_->outcomes.emplace_back();
    }
    return [state = state_, index](AppendOutcome outcome) {
        const std::lock_guard lock(state->mutex);
        state->outcomes[index] = outcome;
        state->calls += 1;
        state->arrived.notify_all();
    };
}

std::vector<AppendOutcome> Outcomes::wait() {
    std::unique_lock lock(state_->mutex);
    state_->arrived.wait_for(lock, patience,
                             [&] { return state_->calls >= state_->outcomes.size(); });
    EXPECT_EQ(state_->calls, state_->outcomes.size()) << "every outcome is called exactly once";
    std::vector<AppendOutcome> outcomes;
    for (const auto& outcome : state_->outcomes) {
        EXPECT_TRUE(outcome.has_value()) << "an outcome is missing";
        outcomes.push_back(outcome.value_or(AppendOutcome{}));
    }
    return outcomes;
}

std::size_t Outcomes::calls() const {
    const std::lock_guard lock(state_->mutex);
    return state_->calls;
}

AppendOutcome append(journal::Journal& journal, std::int32_t partition, std::string value,
                     std::string key) {
    Outcomes outcomes;
    journal.append(partition, std::move(key), std::move(value), outcomes.slot());
    return outcomes.wait().at(0);
}

void append_many(journal::Journal& journal, std::int32_t partition, const std::string& prefix,
                 int count) {
    Outcomes outcomes;
    for (int i = 0; i < count; ++i) {
        journal.append(partition, "key", prefix + std::to_string(i), outcomes.slot());
    }
    for (const auto& outcome : outcomes.wait()) {
        ASSERT_EQ(outcome.result, journal::AppendResult::appended);
    }
}

std::vector<Record> read_many(journal::Journal& journal, std::int32_t partition, std::int64_t from,
                              std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::vector<Record> records;
    while (records.size() < count && std::chrono::steady_clock::now() < deadline) {
        auto answer = journal.read(partition, from + static_cast<std::int64_t>(records.size()), {});
        if (!answer) {
            ADD_FAILURE() << answer.error().kind << ": " << answer.error().detail;
            break;
        }
        for (auto& record : *answer) records.push_back(std::move(record));
    }
    EXPECT_GE(records.size(), count);
    if (records.size() > count) records.resize(count);
    return records;
}

std::size_t Delivered::total() const {
    std::size_t sum = 0;
    for (const auto& [partition, of_partition] : records) sum += of_partition.size();
    return sum;
}

void Delivered::add(journal::Delivery delivery) {
    if (auto* batch = std::get_if<journal::Batch>(&delivery)) {
        EXPECT_FALSE(batch->records.empty()) << "a batch is never empty";
        largest_batch = std::max(largest_batch, batch->records.size());
        auto& sink = records[batch->partition];
        for (auto& record : batch->records) sink.push_back(std::move(record));
    } else if (const auto* lost = std::get_if<journal::Revoked>(&delivery)) {
        revoked.push_back(lost->partition);
    } else if (const auto* broken = std::get_if<journal::Interrupted>(&delivery)) {
        interrupted.push_back(broken->partition);
    } else if (const auto* failure = std::get_if<journal::Failed>(&delivery)) {
        failed.push_back(*failure);
    }
}

bool poll_until(journal::Subscription& subscription, Delivered& delivered,
                const std::function<bool()>& enough, const journal::ReadLimits& limits,
                std::chrono::milliseconds at_most) {
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    while (!enough()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        delivered.add(subscription.poll(limits));
    }
    return true;
}

}  // namespace outlay::tests
