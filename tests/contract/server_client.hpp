// A raw HTTP client for tests: it sends exactly the bytes that it is told to and waits with a
// deadline. Confined to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace outlay::tests {

// How long a test waits for what must happen.
// Not "patience": the tests of journals have one of that name, of another unit.
inline constexpr std::chrono::milliseconds client_patience{20'000};

struct Answer {
    int status = 0;
    std::map<std::string, std::string> fields;  // names in lower case; equal names joined with ", "
    std::string head;                           // raw
    std::string body;                           // decoded
    bool is_whole = true;                       // the body came to its announced end
};

class RawClient {
public:
    explicit RawClient(std::uint16_t port);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    // False: the peer is gone.
    bool send(std::string_view bytes) const;
    // Sends as much as the sockets take without waiting for the peer to read.
    std::size_t send_what_fits(std::string_view bytes) const;
    // The next answer; empty if the connection ends (or the deadline passes) before its head is
    // complete.
    std::optional<Answer> answer(bool is_head_request = false);
    // Waits until `text` has arrived, and takes all up to and with it; empty if it does not come.
    std::string until(std::string_view text);
    // Nothing more comes, and the end comes before the deadline.
    bool is_closed();
    bool has_input() const;  // right now
    void finish_sending() const;
    void reset();

private:
    std::string_view input() const { return std::string_view(bytes_).substr(taken_); }
    std::string take(std::size_t count);
    bool receive(std::chrono::milliseconds wait);
    bool read_sized(Answer& answer, std::size_t bytes);
    bool read_chunked(Answer& answer);

    int socket_ = -1;
    std::string bytes_;
    std::size_t taken_ = 0;  // of bytes_
    bool has_ended_ = false;
};

// One request on a connection of its own.
std::optional<Answer> ask(std::uint16_t port, std::string_view request);

}  // namespace outlay::tests
