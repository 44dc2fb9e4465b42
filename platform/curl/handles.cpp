// curl_global_init is not safe beside itself in old versions of the library.
#include "platform/curl/handles.hpp"

#include <mutex>

#include "domain/values/check.hpp"

namespace outlay::curl {

using platform::HttpFailure;

HttpFailure failure_of(CURLcode code) {
    switch (static_cast<int>(code)) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return HttpFailure::unresolved;
        case CURLE_COULDNT_CONNECT:
            return HttpFailure::connect;
        case CURLE_OPERATION_TIMEDOUT:
            return HttpFailure::timeout;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
            return HttpFailure::tls;
        default:
            break;  // an int of the library, not an enum of ours
    }
    return HttpFailure::broken;
}

void begin_library() {
    static std::once_flag begun;
    std::call_once(begun, [] {
        CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "libcurl does not start");
    });
}

}  // namespace outlay::curl
