// The SQL files of this folder, embedded in the binary, in the order in which they apply.
// A file holds `;`-separated statements. Files named `generation_*` describe one generation of read
// models and use the prefix `read.`; the others describe the fixed tables with the prefix
// `outlay.`.
#pragma once

#include <span>
#include <string_view>

namespace outlay::migrations {

struct Migration {
    std::string_view name;
    std::string_view sql;
};

std::span<const Migration> postgres();
std::span<const Migration> sqlite();

}  // namespace outlay::migrations
