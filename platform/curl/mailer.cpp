// One connection per mail. libcurl stuffs dots and ends the text; what a refusal says is read from
// its trace, since it keeps only the last code.
#include "platform/curl/mailer.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "domain/values/check.hpp"
#include "platform/curl/handles.hpp"

namespace outlay::curl {

namespace {

using platform::Mail;
using platform::MailAnswer;

constexpr int refusal_from = 400;  // RFC 5321, section 4.2.1
constexpr int permanent_from = 500;
// RFC 4954, section 6: replies to a command that say something about the login alone.
constexpr std::array about_login{530, 534, 535, 538};

struct Upload {
    const std::string& text;
    std::size_t sent = 0;
    std::string refusal{};  // the last one
    bool is_begun = false;  // the server was told of the mail
};

// libcurl calls these from C: nothing may be thrown out of them.
std::size_t on_read(char* into, std::size_t size, std::size_t count, void* user) {
    auto& upload = *static_cast<Upload*>(user);
    const auto length = std::min(size * count, upload.text.size() - upload.sent);
    std::memcpy(into, upload.text.data() + upload.sent, length);
    upload.sent += length;
    return length;
}

int on_trace(CURL*, curl_infotype kind, char* bytes, std::size_t length, void* user) {
    constexpr std::size_t kept_max = 300;
    auto& upload = *static_cast<Upload*>(user);
    const std::string_view text(bytes, length);
    const bool is_refusal = text.starts_with('4') || text.starts_with('5');
    if (kind == CURLINFO_HEADER_IN && is_refusal) upload.refusal = text.substr(0, kept_max);
    if (kind == CURLINFO_HEADER_OUT && text.starts_with("MAIL FROM:")) upload.is_begun = true;
    return 0;
}

// libcurl greets by what stands where other URLs have a path.
std::string named(const std::string& url, const std::string& name) {
    const auto authority = url.find("://") + 3;
    return url.substr(0, url.find('/', authority)) + "/" + name;
}

class SmtpMailer final : public platform::Mailer {
public:
    explicit SmtpMailer(MailServer server) : server_(std::move(server)) {
        if (!server_.name.empty()) server_.url = named(server_.url, server_.name);
    }

    const std::string& sender() const override { return server_.sender; }

    MailAnswer send(const Mail& mail) const override {
        const Handle handle(curl_easy_init());
        CHECK(handle != nullptr, "no memory for a mail");
        CURL* const curl = handle.get();
        Upload upload{mail.text};
        const List recipients(curl_slist_append(nullptr, ("<" + mail.to + ">").c_str()));
        const auto from = "<" + server_.sender + ">";
        curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
        curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
        curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, on_trace);
        curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &upload);
        set_rules(curl);
        return answer_of(curl, curl_easy_perform(curl), upload);
    }

private:
    void set_rules(CURL* curl) const {
        const auto tls = server_.is_plain_allowed ? CURLUSESSL_TRY : CURLUSESSL_ALL;
        curl_easy_setopt(curl, CURLOPT_URL, server_.url.c_str());
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(tls));
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(server_.timeout.count()));
        // The farewell is no part of the time above; unasked, libcurl waits two minutes for it.
        curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
        curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                         static_cast<long>(server_.reply_timeout.count()));
        if (!server_.trusted_file.empty())
            curl_easy_setopt(curl, CURLOPT_CAINFO, server_.trusted_file.c_str());
    }

    static MailAnswer answer_of(CURL* curl, CURLcode code, const Upload& upload) {
        MailAnswer answer;
        long reply = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
        answer.is_accepted = code == CURLE_OK;
        // After a loss the last reply said yes to something else.
        if (answer.is_accepted || reply >= refusal_from) answer.code = static_cast<int>(reply);
        if (answer.is_accepted) return answer;
        // A server that refused said so; a connection that broke said nothing about the mail, and
        // neither did a server that nobody had told of it: its greeting or the password is wrong,
        // and every mail would be lost.
        const bool is_reply = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
                              code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UPLOAD_FAILED;
        const bool is_of_login = std::ranges::find(about_login, reply) != about_login.end();
        answer.is_permanent =
            upload.is_begun && is_reply && reply >= permanent_from && !is_of_login;
        answer.failure = failure_of(code);
        answer.detail = upload.refusal.empty() ? curl_easy_strerror(code) : upload.refusal;
        while (!answer.detail.empty() && answer.detail.back() <= ' ') answer.detail.pop_back();
        return answer;
    }

    MailServer server_;
};

bool has_smtp_scheme(const std::string& url) {
    return url.starts_with("smtp://") || url.starts_with("smtps://");
}

}  // namespace

domain::Result<std::unique_ptr<platform::Mailer>, std::string> make_mailer(MailServer server) {
    begin_library();
    if (!has_smtp_scheme(server.url))
        return domain::Fail{std::string("OUTLAY_SMTP_URL is none like smtp://host:587")};
    const bool is_address = server.sender.find('@') != std::string::npos &&
                            server.sender.find_first_of(" <>\r\n") == std::string::npos;
    if (!is_address)
        return domain::Fail{std::string("OUTLAY_SMTP_FROM must be an address like a@example.org")};
    return std::unique_ptr<platform::Mailer>(std::make_unique<SmtpMailer>(std::move(server)));
}

}  // namespace outlay::curl
