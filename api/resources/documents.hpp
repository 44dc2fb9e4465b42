// The description of the API, made from docs/openapi.yaml at build time by cmake/embed_openapi.py.
// Constant data; any thread.
#pragma once

#include <string_view>

namespace outlay::api::documents {

std::string_view openapi_yaml();
std::string_view openapi_json();
std::string_view reference_html();
std::string_view reference_css();

}  // namespace outlay::api::documents
