// MeasuredStore: a store whose transactions are measured: how long they take and how they end, by
// the kind of access. Any thread, like the store in it.
#pragma once

#include <memory>

#include "platform/sql.hpp"

namespace outlay::app {

// A store that does the same as `store` and is measured.
std::unique_ptr<sql::Store> measured(std::unique_ptr<sql::Store> store);

}  // namespace outlay::app
