// Aggregate documents: what an aggregate was at one of its versions as JSON, for tools that show or
// compare states; expenses, budgets and channels as the API shows them. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "journal/history.hpp"

namespace outlay::app {

// "{}" before its first version.
std::string aggregate_document(std::string_view aggregate, const journal::Versioned& versioned);

}  // namespace outlay::app
