// Files of lines, compressed with gzip: `zcat` shows them. Confined to one thread.
#pragma once

#include <memory>
#include <string>

#include "platform/lines.hpp"

namespace outlay::zlib {

// Written beside (FILE.part) and renamed when finished; only its owner may read it. A file of the
// name is replaced.
domain::Result<std::unique_ptr<platform::LineSink>, std::string> create_line_file(
    const std::string& path);
domain::Result<std::unique_ptr<platform::LineSource>, std::string> open_line_file(
    const std::string& path);

}  // namespace outlay::zlib
