// Dispatch: the Front of the API. Before the body is read it finds the route, knows the caller and
// checks media types; then it runs the handler. Any I/O thread.
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "api/http/front.hpp"
#include "api/http/route.hpp"
#include "api/resources/call.hpp"

namespace outlay::api {

class Dispatch final : public Front {
public:
    // The node must outlive the dispatch.
    Dispatch(Node& node, RouteTable routes) : node_(node), routes_(std::move(routes)) {}

    platform::Task<std::variant<Admitted, Response>> admit(const RequestHead& head,
                                                           platform::Executor& executor) override;
    platform::Task<Response> handle(Request request, std::shared_ptr<void> route_state) override;
    void begin_drain() override;
    Response problem(int status, std::string_view code, std::string_view detail,
                     const std::string& request_id) override;

private:
    platform::Task<std::variant<Credential, Response>> authenticate(const RequestHead& head,
                                                                    platform::Executor& executor);

    Node& node_;
    RouteTable routes_;
};

}  // namespace outlay::api
