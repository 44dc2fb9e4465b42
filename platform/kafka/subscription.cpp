// Polling: fetched records are stashed by partition and handed out one partition at a time.
#include "platform/kafka/subscription.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

namespace outlay::kafka {

using journal::Delivery;
using journal::JournalError;
using journal::JournalErrorKind;

namespace {

// An idle poll looks this often for what does not wake it: start offsets, lost connections.
constexpr std::chrono::milliseconds look_interval{200};

JournalError gap(std::int64_t expected, std::int64_t found) {
    return {JournalErrorKind::corrupt, "gap: expected offset " + std::to_string(expected) +
                                           ", found " + std::to_string(found)};
}

}  // namespace

GroupSubscription::GroupSubscription(const JournalOptions& options, journal::StartOffset start)
    : options_(options),
      start_(std::move(start)),
      next_commit_(std::chrono::steady_clock::now() + options.group.commit_interval) {
    open();
}

GroupSubscription::~GroupSubscription() {
    if (client_ != nullptr) close();
}

Delivery GroupSubscription::poll(const journal::ReadLimits& limits) {
    const auto deadline = std::chrono::steady_clock::now() + limits.wait;
    while (true) {
        const std::chrono::milliseconds left{milliseconds_left(deadline)};
        fetch(limits, std::min(left, look_interval));
        if (auto found = next_delivery(limits)) return std::move(*found);
        if (std::chrono::steady_clock::now() >= deadline) return journal::Idle{};
    }
}

void GroupSubscription::fetch(const journal::ReadLimits& limits, std::chrono::milliseconds wait) {
    if (client_ == nullptr) open();
    if (client_ == nullptr) {
        // Nothing is owned without a client, so there is nothing that could end this wait earlier.
        if (!ready()) std::this_thread::sleep_for(wait);
        return;
    }
    ask_starts();
    // What is lost will be taken away by the poll; a new assignment would make librdkafka forget
    // that.
    if (assignment_changed_ && rd_kafka_assignment_lost(client_.get()) == 0) assign();
    int wait_ms = ready() ? 0 : static_cast<int>(wait.count());
    while (!full(limits) && !fatal_) {
        const Message message(rd_kafka_consumer_poll(client_.get(), wait_ms));
        if (message == nullptr) break;
        take(*message);
        wait_ms = 0;
    }
    // After the records, before they are handed out: those from a new connection never come without
    // notice.
    notice_lost_connections();
    if (fatal_) return give_up(*fatal_);
    commit_progress();
}

void GroupSubscription::take(const rd_kafka_message_s& message) {
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return take_error(message);
    auto* partition = find(message.partition);
    if (partition == nullptr || !partition->fetching()) return;
    if (message.offset < *partition->next) return;
    if (message.offset > *partition->next) {
        partition->failure = gap(*partition->next, message.offset);
        assignment_changed_ = true;
        return;
    }
    const auto broker = rd_kafka_message_broker_id(&message);
    if (partition->broker >= 0 && broker != partition->broker) partition->interrupted = true;
    partition->broker = broker;
    partition->stash.push_back(record_of(message));
    partition->stash_bytes += message.key_len + message.len;
    partition->next = message.offset + 1;
}

void GroupSubscription::take_error(const rd_kafka_message_s& message) {
    if (message.err == RD_KAFKA_RESP_ERR__FATAL) {
        fatal_ = rd_kafka_message_errstr(&message);
        return;
    }
    // Errors of the connection, the group and the like heal by themselves; lost connections are
    // counted elsewhere.
    auto* partition = message.rkt == nullptr ? nullptr : find(message.partition);
    if (partition == nullptr || !partition->fetching()) return;
    const auto kind = reading_error_kind(message.err);
    if (kind == JournalErrorKind::unavailable) {
        partition->interrupted = true;
        return;
    }
    partition->failure = JournalError{kind, rd_kafka_message_errstr(&message)};
    assignment_changed_ = true;
}

void GroupSubscription::notice_lost_connections() {
    const auto lost = connection_->lost.load();
    if (lost == connections_lost_told_) return;
    connections_lost_told_ = lost;
    hold_commits();
    for (auto& [partition, reading] : owned_) {
        if (reading.next) reading.interrupted = true;
    }
}

bool GroupSubscription::full(const journal::ReadLimits& limits) const {
    return std::ranges::any_of(owned_, [&](const auto& entry) {
        const auto& partition = entry.second;
        return !partition.paused && (partition.stash.size() >= limits.records_max ||
                                     partition.stash_bytes >= limits.bytes_max);
    });
}

bool GroupSubscription::ready() const {
    return !notices_.empty() ||
           std::ranges::any_of(owned_, [](const auto& entry) { return entry.second.has_news(); });
}

std::optional<Delivery> GroupSubscription::next_delivery(const journal::ReadLimits& limits) {
    if (!notices_.empty()) {
        auto notice = std::move(notices_.front());
        notices_.pop_front();
        return notice;
    }
    // Every partition gets its turn, beginning after the one that was served last.
    auto at = owned_.upper_bound(last_served_);
    for (std::size_t tried = 0; tried < owned_.size(); ++tried, ++at) {
        if (at == owned_.end()) at = owned_.begin();
        auto& [number, partition] = *at;
        if (!partition.has_news()) continue;
        // Not earlier: while the broker is away nobody can re-check anything.
        if (std::exchange(partition.interrupted, false)) return journal::Interrupted{number};
        if (!partition.stash.empty()) {
            last_served_ = number;
            return cut(at, limits);
        }
        partition.failure_told = true;
        return journal::Failed{number, *partition.failure};
    }
    return std::nullopt;
}

journal::Batch GroupSubscription::cut(Partitions::iterator at, const journal::ReadLimits& limits) {
    auto& partition = at->second;
    std::size_t count = 0;
    std::size_t bytes = 0;
    while (count < partition.stash.size() && count < limits.records_max &&
           bytes < limits.bytes_max) {
        bytes += partition.stash[count].key.size() + partition.stash[count].value.size();
        ++count;
    }
    journal::Batch batch{at->first, {}};
    if (count == partition.stash.size()) {
        batch.records.swap(partition.stash);
    } else {
        const auto end = partition.stash.begin() + static_cast<std::ptrdiff_t>(count);
        batch.records.assign(std::make_move_iterator(partition.stash.begin()),
                             std::make_move_iterator(end));
        partition.stash.erase(partition.stash.begin(), end);
    }
    partition.stash_bytes -= bytes;
    return batch;
}

GroupSubscription::Partition* GroupSubscription::find(std::int32_t partition) {
    const auto found = owned_.find(partition);
    return found == owned_.end() ? nullptr : &found->second;
}

void GroupSubscription::seek(std::int32_t partition, std::int64_t from) {
    auto* found = find(partition);
    if (found == nullptr) return;
    const bool paused = found->paused;
    *found = {};
    found->next = from;
    found->paused = paused;
    assignment_changed_ = true;
}

void GroupSubscription::pause(std::int32_t partition) {
    auto* found = find(partition);
    if (found == nullptr || found->paused) return;
    found->paused = true;
    assignment_changed_ = true;
}

void GroupSubscription::resume(std::int32_t partition) {
    auto* found = find(partition);
    if (found == nullptr) return;
    found->paused = false;
    found->failure.reset();
    found->failure_told = false;
    assignment_changed_ = true;
}

void GroupSubscription::processed(std::int32_t partition, std::int64_t next) {
    if (find(partition) != nullptr) progress_[partition] = next;
}

}  // namespace outlay::kafka
