// The file that holds an API key for its owner: mode 0600, written whole or not at all. Blocks.
#pragma once

#include <string>

#include "app/place.hpp"

namespace outlay::app {

domain::Status<std::string> write_key_file(const std::string& path, const std::string& key);

}  // namespace outlay::app
