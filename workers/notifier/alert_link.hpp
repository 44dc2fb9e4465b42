// Where the API shows what a notice is about. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "domain/values/ids.hpp"
#include "workers/notifier/message.hpp"

namespace outlay::workers::notifier {

// The alert that a message tells of, if it tells of one.
std::optional<domain::AlertId> alert_in(const Message& message);

// The URL of the alert; of several, of the list that has them. `place`: of the workspace, as
// "https://outlay.example/v1/workspaces/ws_...". "": the messages tell of no alerts.
std::string alert_link(const std::string& place, std::span<const Message* const> messages);

}  // namespace outlay::workers::notifier
