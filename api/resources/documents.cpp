// /openapi.json, /openapi.yaml and /docs: the description of this API, for everybody.
#include "api/resources/documents.hpp"

#include <array>

#include "api/resources/call.hpp"

namespace outlay::api {

namespace {

using platform::Task;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view yaml_type = "application/yaml";
constexpr std::string_view html_type = "text/html";
constexpr std::string_view css_type = "text/css";

Response document(std::string_view type, std::string_view text) {
    Response response;
    response.content_type = type;
    if (type.starts_with("text/")) response.content_type += "; charset=utf-8";
    response.body = text;
    // It changes with the binary only, and then at once.
    response.headers.add("Cache-Control", "public, no-cache");
    return response;
}

Task<Response> openapi_json(Call&) {
    return answered(document(json_type, documents::openapi_json()));
}
Task<Response> openapi_yaml(Call&) {
    return answered(document(yaml_type, documents::openapi_yaml()));
}

// A page without scripts, and no way to bring any in.
Response page(std::string_view text) {
    auto response = document(html_type, text);
    response.headers.add("Content-Security-Policy",
                         "default-src 'none'; style-src 'self'; object-src 'none'; base-uri "
                         "'none'; frame-ancestors 'none'");
    response.headers.add("Cross-Origin-Opener-Policy", "same-origin");
    return response;
}

Task<Response> reference(Call&) {
    return answered(page(documents::reference_html()));
}
Task<Response> problems(Call&) {
    return answered(page(documents::problems_html()));
}

Task<Response> reference_style(Call&) {
    return answered(document(css_type, documents::reference_css()));
}

// Public: nobody needs a key to read how to use one.
constexpr Route public_document(std::string_view path, std::string_view operation_id,
                                Handler handler, std::string_view type) {
    Route route{Method::get, path, operation_id, handler};
    route.produces = type;
    route.is_public = true;
    return route;
}

constexpr std::array routes{
    public_document("/openapi.json", "getOpenApiJson", openapi_json, json_type),
    public_document("/openapi.yaml", "getOpenApiYaml", openapi_yaml, yaml_type),
    public_document("/docs", "getDocs", reference, html_type),
    public_document("/docs/problems", "getProblems", problems, html_type),
    public_document("/docs/style.css", "getDocsStyle", reference_style, css_type),
};

}  // namespace

std::span<const Route> document_routes() {
    return routes;
}

}  // namespace outlay::api
