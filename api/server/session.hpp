// Session: serves the requests of one connection, in order, until it ends. It asks the Front,
// bounds what peers can make it hold, and decides whether the connection stays. Confined to its I/O
// thread.
#pragma once

#include <memory>
#include <string>

#include "api/http/front.hpp"
#include "api/server/connection.hpp"
#include "api/server/request_reader.hpp"
#include "api/server/streams.hpp"

namespace outlay::api {

class Session {
public:
    Session(std::shared_ptr<Connection> connection, IoThread& thread, Front& front,
            ReaderTimeouts timeouts)
        : connection_(std::move(connection)),
          thread_(thread),
          front_(front),
          reader_(*connection_, thread, timeouts) {}

    // To the end of the connection.
    platform::Task<domain::Done> run();

private:
    platform::Task<bool> serve_request();
    platform::Task<Response> answer(Admitted admitted);
    platform::Task<std::optional<BodyError>> read_body(std::string* body);
    platform::Task<bool> send(Response response);
    platform::Task<bool> produce(Response response, ReplyFraming framing);
    platform::Task<bool> leave_ready();
    platform::Task<domain::Done> end();
    Response refusal(const Refusal& reason);
    void begin_exchange();
    bool keeps_connection(bool answers_while_reading) const;

    std::shared_ptr<Connection> connection_;  // shared with its pending socket operations
    IoThread& thread_;
    Front& front_;
    RequestReader reader_;
    std::shared_ptr<RequestStream> request_stream_;  // shared with the handler that reads it
    Exchange exchange_{};                            // of the request at hand
    bool refused_ = false;  // by the server itself: framing is not to be trusted any more
    bool is_cut_ = false;   // the answer is incomplete and the peer must notice
    bool lingers_ = false;  // it is the server that ends the connection
    std::size_t held_back_replies_ = 0;
};

// Serves a connection that has just been accepted. The session lives in this coroutine.
platform::Task<domain::Done> serve_connection(std::shared_ptr<Connection> connection,
                                              IoThread& thread, Front& front,
                                              ReaderTimeouts timeouts);

}  // namespace outlay::api
