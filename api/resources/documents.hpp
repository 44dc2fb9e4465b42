// The description of the API, made from docs/openapi.yaml and docs/problems.md at build time by
// cmake/embed_documents.py.
// Constant data; any thread.
#pragma once

#include <string_view>

namespace outlay::api::documents {

std::string_view openapi_yaml();
std::string_view openapi_json();
std::string_view reference_html();
std::string_view reference_css();
std::string_view problems_html();  // docs/problems.md, each code with an anchor of its name

}  // namespace outlay::api::documents
