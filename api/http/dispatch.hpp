// Dispatch: the Front of the API. Before the body is read it finds the route, knows the caller and
// checks media types; then it runs the handler. Any I/O thread.
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "api/http/access_log.hpp"
#include "api/http/front.hpp"
#include "api/http/route.hpp"
#include "api/resources/call.hpp"

namespace outlay::api {

class Dispatch final : public Front {
public:
    // The node must outlive the dispatch.
    // Of the requests that were answered with 2xx one in `logged_every` stands in the access log.
    Dispatch(Node& node, RouteTable routes, std::uint32_t logged_every = 1)
        : node_(node), routes_(std::move(routes)), access_log_(logged_every) {}

    platform::Task<std::variant<Admitted, Response>> admit(const RequestHead& head,
                                                           platform::Executor& executor) override;
    platform::Task<Response> handle(Request request, std::shared_ptr<void> route_state) override;
    void began(const Exchange& exchange) override;
    void ended(const Exchange& exchange) override;
    void begin_drain() override;
    Response problem(int status, std::string_view code, std::string_view detail,
                     const std::string& request_id) override;

private:
    platform::Task<std::variant<Credential, Response>> authenticate(const RequestHead& head,
                                                                    platform::Executor& executor);

    Node& node_;
    RouteTable routes_;
    AccessLog access_log_;
};

}  // namespace outlay::api
