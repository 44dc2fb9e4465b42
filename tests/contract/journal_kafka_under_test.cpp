// Kafka under test: every journal is a topic of its own on the broker that the test run started.
#include <cstdlib>
#include <stdexcept>

#include "platform/kafka/journal.hpp"
#include "platform/kafka/topic.hpp"
#include "tests/contract/journal_under_test.hpp"

namespace outlay::tests {
namespace {

template <typename T>
T must(domain::Result<T, journal::JournalError> result) {
    if (!result) throw std::runtime_error(result.error().detail);
    return std::move(result).value();
}

class KafkaUnderTest final : public JournalUnderTest {
public:
    KafkaUnderTest() {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        kafka::JournalOptions options;
        options.client.brokers = kafka_under_test();
        options.topic = unique_name("journal");
        options.group.group_id = options.topic;
        must(kafka::create_topic(options.client, {.name = options.topic, .partitions = 2},
                                 deadline));
        journal_ = must(kafka::KafkaJournal::make(options));
        must(journal_->warm_up(deadline));
    }
    journal::Journal& journal() override { return *journal_; }
    journal::Subscriptions& subscriptions() override { return *journal_; }
    void close() override { journal_.reset(); }

private:
    std::unique_ptr<kafka::KafkaJournal> journal_;
};

}  // namespace

std::string kafka_under_test() {
    const char* address = std::getenv("OUTLAY_TEST_KAFKA");
    if (address == nullptr || *address == '\0') {
        throw std::runtime_error("OUTLAY_TEST_KAFKA must be host:port of a Kafka broker");
    }
    return address;
}

JournalAdapter kafka_adapter() {
    return {"kafka", [] { return std::make_unique<KafkaUnderTest>(); }};
}

}  // namespace outlay::tests
