// Which release this is.
#pragma once

#include <string_view>

namespace outlay::app {

inline constexpr std::string_view version = "0.1.0";

}  // namespace outlay::app
