// The server's side of SMTP (RFC 5321 and 3207), as far as tests need it.
#include "tests/contract/mail_office.hpp"

#include <algorithm>

namespace outlay::tests {

// One connection. What it learns goes to the office under its mutex.
class MailOffice::Dialogue {
public:
    Dialogue(MailOffice& office, Peer& peer, const MailManners& manners)
        : office_(office), peer_(peer), manners_(manners) {}

    void run() {
        if (manners_.is_tls_from_start && !begin_tls()) return;
        if (!answer("GREETING", "220 mail.test ready")) return;
        for (auto line = peer_.read_line(); line; line = peer_.read_line()) {
            if (!is_secure_) note_overheard(*line);
            if (!obey(*line)) return;
        }
    }

private:
    bool begin_tls() {
        is_secure_ = manners_.identity != nullptr && peer_.begin_tls(*manners_.identity);
        return is_secure_;
    }
    // False: the connection is over.
    bool answer(const std::string& step, const std::string& success) {
        if (manners_.losses.contains(step)) return false;
        if (manners_.silences.contains(step)) {
            peer_.wait_for_close();
            return false;
        }
        return peer_.send(reply_to(step, success) + "\r\n");
    }
    std::string reply_to(const std::string& step, const std::string& success) const {
        const auto told = manners_.replies.find(step);
        return told == manners_.replies.end() ? success : told->second;
    }
    static bool is_success(const std::string& reply) {
        return reply.front() == '2' || reply.front() == '3';
    }
    bool obey(const std::string& line) {
        const auto verb = line.substr(0, line.find(' '));
        if (verb == "EHLO") return answer(verb, capabilities());
        if (verb == "STARTTLS") return start_tls();
        if (verb == "AUTH") return log_in(line);
        if (verb == "MAIL") return answer(verb, "250 go on");
        if (verb == "RCPT") {
            recipient_ = line.substr(line.find('<'));
            return answer(verb, "250 go on");
        }
        if (verb == "DATA") {
            const std::string success = "354 go on";
            return answer(verb, success) && (!is_success(reply_to(verb, success)) || take_text());
        }
        if (verb == "QUIT") return answer(verb, "221 bye") && false;
        return peer_.send("502 not known here\r\n");
    }
    std::string capabilities() const {
        const bool is_tls_open = manners_.offers_tls && !is_secure_;
        return std::string("250-mail.test\r\n") + (is_tls_open ? "250-STARTTLS\r\n" : "") +
               "250-AUTH PLAIN\r\n250 8BITMIME";
    }
    bool start_tls() {
        const auto success = "220 go on" + manners_.injected;
        if (!answer("STARTTLS", success)) return false;
        return !is_success(reply_to("STARTTLS", success)) || begin_tls();
    }
    // The credentials may come with the command, or after they were asked for (RFC 4954).
    bool log_in(const std::string& line) {
        const bool is_asked_for = std::ranges::count(line, ' ') < 2;
        if (is_asked_for && (!peer_.send("334 \r\n") || !peer_.read_line())) return false;
        return answer("AUTH", "235 welcome");
    }
    bool take_text() {
        Mail mail{recipient_, {}};
        for (;;) {
            const auto line = peer_.read_line();
            if (!line) return false;
            if (*line == ".") break;
            mail.text += (line->starts_with('.') ? line->substr(1) : *line) + "\r\n";
            if (manners_.losses.contains("HALF")) return false;
        }
        mail.is_refused = !is_success(reply_to("TEXT", "250 taken"));
        keep(std::move(mail));
        return answer("TEXT", "250 taken");
    }
    void keep(Mail mail) {
        const std::lock_guard lock(office_.mutex_);
        office_.mails_.push_back(std::move(mail));
    }
    void note_overheard(const std::string& line) {
        const std::lock_guard lock(office_.mutex_);
        office_.overheard_.push_back(line);
    }

    MailOffice& office_;
    Peer& peer_;
    const MailManners& manners_;
    bool is_secure_ = false;
    std::string recipient_{};
};

MailOffice::MailOffice(std::vector<MailManners> manners) : manners_(std::move(manners)) {}

std::vector<MailOffice::Mail> MailOffice::mails() const {
    const std::lock_guard lock(mutex_);
    return mails_;
}

std::vector<std::string> MailOffice::overheard() const {
    const std::lock_guard lock(mutex_);
    return overheard_;
}

std::string MailOffice::url(const std::string& scheme) const {
    return scheme + "://localhost:" + std::to_string(endpoint_.port());
}

void MailOffice::serve(Peer& peer) {
    const auto& manners = manners_[std::min(served_++, manners_.size() - 1)];
    Dialogue(*this, peer, manners).run();
}

}  // namespace outlay::tests
