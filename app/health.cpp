// Three paths, plain text.
#include "app/health.hpp"

#include <array>

#include "api/http/media.hpp"
#include "api/http/problem.hpp"
#include "platform/metrics.hpp"

namespace outlay::app {

namespace {

api::Response text(int status, std::string body) {
    api::Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.headers.add("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

}  // namespace

api::Response Health::ready(bool verbose) const {
    bool well = true;
    std::string lines;
    for (const auto& check : checks_) {
        const auto failure = check.failure();
        well = well && failure.empty();
        const auto remark = check.remark ? check.remark() : std::string{};
        lines += check.name + ": " + (failure.empty() ? "ok" : failure) +
                 (remark.empty() ? "" : ", " + remark) + "\n";
    }
    const std::string verdict = well ? "ready\n" : "not ready\n";
    return text(well ? 200 : 503, verbose || !well ? lines + verdict : verdict);
}

// A scraper that asks for neither form gets the older one.
api::Response Health::measured(const api::RequestHead& head) {
    constexpr std::string_view newer = "application/openmetrics-text";
    constexpr std::array<std::string_view, 2> offered{"text/plain", newer};
    const bool is_newer = api::negotiated(head.headers, offered) == newer;
    const auto format = is_newer ? metrics::Format::open_metrics : metrics::Format::text;
    auto response = text(200, metrics::exposition(format));
    response.content_type = metrics::content_type(format);
    return response;
}

platform::Task<std::variant<api::Admitted, api::Response>> Health::admit(
    const api::RequestHead& head, platform::Executor&) {
    using Answer = std::variant<api::Admitted, api::Response>;
    const bool reads = head.method == api::Method::get || head.method == api::Method::head;
    if (!reads)
        co_return Answer{problem(405, "method_not_allowed", "only GET and HEAD", head.request_id)};
    if (head.path.size() == 1 && head.path.front() == "livez")
        co_return Answer{text(200, "alive\n")};
    if (head.path.size() == 1 && head.path.front() == "readyz") {
        co_return Answer{ready(!head.query.empty() && head.query.front().first == "verbose")};
    }
    if (head.path.size() == 1 && head.path.front() == "metrics") co_return Answer{measured(head)};
    co_return Answer{
        problem(404, "route_not_found", "there is /livez, /readyz and /metrics", head.request_id)};
}

platform::Task<api::Response> Health::handle(api::Request request, std::shared_ptr<void>) {
    co_return problem(404, "route_not_found", "there is /livez, /readyz and /metrics",
                      request.head.request_id);
}

api::Response Health::problem(int, std::string_view code, std::string_view detail,
                              const std::string& request_id) {
    return api::problem_response(api::make_problem(code, std::string(detail)), request_id);
}

}  // namespace outlay::app
