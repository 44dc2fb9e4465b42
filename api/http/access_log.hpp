// The access log: one line per request, with what helps to find it again and nothing that a client
// wrote: no path, no query, no field. Of answers with 2xx only every n-th one, if so configured.
// Any thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "api/http/exchange.hpp"

namespace outlay::api {

class AccessLog {
public:
    // Of the requests that were answered with 2xx one in `every` is logged; 0: none.
    explicit AccessLog(std::uint32_t every) : every_(every) {}
    void note(const Exchange& exchange);

private:
    const std::uint32_t every_;
    std::atomic<std::uint32_t> successes_{0};
};

}  // namespace outlay::api
