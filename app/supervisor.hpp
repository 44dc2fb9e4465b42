// What the supervisor of processes is told, by systemd's protocol: a datagram to the socket that
// NOTIFY_SOCKET names (sd_notify(3)). Where there is none, nobody is told. Any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace outlay::app {

// "READY=1", or several assignments by line.
void tell_supervisor(std::string_view state);

// Within it WATCHDOG=1 has to come again and again; none: nobody waits for it.
std::optional<std::chrono::microseconds> watchdog_interval();

}  // namespace outlay::app
