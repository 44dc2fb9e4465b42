// The limit that `./dev bench` compares creates with: Beast and librdkafka and nothing else. Takes
// a POST, appends its body to a partition of a Kafka topic and answers 202 when the broker has
// acknowledged. One I/O thread and one delivery thread, which posts one batch of answers.
// Call: bench_bare_append BROKERS TOPIC PARTITIONS PORT; SIGTERM ends it.
#include <librdkafka/rdkafka.h>

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t read_bytes = 8192;
constexpr int report_wait_ms = 100;
constexpr std::size_t batch_max = 4096;

class Client;

struct Acknowledged {
    std::shared_ptr<Client>* client;  // owned; it was librdkafka's opaque pointer
    bool written;
    std::int32_t partition;
    std::int64_t offset;
};

// Appends round robin; the delivery thread tells the I/O thread about acknowledgements in batches.
class Appender {
public:
    Appender(const std::string& brokers, const std::string& topic, std::int32_t partitions,
             asio::io_context& context);
    ~Appender();
    Appender(const Appender&) = delete;
    Appender& operator=(const Appender&) = delete;
    // I/O thread.
    void append(const std::string& body, std::shared_ptr<Client> client);

private:
    void run();

    asio::io_context& context_;
    std::int32_t partitions_;
    std::int32_t next_ = 0;
    rd_kafka_t* producer_ = nullptr;
    rd_kafka_topic_t* topic_ = nullptr;
    rd_kafka_queue_t* reports_ = nullptr;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

// One connection: read a request, append, answer, read the next one.
class Client : public std::enable_shared_from_this<Client> {
public:
    Client(tcp::socket socket, Appender& appender)
        : socket_(std::move(socket)), appender_(appender) {
        error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
    }
    void start() {
        parser_.emplace();
        parser_->eager(true);
        read();
    }
    void acknowledge(const Acknowledged& report);

private:
    void read();
    void take(std::size_t bytes);

    tcp::socket socket_;
    Appender& appender_;
    boost::beast::flat_buffer input_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::string output_;
};

void Client::read() {
    socket_.async_read_some(
        input_.prepare(read_bytes),
        [self = shared_from_this()](const error_code& error, std::size_t bytes) {
            if (!error) self->take(bytes);
        });
}

void Client::take(std::size_t bytes) {
    input_.commit(bytes);
    error_code error;
    input_.consume(parser_->put(input_.data(), error));
    if (error && error != http::error::need_more) return;
    if (!parser_->is_done()) return read();
    appender_.append(parser_->get().body(), shared_from_this());
}

void Client::acknowledge(const Acknowledged& report) {
    const std::string body = "{\"position\":\"" + std::to_string(report.partition) + ":" +
                             std::to_string(report.offset) + "\"}";
    output_ = report.written ? "HTTP/1.1 202 Accepted\r\n" : "HTTP/1.1 503 Unavailable\r\n";
    output_ += "Content-Type: application/json\r\nContent-Length: ";
    output_ += std::to_string(body.size()) + "\r\n\r\n" + body;
    socket_.async_write_some(
        asio::buffer(output_),
        [self = shared_from_this()](const error_code& error, std::size_t bytes) {
            if (!error && bytes == self->output_.size()) self->start();
        });
}

void set_property(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
    std::array<char, 256> reason{};
    if (rd_kafka_conf_set(conf, name, value.c_str(), reason.data(), reason.size()) !=
        RD_KAFKA_CONF_OK) {
        std::cerr << name << ": " << reason.data() << "\n";
        std::quick_exit(1);
    }
}

// The same promises as Outlay's producer asks for, see platform/kafka/producer.cpp.
rd_kafka_t* make_producer(const std::string& brokers) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    set_property(conf, "bootstrap.servers", brokers);
    set_property(conf, "socket.nagle.disable", "true");
    set_property(conf, "enable.idempotence", "true");
    set_property(conf, "acks", "all");
    set_property(conf, "linger.ms", "0");
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
    std::array<char, 256> reason{};
    rd_kafka_t* producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
    if (producer == nullptr) {
        std::cerr << reason.data() << "\n";
        std::quick_exit(1);
    }
    return producer;
}

Appender::Appender(const std::string& brokers, const std::string& topic, std::int32_t partitions,
                   asio::io_context& context)
    : context_(context), partitions_(partitions), producer_(make_producer(brokers)) {
    topic_ = rd_kafka_topic_new(producer_, topic.c_str(), nullptr);
    reports_ = rd_kafka_queue_get_main(producer_);
    thread_ = std::thread([this] { run(); });
}

Appender::~Appender() {
    stopping_ = true;
    thread_.join();
    rd_kafka_queue_destroy(reports_);
    rd_kafka_topic_destroy(topic_);
    rd_kafka_destroy(producer_);
}

void Appender::append(const std::string& body, std::shared_ptr<Client> client) {
    next_ = (next_ + 1) % partitions_;
    auto opaque = std::make_unique<std::shared_ptr<Client>>(std::move(client));
    // Copied by librdkafka before it returns: it does not write through the pointer.
    auto* payload = const_cast<char*>(body.data());
    if (rd_kafka_produce(topic_, next_, RD_KAFKA_MSG_F_COPY, payload, body.size(), nullptr, 0,
                         opaque.get()) == 0) {
        static_cast<void>(opaque.release());
        return;
    }
    (*opaque)->acknowledge({nullptr, false, next_, -1});
}

void Appender::run() {
    while (!stopping_) {
        std::vector<Acknowledged> batch;
        int wait_ms = report_wait_ms;
        while (batch.size() < batch_max) {
            rd_kafka_event_t* event = rd_kafka_queue_poll(reports_, wait_ms);
            if (event == nullptr) break;
            while (const auto* message = rd_kafka_event_message_next(event)) {
                batch.push_back({static_cast<std::shared_ptr<Client>*>(message->_private),
                                 message->err == 0, message->partition, message->offset});
            }
            rd_kafka_event_destroy(event);
            wait_ms = 0;
        }
        if (batch.empty()) continue;
        asio::post(context_, [batch = std::move(batch)] {
            for (const auto& report : batch) {
                const std::unique_ptr<std::shared_ptr<Client>> client(report.client);
                (*client)->acknowledge(report);
            }
        });
    }
}

void accept(tcp::acceptor& acceptor, Appender& appender) {
    acceptor.async_accept([&acceptor, &appender](const error_code& error, tcp::socket socket) {
        if (error) return;
        std::make_shared<Client>(std::move(socket), appender)->start();
        accept(acceptor, appender);
    });
}

}  // namespace

int main(int count, char** words) {
    const std::vector<std::string> arguments(words, words + count);
    if (arguments.size() != 5) {
        std::cerr << "usage: bench_bare_append BROKERS TOPIC PARTITIONS PORT\n";
        return 2;
    }
    asio::io_context context(1);
    asio::signal_set signals(context, SIGTERM, SIGINT);
    signals.async_wait([&context](const error_code&, int) { context.stop(); });
    Appender appender(arguments[1], arguments[2], std::stoi(arguments[3]), context);
    const auto port = static_cast<std::uint16_t>(std::stoi(arguments[4]));
    tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), port});
    accept(acceptor, appender);
    context.run();
    return 0;
}
