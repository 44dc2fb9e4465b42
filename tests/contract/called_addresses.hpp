// Every internet address that this process asks the kernel to connect or send to, while somebody
// listens: a request that never leaves the process reaches nobody, whatever the network would do.
// One at a time; any thread may call.
#pragma once

#include <set>
#include <string>

namespace outlay::tests {

class CalledAddresses {
public:
    CalledAddresses();
    ~CalledAddresses();
    CalledAddresses(const CalledAddresses&) = delete;
    CalledAddresses& operator=(const CalledAddresses&) = delete;

    // So far, "127.0.0.1" or "::1".
    std::set<std::string> so_far() const;
};

}  // namespace outlay::tests
