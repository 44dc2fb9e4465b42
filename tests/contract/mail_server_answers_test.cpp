// Promise: whatever a mail server does on the wire, a mail that may be taken later is sent again,
// under the same Message-ID, one that is refused for good is dead and shown, and nothing is said in
// the clear or to a stranger where TLS is demanded (F-82, EML-01, EML-02).
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "platform/curl/mailer.hpp"
#include "tests/contract/mail_office.hpp"
#include "tests/unit/notifier_world.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr const char* server_name = "localhost";
constexpr milliseconds patient = 20s;   // for what ends by itself
constexpr auto lease = 60s;             // in which a sender has to be done
constexpr milliseconds hasty = 1200ms;  // for what ends by the deadline alone

std::string header_of(const MailOffice::Mail& mail, const std::string& name) {
    const auto from = mail.text.find(name + ": ");
    return from == std::string::npos ? ""
                                     : mail.text.substr(from, mail.text.find('\r', from) - from);
}

class MailServerAnswers : public testing::Test {
protected:
    // As in every role of the binary: a lost peer is an error code.
    void SetUp() override {
        std::signal(SIGPIPE, SIG_IGN);
        write_pem(authority_, trusted_file_);
    }
    void TearDown() override { std::filesystem::remove(trusted_file_); }

    curl::MailServer settings(const MailOffice& office) const {
        return {.url = office.url(),
                .sender = "outlay@example.org",
                .trusted_file = trusted_file_,
                .timeout = patient};
    }
    // Sends what is due while the clock of the test goes on, a second at a time.
    void run_for(const curl::MailServer& server, std::chrono::seconds whole) {
        const auto mailer = curl::make_mailer(server);
        ASSERT_TRUE(mailer.ok()) << mailer.error();
        workers::notifier::Courier courier(world_.lanes, world_.clock, world_.complaints,
                                           {world_.client, mailer->get(), world_.keys, ""},
                                           [] { return false; });
        for (auto passed = 0s; passed < whole; passed += 1s) {
            ASSERT_TRUE(workers::notifier::fan_out(files_.store(), world_.clock).ok());
            for (;;) {
                const auto claim = world_.lanes.claim();
                ASSERT_TRUE(claim.ok()) << claim.error().detail;
                if (!*claim) break;
                courier.deliver(**claim);
            }
            world_.clock.advance(1s);
        }
    }
    void add_channel(int number, const std::string& address) {
        world_.add_channel(number, {.kind = "email", .address = address});
    }
    // "1 450 mail server: 450 4.2.1 busy", then "2 250 ~", which is a delivery.
    Lines attempts() {
        return rows_of(files_.store(),
                       "SELECT CAST(number AS TEXT) || ' ' || COALESCE(CAST(status AS TEXT), '~') "
                       "|| ' ' || COALESCE(error, '~')"
                       " FROM outlay.delivery_attempts ORDER BY at, number");
    }
    Lines states() {
        return rows_of(files_.store(), "SELECT state FROM outlay.deliveries ORDER BY state");
    }
    std::string disabled_channels() {
        return rows_of(files_.store(),
                       "SELECT COUNT(*) FROM outlay.channel_lanes WHERE disabled_at"
                       " IS NOT NULL")
            .front();
    }
    // What was done so far is forgotten.
    void clear() {
        for (const char* table :
             {"read.channels", "outlay.channel_lanes", "outlay.deliveries",
              "outlay.delivery_attempts", "outlay.outbox", "outlay.channel_seals"}) {
            const auto done =
                change(files_.store(), std::string("DELETE FROM ") + table, {}, sql::Access::admin);
            ASSERT_TRUE(done.ok()) << table;
        }
    }

    Identity authority_ = make_authority("The test's authority");
    Identity good_ = issue(authority_, server_name);
    std::string trusted_file_ = (std::filesystem::temp_directory_path() /
                                 ("outlay-mail-authority-" + std::to_string(::getpid()) + ".pem"))
                                    .string();
    SqliteProjectorStore files_;
    NotifierWorld world_{files_.store()};
};

void expect_beginnings(const Lines& found, const Lines& beginnings) {
    ASSERT_EQ(found.size(), beginnings.size()) << testing::PrintToString(found);
    for (std::size_t at = 0; at < found.size(); ++at) {
        const auto beginning = std::to_string(at + 1) + " " + beginnings[at];
        EXPECT_EQ(found[at].substr(0, beginning.size()), beginning) << found[at];
    }
}

struct Row {
    const char* name;
    MailManners first;      // of the first connection; from the second one on the server is well
    Lines attempts;         // their beginnings
    std::size_t texts = 1;  // that the server got whole
    milliseconds timeout = patient;
};

const Lines& fine() {
    static const Lines lines{"250 ~"};
    return lines;
}
Lines then_fine(const std::string& first) {
    return {first, fine().front()};
}
MailManners replying(const std::string& step, const std::string& reply) {
    return {.replies = {{step, reply}}};
}
MailManners losing(const std::string& step) {
    return {.losses = {step}};
}
MailManners silent_at(const std::string& step) {
    return {.silences = {step}};
}

// What is tried again.
const std::vector<Row>& passing_faults() {
    static const std::vector<Row> rows{
        {"well", {}, fine()},
        {"421 instead of a greeting", replying("GREETING", "421 4.3.2 too many of you"),
         then_fine("421 mail server: 421 4.3.2 too many of you")},
        {"554 instead of a greeting", replying("GREETING", "554 no mail service here"),
         then_fine("554 mail server: 554 no mail service here")},
        {"a greeting of many lines",
         replying("GREETING", "220-mail.test\r\n220-beware\r\n220 of it"), fine()},
        {"no mail server", replying("GREETING", "HTTP/1.1 400 Bad Request"), then_fine("")},
        {"450 for the recipient", replying("RCPT", "450 4.2.1 mailbox busy"),
         then_fine("450 mail server: 450 4.2.1 mailbox busy")},
        {"451 for the sender", replying("MAIL", "451 4.7.1 greylisted"),
         then_fine("451 mail server: 451 4.7.1 greylisted")},
        {"530 for the sender", replying("MAIL", "530 5.7.0 log in first"),
         then_fine("530 mail server: 530 5.7.0 log in first")},
        {"452 for the text", replying("DATA", "452 4.3.1 disk full"),
         then_fine("452 mail server: 452 4.3.1 disk full")},
        {"451 after the final dot", replying("TEXT", "451 4.3.0 try again"),
         then_fine("451 mail server: 451 4.3.0 try again"), 2},
        {"lost before the greeting", losing("GREETING"), then_fine("~ mail server: ")},
        {"lost at the sender", losing("MAIL"), then_fine("~ mail server: ")},
        {"lost in the middle of the text", losing("HALF"), then_fine("~ mail server: ")},
        {"lost after the final dot", losing("TEXT"), then_fine("~ mail server: "), 2},
        {"silent after the final dot", silent_at("TEXT"), then_fine("~ mail server: "), 2, hasty},
        {"silent instead of a greeting", silent_at("GREETING"), then_fine("~ mail server: "), 1,
         hasty},
        {"lost at the farewell", losing("QUIT"), fine()},
        {"silent at the farewell", silent_at("QUIT"), fine(), 1, hasty},
        {"farewell refused", replying("QUIT", "500 stay"), fine()}};
    return rows;
}

TEST_F(MailServerAnswers, that_may_change_are_asked_for_again_under_one_id) {
    for (const auto& row : passing_faults()) {
        SCOPED_TRACE(row.name);
        MailManners first = row.first;
        first.identity = &good_;
        MailOffice office({first, {.identity = &good_}});
        auto server = settings(office);
        server.timeout = row.timeout;
        server.reply_timeout = 1s;
        add_channel(1, "all@example.org");
        world_.add_message(1);
        const auto begun = std::chrono::steady_clock::now();
        run_for(server, 30s);
        EXPECT_LT(std::chrono::steady_clock::now() - begun, lease) << "nobody else sends it";
        EXPECT_EQ(states(), Lines{"delivered"});
        expect_beginnings(attempts(), row.attempts);
        const auto mails = office.mails();
        EXPECT_EQ(mails.size(), row.texts);
        for (const auto& mail : mails) {
            EXPECT_EQ(mail.recipient.substr(0, 17), "<all@example.org>");
            EXPECT_TRUE(header_of(mail, "Message-ID").starts_with("Message-ID: <dlv_"));
            EXPECT_EQ(header_of(mail, "Message-ID"), header_of(mails.front(), "Message-ID"));
            EXPECT_EQ(mail.text, mails.front().text) << "the same bytes";
        }
        clear();
    }
}

TEST_F(MailServerAnswers, that_refuse_for_good_end_one_mail_and_no_channel) {
    const std::vector<Row> rows{
        {"sender",
         replying("MAIL", "550 5.7.1 not from you"),
         {"550 mail server: 550 5.7.1 not from you"},
         0},
        {"recipient",
         replying("RCPT", "550 5.1.1 no such user"),
         {"550 mail server: 550 5.1.1 no such user"},
         0},
        {"many lines",
         replying("RCPT", "550-5.1.1 The user\r\n550 5.1.1 is unknown"),
         {"550 mail server: 550"},
         0},
        {"data", replying("DATA", "554 5.5.1 no"), {"554 mail server: 554 5.5.1 no"}, 0},
        {"text", replying("TEXT", "552 5.3.4 too big"), {"552 mail server: 552 5.3.4 too big"}, 1}};
    for (const auto& row : rows) {
        SCOPED_TRACE(row.name);
        MailManners first = row.first;
        first.identity = &good_;
        MailOffice office({first, {.identity = &good_}});
        add_channel(1, "all@example.org");
        world_.add_message(1);
        run_for(settings(office), 600s);
        EXPECT_EQ(states(), Lines{"dead"});
        expect_beginnings(attempts(), row.attempts);
        EXPECT_EQ(disabled_channels(), "0");
        EXPECT_EQ(office.mails().size(), row.texts);
        world_.add_message(2);
        run_for(settings(office), 10s);
        EXPECT_EQ(states(), (Lines{"dead", "delivered"})) << "the next mail is taken";
        clear();
    }
}

TEST_F(MailServerAnswers, about_one_recipient_keep_nothing_from_the_others) {
    MailOffice office({{.identity = &good_},
                       {.replies = {{"RCPT", "550 5.1.1 no such user"}}, .identity = &good_},
                       {.identity = &good_}});
    for (int number = 1; number <= 3; ++number)
        add_channel(number, std::to_string(number) + "@example.org");
    world_.add_message(1);
    run_for(settings(office), 6s);
    EXPECT_EQ(states(), (Lines{"dead", "delivered", "delivered"}));
    EXPECT_EQ(office.connections(), 3);
    const auto mails = office.mails();
    ASSERT_EQ(mails.size(), 2U);
    EXPECT_NE(mails[0].recipient, mails[1].recipient);
}

TEST_F(MailServerAnswers, without_tls_are_not_spoken_to_where_it_is_demanded) {
    const MailManners open{.offers_tls = false};
    MailOffice office({open, open, {.identity = &good_}});
    auto server = settings(office);
    server.url.insert(server.url.find("//") + 2, "ada:secret@");
    add_channel(1, "all@example.org");
    world_.add_message(1);
    run_for(server, 30s);
    EXPECT_EQ(states(), Lines{"pending"});
    ASSERT_EQ(attempts().size(), 2U);
    EXPECT_NE(attempts().front().find("SSL"), std::string::npos) << attempts().front();
    for (const auto& line : office.overheard())
        EXPECT_TRUE(line.starts_with("EHLO ") || line.starts_with("QUIT")) << line;
    run_for(server, 400s);
    EXPECT_EQ(states(), Lines{"delivered"}) << "it offers TLS again";
    for (const auto& line : office.overheard())
        EXPECT_FALSE(line.starts_with("AUTH ") || line.starts_with("MAIL ")) << line;
}

TEST_F(MailServerAnswers, without_tls_are_taken_where_that_is_allowed) {
    MailOffice office(std::vector<MailManners>{{.offers_tls = false}});
    auto server = settings(office);
    server.is_plain_allowed = true;
    add_channel(1, "all@example.org");
    world_.add_message(1);
    run_for(server, 10s);
    EXPECT_EQ(states(), Lines{"delivered"});
}

TEST_F(MailServerAnswers, of_strangers_are_not_listened_to) {
    const auto other_name = issue(authority_, "mail.example.org");
    const auto expired = issue(authority_, server_name, {-7200s, -3600s});
    const auto stranger = issue(make_authority("Somebody else"), server_name);
    for (const Identity* identity : {&other_name, &expired, &stranger}) {
        for (const bool is_tls_from_start : {false, true}) {
            const MailManners strange{.is_tls_from_start = is_tls_from_start, .identity = identity};
            MailOffice office(
                {strange, {.is_tls_from_start = is_tls_from_start, .identity = &good_}});
            auto server = settings(office);
            server.url = office.url(is_tls_from_start ? "smtps" : "smtp");
            add_channel(1, "all@example.org");
            world_.add_message(1);
            run_for(server, 6s);
            EXPECT_EQ(states(), Lines{"pending"});
            ASSERT_EQ(attempts().size(), 1U);
            EXPECT_NE(attempts().front().find("SSL"), std::string::npos) << attempts().front();
            EXPECT_EQ(office.mails().size(), 0U);
            run_for(server, 20s);
            EXPECT_EQ(states(), Lines{"delivered"}) << "the server is itself again";
            clear();
        }
    }
}

TEST_F(MailServerAnswers, that_somebody_put_behind_the_beginning_of_tls_are_not_believed) {
    MailOffice office({{.identity = &good_, .injected = "\r\n250-mail.test\r\n250 AUTH PLAIN"},
                       {.identity = &good_}});
    add_channel(1, "all@example.org");
    world_.add_message(1);
    run_for(settings(office), 30s);
    EXPECT_EQ(states(), Lines{"delivered"});
    EXPECT_EQ(attempts().size(), 2U);
    EXPECT_EQ(office.mails().size(), 1U);
}

TEST_F(MailServerAnswers, about_a_password_do_not_end_a_mail) {
    MailOffice office({{.replies = {{"AUTH", "535 5.7.8 wrong password"}}, .identity = &good_},
                       {.identity = &good_}});
    auto server = settings(office);
    server.url.insert(server.url.find("//") + 2, "ada:secret@");
    add_channel(1, "all@example.org");
    world_.add_message(1);
    run_for(server, 30s);
    EXPECT_EQ(states(), Lines{"delivered"}) << "somebody set it right";
    expect_beginnings(attempts(), then_fine("535 mail server: 535 5.7.8 wrong password"));
}

}  // namespace
}  // namespace outlay::tests
