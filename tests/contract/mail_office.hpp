// A mail server of a test: a raw server on loopback that behaves, connection by connection, as it
// is told, with or without TLS, and keeps what it heard.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/contract/loopback_endpoint.hpp"

namespace outlay::tests {

// How one connection goes. Steps are named by the commands of RFC 5321; GREETING and TEXT (the line
// with the final dot) are steps, too.
struct MailManners {
    std::map<std::string, std::string> replies{};  // by steps; the others succeed
    std::set<std::string> losses{};                // steps that end the connection, unanswered
    std::set<std::string> silences{};              // steps that are never answered
    bool offers_tls = true;
    bool is_tls_from_start = false;
    const Identity* identity = nullptr;  // outlives the office
    // Sent in the clear right behind the reply to STARTTLS, as somebody in between would.
    std::string injected{};
};

class MailOffice {
public:
    // The last manners stay.
    explicit MailOffice(std::vector<MailManners> manners);

    struct Mail {
        std::string recipient;  // "<a@example.org>"
        std::string text;       // lines end with CRLF, dots are unstuffed
        bool is_refused = false;
    };
    // Whose text came to its end, whether that was answered or not.
    std::vector<Mail> mails() const;
    // Commands in the clear, in their order: "EHLO ...".
    std::vector<std::string> overheard() const;
    int connections() const { return endpoint_.accepted(); }
    std::string url(const std::string& scheme = "smtp") const;

private:
    class Dialogue;
    void serve(Peer& peer);

    mutable std::mutex mutex_;
    std::vector<MailManners> manners_;
    std::size_t served_ = 0;
    std::vector<Mail> mails_{};
    std::vector<std::string> overheard_{};
    LoopbackEndpoint endpoint_{[this](Peer& peer) { serve(peer); }};
};

}  // namespace outlay::tests
