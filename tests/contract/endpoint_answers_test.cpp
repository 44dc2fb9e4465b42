// Promise: whatever an endpoint does on the wire, an attempt ends within its time with the outcome
// of the table below (F-80), and no spelling, no resolver and no redirect leads a request to an
// address that must not be called (F-84).
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>
#include <filesystem>

#include "platform/curl/http_client.hpp"
#include "tests/contract/called_addresses.hpp"
#include "tests/contract/loopback_endpoint.hpp"
#include "workers/notifier/manners.hpp"
#include "workers/notifier/webhook.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using workers::notifier::Attempt;
using workers::notifier::End;
using Behaviour = LoopbackEndpoint::Behaviour;
using std::chrono::milliseconds;

constexpr milliseconds patient = 20s;  // for what ends by itself
constexpr milliseconds hasty = 60ms;   // for what ends by the deadline alone
constexpr const char* endpoint_name = "hooks.example";

// Resolves as it is told; the last answer stays.
class ToldNetwork final : public platform::Network {
public:
    using Answer = std::vector<platform::IpAddress>;
    using Script = std::vector<std::vector<const char*>>;
    explicit ToldNetwork(const Script& answers) {
        for (const auto& answer : answers) {
            auto& one = answers_.emplace_back();
            for (const char* text : answer) one.push_back(*platform::IpAddress::parse(text));
        }
    }
    domain::Result<Answer, std::string> resolve(const std::string&) const override {
        const auto at = std::min(asked_++, answers_.size() - 1);
        return answers_[at];
    }
    Answer own_addresses() const override { return {}; }

private:
    std::vector<Answer> answers_;
    mutable std::size_t asked_ = 0;
};

platform::EgressPolicy opening(const std::vector<const char*>& ranges) {
    platform::EgressPolicy policy;
    policy.http = true;
    for (const char* range : ranges)
        policy.allowed.push_back(*platform::AddressRange::parse(range));
    return policy;
}

struct Call {
    std::string url;
    milliseconds timeout = patient;
    std::string trusted_file{};
};
Attempt attempt(const platform::Egress& egress, const Call& call) {
    const auto client = curl::make_client(egress, {.connect_timeout = call.timeout,
                                                   .timeout = call.timeout,
                                                   .trusted_file = call.trusted_file});
    return workers::notifier::attempt_of(
        client->post({call.url, {{"Content-Type", "application/json"}}, R"({"a":1})"}),
        workers::notifier::manners_of(domain::channel::Kind::webhook).final_statuses);
}

// Behaviours.
Behaviour answers(std::string text) {
    return [text = std::move(text)](Peer& peer) {
        peer.read_request();
        peer.send(text);
    };
}
Behaviour answers(int status, const std::string& fields = "") {
    return answers("HTTP/1.1 " + std::to_string(status) + " Word\r\n" + fields +
                   "Content-Length: 0\r\n\r\n");
}
// `head` once, then `piece` until the client has had enough.
Behaviour never_ends(std::string head, std::string piece) {
    return [head = std::move(head), piece = std::move(piece)](Peer& peer) {
        peer.read_request();
        for (bool goes_on = peer.send(head); goes_on;) goes_on = peer.send(piece);
    };
}
// One byte every two milliseconds, for ever.
Behaviour drips(std::string head) {
    return [head = std::move(head)](Peer& peer) {
        peer.read_request();
        peer.send(head);
        while (!peer.is_closed_within(2ms) && peer.send("x")) continue;
    };
}
void is_silent(Peer& peer) {
    peer.read_request();
    peer.wait_for_close();
}
void hangs_up(Peer& peer) {
    peer.read_request();
}
void resets(Peer& peer) {
    peer.read_request();
    peer.reset();
}
std::string in_an_hour() {
    const std::time_t at = std::time(nullptr) + 3600;
    std::tm parts{};
    ::gmtime_r(&at, &parts);
    std::array<char, 64> text{};
    const auto length =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), length};
}

// What an attempt comes to.
struct Expected {
    End end = End::failed;
    std::optional<int> status{};
    std::string error{};                 // its beginning
    std::chrono::seconds rests_from{0};  // the pause that the endpoint asked for
    std::chrono::seconds rests_to{0};
};
Expected delivered(int status) {
    return {.end = End::delivered, .status = status};
}
Expected failed(int status, std::chrono::seconds from = 0s, std::chrono::seconds to = 0s) {
    return {.status = status,
            .error = "the endpoint answered " + std::to_string(status),
            .rests_from = from,
            .rests_to = to};
}
Expected no_answer(const char* error) {
    return {.error = error};
}

struct Row {
    const char* name;
    Behaviour behaviour;
    Expected expected;
    milliseconds timeout = patient;
};

void expect_outcome(const Row& row, const Attempt& attempt) {
    EXPECT_EQ(attempt.end, row.expected.end) << attempt.error;
    EXPECT_EQ(attempt.status, row.expected.status);
    EXPECT_EQ(attempt.error.substr(0, row.expected.error.size()), row.expected.error);
    EXPECT_EQ(attempt.error.empty(), row.expected.end == End::delivered);
    const auto rest = attempt.retry_after.value_or(0s);
    EXPECT_GE(rest, row.expected.rests_from);
    EXPECT_LE(rest, row.expected.rests_to);
}

const std::vector<Row>& table() {
    static const std::string ok = "HTTP/1.1 200 OK\r\n";
    static const std::vector<Row> rows{
        {"200", answers(200), delivered(200)},
        {"200, ended by the connection's end", answers(ok + "\r\nfine"), delivered(200)},
        {"204", answers("HTTP/1.1 204 No Content\r\n\r\n"), delivered(204)},
        {"400", answers(400), failed(400)},
        {"401 that asks for a password", answers(401, "WWW-Authenticate: Basic realm=\"x\"\r\n"),
         failed(401)},
        {"404", answers(404), failed(404)},
        {"410",
         answers(410),
         {.end = End::gone, .status = 410, .error = "the endpoint answered 410"}},
        {"429 with seconds", answers(429, "Retry-After: 120\r\n"), failed(429, 120s, 120s)},
        {"429 with a date", answers(429, "Retry-After: " + in_an_hour() + "\r\n"),
         failed(429, 3000s, 3600s)},
        {"429 with a date that has passed",
         answers(429, "Retry-After: Mon, 06 Jan 2020 10:00:00 GMT\r\n"), failed(429)},
        {"429 with nonsense", answers(429, "Retry-After: soon\r\n"), failed(429)},
        {"429 with less than nothing", answers(429, "Retry-After: -5\r\n"), failed(429)},
        {"500", answers(500), failed(500)},
        {"503 with seconds", answers(503, "Retry-After: 7\r\n"), failed(503, 7s, 7s)},
        {"garbage", answers("\x16\x03\x01 no HTTP at all\r\n\r\n"), no_answer("broken answer: ")},
        {"another protocol", answers("220 mail.example ESMTP\r\n"), no_answer("broken answer: ")},
        {"half a head", answers(ok + "Content-Le"),
         no_answer("broken answer: the head of the answer has no end")},
        {"a status and no more", answers(ok),
         no_answer("broken answer: the head of the answer has no end")},
        {"provisional answer and no more", answers("HTTP/1.1 102 Processing\r\n\r\n"),
         no_answer("broken answer: ")},
        {"provisional answer, then half a head", answers("HTTP/1.1 102 Processing\r\n\r\n" + ok),
         no_answer("broken answer: the head of the answer has no end")},
        {"provisional answer, then the answer",
         answers("HTTP/1.1 102 Processing\r\n\r\n" + ok + "\r\n"), delivered(200)},
        {"half a body", answers(ok + "Content-Length: 10\r\n\r\nhalf"),
         no_answer("broken answer: ")},
        {"hangs up", hangs_up, no_answer("broken answer: ")},
        {"resets", resets, no_answer("broken answer: ")},
        {"endless body of a success", never_ends(ok + "\r\n", std::string(4096, 'x')),
         delivered(200)},
        {"endless body of a failure", never_ends("HTTP/1.1 500 No\r\n\r\n", std::string(4096, 'x')),
         failed(500)},
        {"endless header fields", never_ends(ok, "X-More: " + std::string(500, 'x') + "\r\n"),
         no_answer("broken answer: the head of the answer has no end")},
        {"endless header field", never_ends(ok + "X-More: ", std::string(4096, 'x')),
         no_answer("broken answer: ")},
        {"endless framing of a body",
         never_ends(ok + "Transfer-Encoding: chunked\r\n\r\n1;", std::string(65'536, 'x')),
         no_answer("broken answer: it is too long")},
        {"endless provisional answers", never_ends("", "HTTP/1.1 102 Processing\r\n\r\n"),
         no_answer("broken answer: ")},
        {"slow drip of a head", drips(ok + "X-More: "), no_answer("timeout: "), hasty},
        {"slow drip of a body", drips(ok + "Content-Length: 1000000\r\n\r\n"),
         no_answer("timeout: "), hasty},
        {"accepts, then silence", is_silent, no_answer("timeout: "), hasty},
        {"half an answer, then silence",
         [](Peer& peer) {
             peer.read_request();
             peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
             peer.wait_for_close();
         },
         no_answer("timeout: "), hasty}};
    return rows;
}

class EndpointAnswers : public testing::Test {
protected:
    // As in every role of the binary: a lost peer is an error code.
    void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
};

TEST_F(EndpointAnswers, are_treated_as_the_table_says) {
    const platform::SystemNetwork network;
    const platform::Egress egress(opening({"127.0.0.0/8"}), network);
    for (const auto& row : table()) {
        SCOPED_TRACE(row.name);
        LoopbackEndpoint endpoint(row.behaviour);
        expect_outcome(row, attempt(egress, {endpoint.url(), row.timeout}));
        EXPECT_EQ(endpoint.accepted(), 1) << "one attempt is one connection";
    }
}

TEST_F(EndpointAnswers, that_redirect_are_failures_and_lead_nowhere) {
    const platform::SystemNetwork network;
    const platform::Egress egress(opening({"127.0.0.0/8"}), network);
    const LoopbackEndpoint elsewhere("127.0.0.4");
    const CalledAddresses called;
    for (const int status : {300, 301, 302, 303, 305, 307, 308}) {
        SCOPED_TRACE(status);
        LoopbackEndpoint endpoint(answers(status, "Location: " + elsewhere.url() + "\r\n"));
        expect_outcome({"", {}, failed(status)}, attempt(egress, {endpoint.url()}));
        EXPECT_EQ(endpoint.accepted(), 1);
    }
    EXPECT_FALSE(elsewhere.has_waiting());
    EXPECT_EQ(called.so_far(), std::set<std::string>{"127.0.0.1"});
}

TEST_F(EndpointAnswers, are_read_up_to_a_cap_and_kept_up_to_another) {
    const platform::SystemNetwork network;
    const platform::Egress egress(opening({"127.0.0.0/8"}), network);
    LoopbackEndpoint endpoint(never_ends("HTTP/1.1 200 OK\r\n\r\n", std::string(1024, 'x')));
    const auto made = attempt(egress, {endpoint.url()});
    EXPECT_EQ(made.answer, std::string(4096, 'x'));
    EXPECT_EQ(made.end, End::delivered);
}

TEST_F(EndpointAnswers, of_nobody_are_a_failed_connection) {
    const platform::SystemNetwork network;
    const platform::Egress egress(opening({"127.0.0.0/8"}), network);
    std::string url;
    {
        const LoopbackEndpoint ended;
        url = ended.url();
    }
    expect_outcome({"", {}, no_answer("no connection: ")}, attempt(egress, {url}));
}

// Behaviours of servers that speak TLS under a name.
class SecureEndpointAnswers : public EndpointAnswers {
public:
    SecureEndpointAnswers() { write_pem(authority_, trusted_file_); }
    ~SecureEndpointAnswers() override { std::filesystem::remove(trusted_file_); }

protected:
    Behaviour secured(const Identity& identity, Behaviour behaviour) {
        return [&identity, behaviour = std::move(behaviour)](Peer& peer) {
            if (peer.begin_tls(identity)) behaviour(peer);
        };
    }

    Identity authority_ = make_authority("The test's authority");
    std::string trusted_file_ = (std::filesystem::temp_directory_path() /
                                 ("outlay-authority-" + std::to_string(::getpid()) + ".pem"))
                                    .string();
};

TEST_F(SecureEndpointAnswers, count_only_from_the_server_that_the_name_belongs_to) {
    const auto good = issue(authority_, endpoint_name);
    const auto other_name = issue(authority_, "other.example");
    const auto expired = issue(authority_, endpoint_name, {-7200s, -3600s});
    const auto future = issue(authority_, endpoint_name, {3600s, 7200s});
    const auto stranger = issue(make_authority("Somebody else"), endpoint_name);
    const std::vector<Row> rows{
        {"certified", secured(good, answers(200)), delivered(200)},
        {"wrong name", secured(other_name, answers(200)),
         no_answer("TLS: SSL: no alternative certificate subject name matches")},
        {"expired", secured(expired, answers(200)),
         no_answer("TLS: SSL certificate problem: certificate has expired")},
        {"not yet valid", secured(future, answers(200)),
         no_answer("TLS: SSL certificate problem: certificate is not yet valid")},
        {"unknown authority", secured(stranger, answers(200)),
         no_answer("TLS: SSL certificate problem: unable to get local issuer certificate")},
        {"no TLS",
         [](Peer& peer) {
             peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
             peer.wait_for_close();
         },
         no_answer("TLS: ")},
        {"hangs up instead of a handshake", [](Peer& peer) { peer.reset(); }, no_answer("TLS: ")},
        {"silence instead of a handshake", [](Peer& peer) { peer.wait_for_close(); },
         no_answer("timeout: "), hasty},
        {"handshake, then silence", secured(good, is_silent), no_answer("timeout: "), hasty},
        {"handshake, then a reset", secured(good, resets), no_answer("broken answer: ")},
        {"redirect", secured(good, answers(301, "Location: http://127.0.0.1/\r\n")), failed(301)}};
    const ToldNetwork network(ToldNetwork::Script{{"127.0.0.1"}});
    const platform::Egress egress(opening({"127.0.0.0/8"}), network);
    for (const auto& row : rows) {
        SCOPED_TRACE(row.name);
        LoopbackEndpoint endpoint(row.behaviour);
        const auto url = endpoint.url("https", endpoint_name);
        expect_outcome(row, attempt(egress, {url, row.timeout, trusted_file_}));
        EXPECT_EQ(endpoint.accepted(), 1);
    }
}

// 127.0.0.2 plays the public address here, 127.0.0.1 is loopback: the policy opens the former only.
TEST_F(EndpointAnswers, come_from_the_address_that_was_judged_whatever_the_name_says_later) {
    const ToldNetwork network(ToldNetwork::Script{{"127.0.0.2"}, {"127.0.0.1"}});
    const platform::Egress egress(opening({"127.0.0.2/32"}), network);
    const CalledAddresses called;
    LoopbackEndpoint judged(answers(200), "127.0.0.2");
    const LoopbackEndpoint loopback("127.0.0.1", judged.port());
    ASSERT_TRUE(loopback.is_bound());
    // The system's own resolver says 127.0.0.1 of this name.
    const auto url = judged.url("http", "localhost");
    expect_outcome({"", {}, delivered(200)}, attempt(egress, {url}));
    expect_outcome({"", {}, no_answer("refused: ")}, attempt(egress, {url}));
    EXPECT_EQ(judged.accepted(), 1);
    EXPECT_FALSE(loopback.has_waiting());
    EXPECT_EQ(called.so_far(), std::set<std::string>{"127.0.0.2"});
}

TEST_F(EndpointAnswers, of_one_judged_address_serve_when_another_is_dead) {
    const platform::SystemNetwork machine;
    const auto own = machine.own_addresses();
    const auto v6 = *platform::IpAddress::parse("::1");
    const bool has_v6 = std::ranges::find(own, v6) != own.end();
    const ToldNetwork network(ToldNetwork::Script{{"127.0.0.3", "::1", "127.0.0.1"}});
    const platform::Egress egress(opening({"127.0.0.0/8", "::1"}), network);
    LoopbackEndpoint endpoint(answers(204), has_v6 ? "::1" : "127.0.0.1");
    expect_outcome({"", {}, delivered(204)},
                   attempt(egress, {endpoint.url("http", endpoint_name)}));
}

TEST_F(EndpointAnswers, are_never_asked_of_loopback_in_any_spelling) {
    constexpr std::array spellings{"127.0.0.1",
                                   "127.1",
                                   "127.0.1",
                                   "127.0.0.1.",
                                   "2130706433",
                                   "0x7f000001",
                                   "017700000001",
                                   "0x7f.0.0.1",
                                   "0177.0.0.1",
                                   "0X7F.1",
                                   "127.255.255.254",
                                   "0",
                                   "0.0.0.0",
                                   "0x0",
                                   "[::1]",
                                   "[0:0:0:0:0:0:0:1]",
                                   "[::]",
                                   "[::ffff:127.0.0.1]",
                                   "[::ffff:7f00:1]",
                                   "[::127.0.0.1]",
                                   "[64:ff9b::7f00:1]",
                                   "[2002:7f00:1::]",
                                   "localhost",
                                   "LOCALHOST.",
                                   "localhost."};
    const platform::SystemNetwork network;
    const platform::Egress egress(opening({}), network);
    const LoopbackEndpoint v4;
    const CalledAddresses called;
    for (const char* host : spellings) {
        const auto made = attempt(egress, {v4.url("http", host)});
        EXPECT_EQ(made.error, "refused: The URL leads to an address that must not be called.")
            << host;
    }
    EXPECT_FALSE(v4.has_waiting());
    EXPECT_EQ(called.so_far(), std::set<std::string>{});
}

TEST_F(EndpointAnswers, are_never_asked_of_a_name_with_one_bad_address) {
    constexpr std::array refused{"127.0.0.1",     "::1",      "::ffff:127.0.0.1", "64:ff9b::7f00:1",
                                 "2002:7f00:1::", "10.0.0.1", "169.254.169.254",  "fd00::1"};
    const LoopbackEndpoint loopback;
    const CalledAddresses called;
    for (const char* address : refused) {
        const ToldNetwork network(ToldNetwork::Script{{"93.184.216.34", address}});
        const platform::Egress egress(opening({}), network);
        const auto made = attempt(egress, {loopback.url("http", endpoint_name)});
        EXPECT_EQ(made.error, "refused: The URL leads to an address that must not be called.")
            << address;
    }
    EXPECT_FALSE(loopback.has_waiting());
    EXPECT_EQ(called.so_far(), std::set<std::string>{});
}

// One address of every range that is refused, as the host and as what a name leads to.
TEST_F(EndpointAnswers, are_never_asked_of_any_refused_range) {
    constexpr std::array refused{
        "0.0.0.1",         "10.0.0.1",       "100.64.0.1",      "127.0.0.1",    "169.254.169.254",
        "172.16.0.1",      "192.0.2.1",      "192.168.0.1",     "198.18.0.1",   "198.51.100.1",
        "203.0.113.1",     "224.0.0.1",      "255.255.255.255", "::",           "::1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2001:db8::1",     "2002:a00:1::", "fc00::1",
        "fe80::1",         "fec0::1",        "ff02::1"};
    const CalledAddresses called;
    for (const char* address : refused) {
        const ToldNetwork network(ToldNetwork::Script{{address}});
        const platform::Egress egress(opening({}), network);
        const bool is_v6 = std::string_view(address).find(':') != std::string_view::npos;
        const auto host = is_v6 ? "[" + std::string(address) + "]" : std::string(address);
        for (const auto& url : {"http://" + host + "/", "https://" + host + ":8443/",
                                "http://" + std::string(endpoint_name) + "/"}) {
            const auto made = attempt(egress, {url});
            EXPECT_EQ(made.error, "refused: The URL leads to an address that must not be called.")
                << address << " " << url;
        }
    }
    EXPECT_EQ(called.so_far(), std::set<std::string>{});
}

// The observer would see one: what is allowed is called.
TEST_F(EndpointAnswers, are_asked_of_an_address_that_is_allowed) {
    const ToldNetwork network(ToldNetwork::Script{{"127.0.0.1"}});
    const platform::Egress egress(opening({"127.0.0.0/8"}), network);
    LoopbackEndpoint endpoint(answers(204));
    const CalledAddresses called;
    expect_outcome({"", {}, delivered(204)},
                   attempt(egress, {endpoint.url("http", endpoint_name)}));
    EXPECT_EQ(called.so_far(), std::set<std::string>{"127.0.0.1"});
}

}  // namespace
}  // namespace outlay::tests
