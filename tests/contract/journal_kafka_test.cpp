// Promise: what only Kafka can do to the journal (a missing or wrong topic, lost connections,
// unknown and fatal outcomes, members that come and go) is told as the Journal port says it. Broker
// faults come from librdkafka's mock broker, everything else from a real one.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <thread>

#include "journal/genesis.hpp"
#include "platform/kafka/journal.hpp"
#include "platform/kafka/reopen_pause.hpp"
#include "platform/kafka/topic.hpp"
#include "tests/contract/journal_under_test.hpp"

namespace outlay::tests {
namespace {

using journal::AppendResult;
using journal::JournalErrorKind;
using kafka::KafkaJournal;
using kafka::TopicState;

constexpr std::int16_t produce_request = 0;

platform::Deadline soon() {
    return std::chrono::steady_clock::now() + patience;
}

std::optional<std::int64_t> from_the_beginning(std::int32_t) {
    return 0;
}

std::vector<std::string> settings_of(const std::vector<kafka::TopicFinding>& findings) {
    std::vector<std::string> settings;
    for (const auto& finding : findings) settings.push_back(finding.setting);
    return settings;
}

class KafkaTest : public testing::Test {
protected:
    void SetUp() override {
        options_.client.brokers = kafka_under_test();
        options_.topic = unique_name("journal");
        options_.group.group_id = options_.topic;
        wish_ = {.name = options_.topic, .partitions = 2};
    }
    void create_topic() { ASSERT_TRUE(kafka::create_topic(options_.client, wish_, soon()).ok()); }
    std::unique_ptr<KafkaJournal> open() { return std::move(*KafkaJournal::make(options_)); }
    std::vector<std::string> findings(const kafka::TopicWish& wish) const {
        auto found = kafka::check_topic(options_.client, wish, soon());
        EXPECT_TRUE(found.ok());
        return found.ok() ? settings_of(*found) : std::vector<std::string>{"no answer"};
    }

    kafka::JournalOptions options_;
    kafka::TopicWish wish_;
};

TEST_F(KafkaTest, a_created_topic_is_as_wished_and_is_created_once) {
    wish_.flush_every_record = true;
    const auto first = kafka::create_topic(options_.client, wish_, soon());
    ASSERT_TRUE(first.ok()) << first.error().detail;
    EXPECT_EQ(*first, TopicState::created);
    EXPECT_EQ(findings(wish_), std::vector<std::string>{});
    const auto second = kafka::create_topic(options_.client, wish_, soon());
    ASSERT_TRUE(second.ok());
    EXPECT_EQ(*second, TopicState::existed);
}

TEST_F(KafkaTest, a_topic_that_was_just_made_is_known_at_once) {
    for (int round = 0; round < 5; ++round) {
        wish_ = {.name = unique_name("journal"), .partitions = 16};
        const auto made = kafka::create_topic(options_.client, wish_, soon());
        ASSERT_TRUE(made.ok()) << made.error().detail;
        EXPECT_EQ(findings(wish_), std::vector<std::string>{});
    }
}

TEST_F(KafkaTest, opening_and_reading_many_partitions_in_turn_needs_no_second_for_each) {
    wish_.partitions = 16;
    create_topic();
    const auto begun = std::chrono::steady_clock::now();
    for (int start = 0; start < 2; ++start) {
        const auto journal = open();
        ASSERT_TRUE(journal->warm_up(soon()).ok());
        const auto identity = journal::open_journal(*journal, "journal-1");
        ASSERT_TRUE(identity.ok()) << identity.error();
        for (std::int32_t partition = 0; partition < wish_.partitions; ++partition) {
            EXPECT_EQ(*journal->end(partition), 1);
            EXPECT_EQ(read_many(*journal, partition, 0, 1).size(), 1u);
        }
    }
    // 64 changes of partition, which take a tenth of this time on an idle machine.
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{10});
}

TEST_F(KafkaTest, a_read_that_does_not_wait_finds_what_is_there_in_any_partition) {
    create_topic();
    const auto journal = open();
    ASSERT_TRUE(journal->warm_up(soon()).ok());
    for (std::int32_t partition = 0; partition < 2; ++partition) {
        append_many(*journal, partition, "value ", 3);
    }
    for (std::int32_t turn = 0; turn < 10; ++turn) {
        const auto records = journal->read(turn % 2, 1, {.wait = std::chrono::milliseconds{0}});
        ASSERT_TRUE(records.ok()) << records.error().detail;
        EXPECT_EQ(records->size(), 2u);
        const auto beyond = journal->read(turn % 2, 3, {.wait = std::chrono::milliseconds{0}});
        ASSERT_TRUE(beyond.ok()) << beyond.error().detail;
        EXPECT_TRUE(beyond->empty());
    }
}

TEST_F(KafkaTest, a_missing_topic_is_a_finding_and_is_not_created_by_looking) {
    EXPECT_EQ(findings(wish_), std::vector<std::string>{"topic"});
    EXPECT_EQ(findings(wish_), std::vector<std::string>{"topic"});
}

// Makes a topic by hand, as somebody without `topics apply` would.
void create_wrong_topic(const std::string& brokers, const std::string& name,
                        const std::map<std::string, std::string>& settings) {
    std::array<char, 256> reason{};
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), reason.data(), reason.size());
    auto* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
    auto* topic = rd_kafka_NewTopic_new(name.c_str(), 3, 1, reason.data(), reason.size());
    for (const auto& [setting, value] : settings) {
        rd_kafka_NewTopic_set_config(topic, setting.c_str(), value.c_str());
    }
    auto* queue = rd_kafka_queue_new(client);
    rd_kafka_CreateTopics(client, &topic, 1, nullptr, queue);
    auto* created = rd_kafka_queue_poll(queue, 30'000);
    ASSERT_EQ(rd_kafka_event_error(created), 0) << rd_kafka_event_error_string(created);
    std::size_t results = 0;
    const auto* result =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(created), &results);
    ASSERT_EQ(rd_kafka_topic_result_error(result[0]), 0)
        << rd_kafka_topic_result_error_string(result[0]);
    rd_kafka_event_destroy(created);
    rd_kafka_queue_destroy(queue);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_destroy(client);
}

TEST_F(KafkaTest, every_setting_that_breaks_a_promise_is_found) {
    create_wrong_topic(options_.client.brokers, wish_.name,
                       {{"cleanup.policy", "compact"},
                        {"retention.ms", "604800000"},
                        {"retention.bytes", "1000000"},
                        {"message.timestamp.type", "CreateTime"},
                        {"unclean.leader.election.enable", "true"},
                        {"max.message.bytes", "500000"}});
    wish_.replication = 3;
    wish_.min_insync_replicas = 2;
    wish_.flush_every_record = true;
    const std::vector<std::string> expected = {"partitions",
                                               "replication",
                                               "cleanup.policy",
                                               "flush.messages",
                                               "message.timestamp.type",
                                               "retention.bytes",
                                               "retention.ms",
                                               "unclean.leader.election.enable",
                                               "min.insync.replicas",
                                               "max.message.bytes"};
    // Creating does not wait here until every part of the broker knows the topic.
    auto found = findings(wish_);
    for (const auto deadline = soon();
         found.size() == 1 && std::chrono::steady_clock::now() < deadline;) {
        found = findings(wish_);
    }
    EXPECT_EQ(found, expected);
}

TEST_F(KafkaTest, warming_up_fails_without_a_topic_and_succeeds_when_it_is_there) {
    const auto journal = open();
    EXPECT_EQ(append(*journal, 0, "too early").result, AppendResult::not_written);
    const auto at_once = std::chrono::steady_clock::now() + std::chrono::milliseconds{300};
    EXPECT_FALSE(journal->warm_up(at_once).ok());
    EXPECT_FALSE(journal->healthy());
    EXPECT_EQ(findings(wish_), std::vector<std::string>{"topic"});
    create_topic();
    ASSERT_TRUE(journal->warm_up(soon()).ok());
    EXPECT_TRUE(journal->healthy());
    EXPECT_EQ(journal->partition_count(), 2);
    EXPECT_EQ(append(*journal, 0, "now").result, AppendResult::appended);
}

TEST_F(KafkaTest, a_setting_that_does_not_exist_is_refused) {
    options_.client.properties["no.such.setting"] = "1";
    const auto journal = KafkaJournal::make(options_);
    ASSERT_FALSE(journal.ok());
    EXPECT_NE(journal.error().detail.find("no.such.setting"), std::string::npos);
}

TEST_F(KafkaTest, a_restarted_static_member_gets_its_partitions_back_at_once) {
    create_topic();
    options_.group.instance_id = "worker-1";
    options_.group.session_timeout = patience;  // by session the hand-over would take this long
    const auto journal = open();
    ASSERT_TRUE(journal->warm_up(soon()).ok());
    append_many(*journal, 0, "value ", 3);
    for (int round = 0; round < 2; ++round) {
        const auto begun = std::chrono::steady_clock::now();
        const auto subscription = journal->subscribe(from_the_beginning);
        Delivered got;
        EXPECT_TRUE(poll_until(*subscription, got, [&] { return got.total() == 3; }));
        EXPECT_LT(std::chrono::steady_clock::now() - begun, patience / 2);
    }
}

TEST_F(KafkaTest, a_second_process_with_the_same_instance_id_takes_the_partitions_away) {
    create_topic();
    options_.group.instance_id = "worker-1";
    const auto journal = open();
    ASSERT_TRUE(journal->warm_up(soon()).ok());
    append_many(*journal, 0, "value ", 3);
    const auto first = journal->subscribe(from_the_beginning);
    Delivered of_first;
    ASSERT_TRUE(poll_until(*first, of_first, [&] { return of_first.total() == 3; }));
    const auto second = journal->subscribe(from_the_beginning);
    Delivered of_second;
    ASSERT_TRUE(poll_until(*first, of_first, [&] {
        of_second.add(second->poll({.wait = std::chrono::milliseconds{10}}));
        return of_second.total() >= 3 && of_first.revoked.size() >= 2;
    })) << "the second one reads, the first one is told that it owns nothing any more";
}

TEST_F(KafkaTest, a_consumer_that_was_thrown_out_is_back_within_seconds) {
    create_topic();
    options_.group.instance_id = "worker-1";
    const auto journal = open();
    ASSERT_TRUE(journal->warm_up(soon()).ok());
    append_many(*journal, 0, "value ", 3);
    const auto first = journal->subscribe(from_the_beginning);
    Delivered of_first;
    ASSERT_TRUE(poll_until(*first, of_first, [&] { return of_first.total() == 3; }));
    {
        const auto second = journal->subscribe(from_the_beginning);
        Delivered of_second;
        ASSERT_TRUE(poll_until(*second, of_second, [&] { return of_second.total() == 3; }));
    }
    ASSERT_TRUE(poll_until(
        *first, of_first, [&] { return of_first.total() == 6; }, {}, std::chrono::seconds{15}));
}

TEST(ReopenPause, grows_with_every_failure_and_is_short_again_after_a_calm_time) {
    using std::chrono::milliseconds;
    kafka::ReopenPause pause;
    for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
        EXPECT_EQ(pause.next(milliseconds{50'000}), milliseconds{seconds * 1'000});
    }
    EXPECT_EQ(pause.next(kafka::ReopenPause::calm), kafka::ReopenPause::shortest);
    EXPECT_EQ(pause.next(milliseconds{0}), kafka::ReopenPause::shortest * 2);
}

// A broker whose faults can be chosen. One partition, led by broker 1.
class KafkaFaults : public testing::Test {
public:
    ~KafkaFaults() override {
        journal_.reset();
        rd_kafka_mock_cluster_destroy(cluster_);
        rd_kafka_destroy(host_);
    }

protected:
    KafkaFaults() {
        std::array<char, 256> reason{};
        auto* conf = rd_kafka_conf_new();
        rd_kafka_conf_set(conf, "log_level", "0", nullptr, 0);
        host_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
        cluster_ = rd_kafka_mock_cluster_new(host_, 1);
        options_.client.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
        options_.client.properties["log_level"] = "0";
        options_.producer.shutdown = std::chrono::milliseconds{500};
        rd_kafka_mock_topic_create(cluster_, options_.topic.c_str(), 1, 1);
    }
    KafkaJournal& warm_journal() {
        journal_ = std::move(*KafkaJournal::make(options_));
        EXPECT_TRUE(journal_->warm_up(soon()).ok());
        EXPECT_EQ(append(*journal_, 0, "first").result, AppendResult::appended);
        return *journal_;
    }
    void answer_after(std::chrono::milliseconds delay) {
        rd_kafka_mock_broker_set_rtt(cluster_, 1, static_cast<int>(delay.count()));
    }
    static bool wait_until_healthy(const KafkaJournal& journal, bool healthy) {
        const auto deadline = soon();
        while (journal.healthy() != healthy && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
        return journal.healthy() == healthy;
    }
    // The producer may be replaced meanwhile: then nothing is written until the new one is ready.
    static AppendResult append_again(KafkaJournal& journal) {
        const auto deadline = soon();
        auto result = AppendResult::not_written;
        while (result == AppendResult::not_written && std::chrono::steady_clock::now() < deadline) {
            EXPECT_TRUE(journal.warm_up(deadline).ok());
            result = append(journal, 0, "again").result;
        }
        return result;
    }

    rd_kafka_t* host_ = nullptr;
    rd_kafka_mock_cluster_t* cluster_ = nullptr;
    kafka::JournalOptions options_;
    std::unique_ptr<KafkaJournal> journal_;
};

TEST_F(KafkaFaults, too_many_outstanding_appends_answer_not_written_at_once) {
    options_.producer.outstanding_records_max = 2;
    auto& journal = warm_journal();
    answer_after(std::chrono::milliseconds{700});
    Outcomes outcomes;
    for (int i = 0; i < 2; ++i) journal.append(0, "key", "value", outcomes.slot());
    EXPECT_EQ(journal.outstanding_records(), 2u);
    EXPECT_EQ(journal.outstanding_bytes(), 2u * (3 + 5));
    Outcomes rejected;
    journal.append(0, "key", "value", rejected.slot());
    ASSERT_EQ(rejected.calls(), 1u) << "answered from within append";
    EXPECT_EQ(rejected.wait().at(0).result, AppendResult::not_written);
    for (const auto& outcome : outcomes.wait()) EXPECT_EQ(outcome.result, AppendResult::appended);
    EXPECT_EQ(journal.outstanding_records(), 0u);
    EXPECT_EQ(journal.outstanding_bytes(), 0u);
}

TEST_F(KafkaFaults, a_record_that_was_never_sent_is_not_written) {
    options_.producer.message_timeout = std::chrono::milliseconds{1000};
    auto& journal = warm_journal();
    rd_kafka_mock_broker_set_down(cluster_, 1);
    EXPECT_EQ(append(journal, 0, "value").result, AppendResult::not_written);
    rd_kafka_mock_broker_set_up(cluster_, 1);
    EXPECT_EQ(append_again(journal), AppendResult::appended);
}

TEST_F(KafkaFaults, a_record_that_was_sent_and_not_answered_is_unknown) {
    options_.producer.message_timeout = std::chrono::milliseconds{1000};
    auto& journal = warm_journal();
    answer_after(std::chrono::milliseconds{4000});
    EXPECT_EQ(append(journal, 0, "value").result, AppendResult::unknown);
    answer_after(std::chrono::milliseconds{0});
    EXPECT_EQ(append_again(journal), AppendResult::appended);
}

TEST_F(KafkaFaults, a_record_that_the_broker_finds_too_large_is_refused) {
    auto& journal = warm_journal();
    rd_kafka_mock_push_request_errors(cluster_, produce_request, 1,
                                      RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    EXPECT_EQ(append(journal, 0, "value").result, AppendResult::refused);
    EXPECT_EQ(append_again(journal), AppendResult::appended);
}

TEST_F(KafkaFaults, after_a_fatal_error_a_new_producer_appends_and_every_outcome_was_called) {
    // Makes a lost sequence fatal instead of healing it.
    options_.client.properties["enable.gapless.guarantee"] = "true";
    options_.producer.message_timeout = std::chrono::milliseconds{5000};
    auto& journal = warm_journal();
    rd_kafka_mock_push_request_errors(cluster_, produce_request, 1,
                                      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    Outcomes outcomes;
    for (int i = 0; i < 50; ++i) journal.append(0, "key", "value", outcomes.slot());
    for (const auto& outcome : outcomes.wait()) EXPECT_NE(outcome.result, AppendResult::refused);
    EXPECT_EQ(append_again(journal), AppendResult::appended);
    EXPECT_TRUE(journal.healthy());
}

TEST_F(KafkaFaults, closing_with_an_unreachable_broker_answers_everything_in_bounded_time) {
    auto& journal = warm_journal();
    answer_after(std::chrono::milliseconds{20'000});
    Outcomes outcomes;
    for (int i = 0; i < 10; ++i) journal.append(0, "key", "value", outcomes.slot());
    const auto begun = std::chrono::steady_clock::now();
    journal_.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{10});
    EXPECT_EQ(outcomes.calls(), 10u);
    for (const auto& outcome : outcomes.wait()) EXPECT_NE(outcome.result, AppendResult::appended);
}

TEST_F(KafkaFaults, while_no_broker_answers_nothing_is_appended_and_it_ends_by_itself) {
    auto& journal = warm_journal();
    rd_kafka_mock_broker_set_down(cluster_, 1);
    ASSERT_TRUE(wait_until_healthy(journal, false));
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(append(journal, 0, "value").result, AppendResult::not_written);
    EXPECT_FALSE(journal.end(0).ok());
    EXPECT_FALSE(journal.read(0, 0, {.wait = patience}).ok());
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{1}) << "told at once";
    rd_kafka_mock_broker_set_up(cluster_, 1);
    ASSERT_TRUE(wait_until_healthy(journal, true)) << "without anybody's append";
    EXPECT_EQ(append(journal, 0, "value").result, AppendResult::appended);
}

TEST_F(KafkaFaults, a_lost_connection_interrupts_before_the_next_batch) {
    auto& journal = warm_journal();
    const auto subscription = journal.subscribe(from_the_beginning);
    Delivered got;
    ASSERT_TRUE(poll_until(*subscription, got, [&] { return got.total() == 1; }));
    got = {};
    rd_kafka_mock_broker_set_down(cluster_, 1);
    ASSERT_TRUE(wait_until_healthy(journal, false));
    rd_kafka_mock_broker_set_up(cluster_, 1);
    EXPECT_EQ(append_again(journal), AppendResult::appended);
    ASSERT_TRUE(poll_until(*subscription, got, [&] { return !got.interrupted.empty(); }));
    EXPECT_EQ(got.total(), 0u);
    EXPECT_EQ(got.interrupted[0], 0);
    ASSERT_TRUE(poll_until(*subscription, got, [&] { return got.total() == 1; }));
    EXPECT_TRUE(got.failed.empty());
}

// librdkafka aborts the process if a partition is taken away twice before it has stopped.
TEST_F(KafkaFaults, seeks_may_follow_each_other_at_once) {
    auto& journal = warm_journal();
    const auto subscription = journal.subscribe(from_the_beginning);
    Delivered got;
    ASSERT_TRUE(poll_until(*subscription, got, [&] { return got.total() == 1; }));
    for (int turn = 0; turn < 500; ++turn) {
        subscription->seek(0, 0);
        subscription->poll({.wait = std::chrono::milliseconds{0}});
    }
    got = {};
    subscription->seek(0, 0);
    ASSERT_TRUE(poll_until(*subscription, got, [&] { return got.total() > 0; }));
}

TEST_F(KafkaFaults, reading_from_an_unreachable_broker_is_unavailable) {
    options_.query_timeout = std::chrono::milliseconds{500};
    auto& journal = warm_journal();
    EXPECT_EQ(read_many(journal, 0, 0, 1).size(), 1u);
    rd_kafka_mock_broker_set_down(cluster_, 1);
    const auto end = journal.end(0);
    ASSERT_FALSE(end.ok());
    EXPECT_EQ(end.error().kind, JournalErrorKind::unavailable);
}

}  // namespace
}  // namespace outlay::tests
