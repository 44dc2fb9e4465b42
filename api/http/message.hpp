// Requests and responses as the rest of the API sees them: plain values, no HTTP library type. A
// request's handlers run on the executor of the I/O thread that owns its connection.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/values/result.hpp"
#include "platform/executor.hpp"
#include "platform/task.hpp"

namespace outlay::api {

// put and trace are known so that every route can answer 405; no route takes them.
enum class Method { get, head, post, put, patch, delete_, options, trace };
std::string_view method_name(Method method);  // "GET"
std::optional<Method> method_of(std::string_view name);

bool equal_names(std::string_view left, std::string_view right);  // ASCII, without case

struct HeaderField {
    std::string name;   // as sent; compared without case
    std::string value;  // without outer white space
};

class Headers {
public:
    void add(std::string name, std::string value) {
        fields_.push_back({std::move(name), std::move(value)});
    }
    // The first field of that name.
    const std::string* find(std::string_view name) const;
    // Replaces the first field of that name, or adds one.
    void set(std::string_view name, std::string value);
    std::size_t count(std::string_view name) const;
    const std::vector<HeaderField>& fields() const { return fields_; }

private:
    std::vector<HeaderField> fields_;
};

// The members of a comma-separated field, over all its lines, without outer white space and empty
// members. The views live as long as `headers`. Not for fields whose members may contain quoted
// commas.
std::vector<std::string_view> list_of(const Headers& headers, std::string_view name);

struct Exchange;

// What is known before the body arrives.
struct RequestHead {
    Method method = Method::get;
    std::string target;             // raw, as sent
    std::vector<std::string> path;  // decoded segments: "v1", "workspaces", "ws_..."
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
    Headers headers;
    std::string request_id;        // made by the server, unique
    std::string peer;              // address of the client
    std::string_view operation{};  // of the route, once it is found; in static storage
    std::string trace{};           // traceparent of the request's own span; "" : not made yet
    Exchange* exchange = nullptr;  // for `admit` alone; null where nobody looks
};

enum class BodyError { too_large, truncated, timeout, malformed };

// A body that is read piece by piece, with backpressure to the socket.
class BodySource {
public:
    virtual ~BodySource() = default;
    // The next piece, or empty at the end.
    virtual platform::Task<domain::Result<std::optional<std::string>, BodyError>> read() = 0;
};

// Takes a response body piece by piece. Pieces are sent in order; false: the peer is gone, stop
// producing.
class BodySink {
public:
    virtual ~BodySink() = default;
    virtual platform::Task<bool> write(std::string piece) = 0;
};

struct Request {
    RequestHead head;
    std::string body;  // of a buffered route
    std::shared_ptr<BodySource>
        stream;  // of a streaming route (shared with the session that feeds it)
    platform::Executor* executor = nullptr;  // of the connection's I/O thread; never null
};

// Produces a streamed body; runs after the header has been sent. The answer says whether the body
// is complete: if not, the connection is cut so that the client notices.
using BodyProducer = std::function<platform::Task<bool>(BodySink&)>;

struct Response {
    int status = 200;
    // Without what the server adds: Content-Length, Transfer-Encoding, Connection, Date, Server,
    // Request-Id, X-Content-Type-Options, Referrer-Policy, Cross-Origin-Resource-Policy.
    Headers headers;
    std::string content_type;  // empty: no body
    std::string body;
    BodyProducer producer;  // set: the body is chunked and `body` is not used
    std::string problem{};  // code of the problem document that the body is; "" : it is none
    // Bytes of a produced body that may wait for the peer before the producer has to; 0: as many as
    // the server allows.
    std::size_t unsent_bytes_max = 0;
};

}  // namespace outlay::api
