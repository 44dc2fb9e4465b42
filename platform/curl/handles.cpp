// curl_global_init is not safe beside itself in old versions of the library.
#include "platform/curl/handles.hpp"

#include <mutex>

#include "domain/values/check.hpp"

namespace outlay::curl {

void begin_library() {
    static std::once_flag begun;
    std::call_once(begun, [] {
        CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "libcurl does not start");
    });
}

}  // namespace outlay::curl
