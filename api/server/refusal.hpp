// Refusal: why the server itself does not serve a request. The texts are constants; nothing of the
// request is repeated. A value.
#pragma once

#include <string_view>

namespace outlay::api {

struct Refusal {
    int status = 400;
    std::string_view code;  // of the problem table in api/http
    std::string_view detail;
};

constexpr Refusal malformed(std::string_view detail) {
    return {400, "malformed_request", detail};
}

}  // namespace outlay::api
