// Files that hold secrets and that nobody but their owner may read. Any thread.
#pragma once

#include <string>

#include "domain/values/result.hpp"

namespace outlay::app {

bool is_open_to_others(const std::string& path);
// At most a mebibyte of text; the error is a sentence for an operator.
domain::Result<std::string, std::string> read_file(const std::string& path);
// The same, refused when others may read the file.
domain::Result<std::string, std::string> read_private_file(const std::string& path);

}  // namespace outlay::app
