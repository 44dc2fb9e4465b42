// The consumer group side of a subscription: joining, being given partitions, losing them, leaving.
#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include "platform/kafka/subscription.hpp"
#include "platform/log.hpp"
#include "platform/metric_families.hpp"

namespace outlay::kafka {

namespace {

constexpr std::chrono::milliseconds leave_wait{5'000};
constexpr std::chrono::milliseconds open_retry{1'000};

std::string number(std::int64_t value) {
    return std::to_string(value);
}

std::chrono::milliseconds heartbeat(const GroupOptions& options) {
    return options.session_timeout / 10;
}

Settings subscription_settings(const GroupOptions& options) {
    auto settings = exact_reading();
    settings.emplace_back("group.id", options.group_id);
    if (!options.instance_id.empty()) {
        settings.emplace_back("group.instance.id", options.instance_id);
    }
    // Eager and simple: every rebalance takes all partitions away first, and starting over is
    // cheap.
    settings.emplace_back("partition.assignment.strategy", "range");
    settings.emplace_back("session.timeout.ms", number(options.session_timeout.count()));
    // Members learn of a rebalance by heartbeat, so this is how long a hand-over takes.
    settings.emplace_back("heartbeat.interval.ms", number(heartbeat(options).count()));
    settings.emplace_back("queued.max.messages.kbytes", number(options.queued_kilobytes_max));
    settings.emplace_back("queued.min.messages", number(options.queued_records_min));
    // After a change of the assignment the new fetch stands behind the one that waits at the
    // broker. New records end that wait at once, so this is no latency of theirs.
    settings.emplace_back("fetch.wait.max.ms", "50");
    return settings;
}

}  // namespace

void GroupSubscription::open() {
    const auto now = std::chrono::steady_clock::now();
    if (now < reopen_at_) return;
    reopen_at_ = now + open_retry;
    for (const auto* const kind : {"assigned", "revoked"})
        metrics::counter(metrics::rebalances, {kind});
    auto made = make_client(
        ClientKind::consumer, options_.client, subscription_settings(options_.group),
        [this](rd_kafka_conf_t* conf) {
            rd_kafka_conf_set_opaque(conf, connection_.get());
            rd_kafka_conf_set_rebalance_cb(
                conf, [](rd_kafka_t*, rd_kafka_resp_err_t code,
                         rd_kafka_topic_partition_list_t* partitions, void* connection) {
                    auto* subscription = static_cast<Connection*>(connection)->subscription;
                    if (subscription != nullptr) subscription->on_rebalance(code, partitions);
                });
            // The one sure sign of a reconnect: librdkafka itself tells repeated errors only every
            // 30 s.
            rd_kafka_conf_set_closesocket_cb(conf, [](int socket, void* connection) {
                static_cast<Connection*>(connection)->lost += 1;
                return ::close(socket);
            });
        });
    if (!made) {
        platform::log(platform::LogLevel::error, "kafka consumer could not be made",
                      {{"detail", made.error().detail}});
        return;
    }
    const PartitionList topics(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), options_.topic.c_str(), RD_KAFKA_PARTITION_UA);
    const auto error = rd_kafka_subscribe(made->get(), topics.get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        platform::log(platform::LogLevel::error, "kafka topic could not be subscribed",
                      {{"detail", rd_kafka_err2str(error)}});
        return;
    }
    client_ = std::move(made).value();
}

// rd_kafka_consumer_close may wait for ever in 2.0; closing by queue can be given up. True if the
// group was left.
bool GroupSubscription::leave() {
    const auto deadline = std::chrono::steady_clock::now() + leave_wait;
    const Queue queue(rd_kafka_queue_new(client_.get()));
    if (auto* error = rd_kafka_consumer_close_queue(client_.get(), queue.get())) {
        rd_kafka_error_destroy(error);
        return false;
    }
    while (rd_kafka_consumer_closed(client_.get()) == 0) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        const Event event(rd_kafka_queue_poll(queue.get(), 20));
        // Through a queue of ours the loss of the partitions comes as an event, not to the
        // callback. Nobody may answer questions after this, so replace_assignment could not.
        if (event != nullptr && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) {
            rd_kafka_assign(client_.get(), nullptr);
        }
    }
    return true;
}

// Destroying a consumer that could not close waits for ever as well, so such a one is left to the
// end of the process, together with what its threads call back into.
void GroupSubscription::close() {
    next_commit_ = {};
    commit_progress();
    const bool left = leave();
    connection_->subscription = nullptr;
    if (left) {
        client_.reset();
        return;
    }
    platform::log(platform::LogLevel::warning, "kafka consumer group could not be left");
    static_cast<void>(client_.release());
    static_cast<void>(connection_.release());
}

// A fatal error ends a consumer for good (another process has our instance id, say).
void GroupSubscription::give_up(const std::string& reason) {
    const auto now = std::chrono::steady_clock::now();
    const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(
        now - holds_partitions_since_.value_or(now));
    const auto pause = reopen_pause_.next(held);
    platform::log(platform::LogLevel::error, "kafka consumer failed, it will be made anew",
                  {{"detail", reason}, {"pause_ms", std::int64_t{pause.count()}}});
    for (const auto& [partition, reading] : owned_) {
        notices_.emplace_back(journal::Revoked{partition});
    }
    owned_.clear();
    progress_.clear();
    assignment_changed_ = false;
    fatal_.reset();
    client_.reset();
    holds_partitions_since_.reset();
    reopen_at_ = now + pause;
}

void GroupSubscription::on_rebalance(int code, rd_kafka_topic_partition_list_s* partitions) {
    const bool is_given = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    metrics::counter(metrics::rebalances, {is_given ? "assigned" : "revoked"}).add();
    if (!is_given) return lose_all();
    for (int i = 0; i < partitions->cnt; ++i) owned_[partitions->elems[i].partition] = {};
    if (!owned_.empty() && !holds_partitions_since_) {
        holds_partitions_since_ = std::chrono::steady_clock::now();
    }
    ask_starts();
    assign();
}

void GroupSubscription::lose_all() {
    for (const auto& [partition, reading] : owned_) {
        notices_.emplace_back(journal::Revoked{partition});
    }
    owned_.clear();
    progress_.clear();
    assignment_changed_ = false;
    replace_assignment(client_.get(), nullptr);
}

// Not before the loss of partitions was told: who hears of it forgets where one that came back at
// once was started.
void GroupSubscription::ask_starts() {
    if (!notices_.empty()) return;
    for (auto& [partition, reading] : owned_) {
        if (reading.next) continue;
        reading.next = start_(partition);
        if (reading.next) assignment_changed_ = true;
    }
}

void GroupSubscription::assign() {
    const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(owned_.size())));
    for (const auto& [partition, reading] : owned_) {
        if (!reading.fetching()) continue;
        rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), partition)->offset =
            *reading.next;
    }
    const auto error = replace_assignment(client_.get(), list.get());
    assignment_changed_ = error != RD_KAFKA_RESP_ERR_NO_ERROR;
    if (error == RD_KAFKA_RESP_ERR__FATAL) fatal_ = rd_kafka_err2str(RD_KAFKA_RESP_ERR__FATAL);
}

// A commit that finds no coordinator waits inside librdkafka. If the session ends meanwhile, it is
// sent without our membership, and the broker fences our instance id: the consumer fails. So after
// a lost connection nothing is committed until the session has proven to outlive it.
void GroupSubscription::hold_commits() {
    const auto now = std::chrono::steady_clock::now();
    // Not prolonged: a broker that stays away is none that the session needs.
    if (now < commits_held_until_) return;
    commits_held_until_ = now + options_.group.session_timeout + heartbeat(options_.group);
}

void GroupSubscription::commit_progress() {
    const auto now = std::chrono::steady_clock::now();
    if (progress_.empty() || now < next_commit_ || now < commits_held_until_) return;
    next_commit_ = now + options_.group.commit_interval;
    // Known before the partitions are taken away; what was read of them is no progress any more.
    if (rd_kafka_assignment_lost(client_.get()) != 0) return progress_.clear();
    const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(progress_.size())));
    for (const auto& [partition, next] : progress_) {
        rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), partition)->offset =
            next;
    }
    progress_.clear();
    // Advisory: nobody reads it back, so its failure only makes the lag look larger until the next
    // one.
    rd_kafka_commit(client_.get(), list.get(), 1);
}

}  // namespace outlay::kafka
