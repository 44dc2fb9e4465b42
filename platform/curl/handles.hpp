// What libcurl gives out and wants back, and its beginning. Any thread.
#pragma once

#include <curl/curl.h>

#include <memory>

#include "platform/http_client.hpp"

namespace outlay::curl {

struct ListEnd {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListEnd>;
struct HandleEnd {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleEnd>;

// Of an exchange that ended with an error.
platform::HttpFailure failure_of(CURLcode code);

// Once for the process, however often it is asked for; before anything else of the library.
void begin_library();

}  // namespace outlay::curl
