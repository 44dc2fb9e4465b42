// A client of its own, whose errors are looked at.
#include "platform/kafka/reach.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <atomic>

#include "platform/kafka/client.hpp"

namespace outlay::kafka {

namespace {

constexpr std::chrono::milliseconds question_slice{500};

struct CertificateFault {
    int code;  // X509_V_ERR_*, which librdkafka hands through
    std::string_view sentence;
};
constexpr CertificateFault certificate_faults[] = {
    {9, "the broker's certificate is not valid yet"},
    {10, "the broker's certificate has expired"},
    {62, "the broker's certificate is for another host name"},
    {64, "the broker's certificate is for another address"},
};
constexpr std::string_view other_certificate_fault =
    "the broker's certificate is signed by nobody who is trusted here";

std::string_view sentence_of(int certificate_error) {
    const auto* const found =
        std::ranges::find(certificate_faults, certificate_error, &CertificateFault::code);
    return found == std::end(certificate_faults) ? other_certificate_fault : found->sentence;
}

// Called by librdkafka's threads for each certificate of a chain; what it finds is what OpenSSL
// found.
int note_certificate(rd_kafka_t*, const char*, std::int32_t, int* error, int, const char*,
                     std::size_t, char*, std::size_t, void* first_error) {
    int none = 0;
    static_cast<std::atomic<int>*>(first_error)->compare_exchange_strong(none, *error);
    return *error == 0 ? 1 : 0;
}

constexpr rd_kafka_resp_err_t refusals[] = {RD_KAFKA_RESP_ERR__AUTHENTICATION,
                                            RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
                                            RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM};

// A broker that does not like our certificate says so by an alert of TLS, often after the
// handshake, when it is an error of the connection like any other.
bool is_refusal(rd_kafka_resp_err_t error, std::string_view text) {
    return std::ranges::find(refusals, error) != std::end(refusals) ||
           text.find("SSL alert") != std::string_view::npos;
}

// Kafka 4 compares what librdkafka before 2.6.1 sends wrongly (edenhill/kcat#462).
std::string_view hint_for(const ClientOptions& options) {
    constexpr int first_right = 0x020601ff;
    if (!options.login.mechanism.starts_with("SCRAM") || rd_kafka_version() >= first_right)
        return "";
    return "; if name and password are right: librdkafka before 2.6.1 cannot log in to Kafka 4 by "
           "SCRAM, but by PLAIN over TLS or by a certificate";
}

// What went wrong since the last look, the first refusal before anything else.
void take_errors(const Queue& errors, ReachAnswer& answer) {
    while (const Event event{rd_kafka_queue_poll(errors.get(), 0)}) {
        if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
        const auto error = rd_kafka_event_error(event.get());
        const std::string text = rd_kafka_event_error_string(event.get());
        if (answer.reach == Reach::refused || error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
            continue;
        if (is_refusal(error, text)) answer.reach = Reach::refused;
        answer.detail = text;
    }
}

}  // namespace

ReachAnswer reach(const ClientOptions& options, platform::Deadline deadline) {
    std::atomic<int> certificate_error{0};  // before the client, whose threads write to it
    auto client = make_client(ClientKind::producer, options, {}, [&](rd_kafka_conf_t* conf) {
        rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_ERROR);
        rd_kafka_conf_set_opaque(conf, &certificate_error);
        rd_kafka_conf_set_ssl_cert_verify_cb(conf, note_certificate);
    });
    if (!client) return {Reach::refused, client.error().detail};
    const Queue errors(rd_kafka_queue_get_main(client->get()));
    ReachAnswer answer{Reach::away, "no broker answers"};
    do {
        const auto slice = std::min<int>(milliseconds_left(deadline), question_slice.count());
        const struct rd_kafka_metadata* raw = nullptr;
        const auto asked = rd_kafka_metadata(client->get(), 0, nullptr, &raw, std::max(1, slice));
        const Metadata metadata(raw);
        if (asked == RD_KAFKA_RESP_ERR_NO_ERROR) return {Reach::reached, {}};
        take_errors(errors, answer);
        if (const int error = certificate_error.load(); error != 0) {
            return {Reach::refused, std::string(sentence_of(error))};
        }
    } while (answer.reach != Reach::refused && std::chrono::steady_clock::now() < deadline);
    if (answer.reach == Reach::refused) answer.detail += hint_for(options);
    return answer;
}

}  // namespace outlay::kafka
