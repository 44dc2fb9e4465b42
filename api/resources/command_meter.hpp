// Every command of the API goes through here on its way to the submitter, and is counted by what
// became of it. On the connection's I/O thread.
#pragma once

#include "api/resources/call.hpp"

namespace outlay::api {

platform::Task<journal::Answer> submit(Call& call, journal::Command command);

// "applied", "refused", "pending", ...
std::string_view outcome_name(const journal::Answer& answer);

}  // namespace outlay::api
