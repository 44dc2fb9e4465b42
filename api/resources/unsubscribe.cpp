// /v1/unsubscribe/{token}: what a link in a mail does (RFC 8058). The token names one address of
// one channel and was sealed by this installation; who has the mail needs nothing else.
#include <array>

#include "api/resources/call.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/flow_query.hpp"
#include "views/channel_seals.hpp"

namespace outlay::api {

namespace {

using platform::Task;

constexpr std::string_view page =
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Outlay</title></head>"
    "<body><h1>No more mail from this channel?</h1><form method=\"post\"><button>Unsubscribe"
    "</button></form></body></html>\n";

Response html(std::string_view text) {
    Response response;
    response.status = 200;
    response.content_type = "text/html; charset=utf-8";
    response.body = text;
    response.headers.add("Content-Security-Policy",
                         "default-src 'none'; form-action 'self'; base-uri 'none'; "
                         "frame-ancestors 'none'");
    return response;
}

std::optional<views::Subscription> subscription_in(const Call& call) {
    const auto token = call.path.find("{token}");
    return token == call.path.end() ? std::nullopt
                                    : views::unsubscribed_by(call.node.seal_keys, token->second);
}

Task<Response> ask(Call& call) {
    return answered(subscription_in(call) ? html(page) : not_found(call));
}

// The endpoint is given up, as one that fails would be: an admin sees why, and may open it again.
// Whoever holds the lane loses it: what an attempt under way comes to must not open it. A mail to
// an address that the channel had before ends nothing any more.
Task<Response> unsubscribe(Call& call) {
    const auto subscription = subscription_in(call);
    if (!subscription) co_return not_found(call);
    const auto now = call.node.clock.now();
    const std::function<sql::Result<bool>(sql::Session&)> work =
        [subscribed = *subscription, now](sql::Session& session) -> sql::Result<bool> {
        const auto& name = subscribed.name;
        const std::array<sql::Value, 4> row{name.channel.value.text(), name.workspace.value.text(),
                                            stored_instant(now), subscribed.target.text()};
        const auto done = session.execute(
            "INSERT INTO outlay.channel_lanes AS lane"
            " (channel, workspace, disabled_at, disabled_reason)"
            " SELECT c.id, c.workspace, $3, 'unsubscribed' FROM read.channels c"
            " WHERE c.id = $1 AND c.workspace = $2 AND c.target = $4"
            " ON CONFLICT (channel) DO UPDATE SET"
            " claim = lane.claim + 1, claimed_until = NULL,"
            " disabled_at = coalesce(lane.disabled_at, excluded.disabled_at),"
            " disabled_reason = excluded.disabled_reason",
            row);
        if (!done.ok()) return domain::Fail{done.error()};
        return true;
    };
    auto step = in_store<bool>(call, {sql::Access::admin, std::nullopt}, work);
    const auto done = co_await step;
    if (!done.ok()) co_return problem(call, problem_of(done.error()));
    co_return html(
        "<!DOCTYPE html><html lang=\"en\"><head><title>Outlay</title></head><body>"
        "<h1>No more mail will come to this address from this channel.</h1></body></html>\n");
}

constexpr std::string_view html_type = "text/html";

constexpr Route public_page(Method method, std::string_view operation_id, Handler handler) {
    Route route{method, "/v1/unsubscribe/{token}", operation_id, handler};
    route.is_public = true;
    route.produces = html_type;
    return route;
}
constexpr Route one_click() {
    // What the body says is known: mail clients send List-Unsubscribe=One-Click, browsers nothing.
    Route route = public_page(Method::post, "unsubscribe", unsubscribe);
    route.body = BodyMode::buffered;
    route.consumes = "application/x-www-form-urlencoded,multipart/form-data";
    route.body_required = false;
    return route;
}

constexpr std::array routes{public_page(Method::get, "askUnsubscribe", ask), one_click()};

}  // namespace

std::span<const Route> unsubscribe_routes() {
    return routes;
}

}  // namespace outlay::api
