// The two streaming ends of an exchange as handlers see them: the request's body coming in, the
// answer's body going out. Both may be used at the same time. Confined to the I/O thread of their
// connection.
#pragma once

#include <cstddef>
#include <cstdint>

#include "api/http/message.hpp"
#include "api/server/connection.hpp"
#include "api/server/request_reader.hpp"
#include "api/server/response_head.hpp"

namespace outlay::api {

// Shared with the handler, which may keep it longer than the exchange lasts: it is then detached
// and at its end.
class RequestStream final : public BodySource {
public:
    explicit RequestStream(RequestReader& reader) : reader_(&reader) {}
    platform::Task<RequestReader::Piece> read() override;
    void detach();

private:
    RequestReader* reader_;
    bool reading_ = false;
};

class ResponseStream final : public BodySink {
public:
    // `unsent_bytes_max`: above it a writer waits.
    ResponseStream(Connection& connection, platform::Executor& executor, ReplyFraming framing,
                   std::size_t unsent_bytes_max)
        : connection_(connection),
          executor_(executor),
          framing_(framing),
          unsent_bytes_max_(unsent_bytes_max) {}
    platform::Task<bool> write(std::string piece) override;
    std::uint64_t bytes() const { return bytes_; }  // of the body, so far
    // Marks the end of a complete body.
    void finish();

private:
    Connection& connection_;
    platform::Executor& executor_;
    const ReplyFraming framing_;
    const std::size_t unsent_bytes_max_;
    std::size_t pieces_in_a_row_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace outlay::api
