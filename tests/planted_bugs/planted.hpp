// Which planted bug is at work: none, or one by its name in planted_bugs.py. Confined to one
// thread.
#pragma once

#include <span>
#include <string_view>

namespace outlay::planted {

bool is(std::string_view name);
void choose(std::string_view name);
// All of them.
std::span<const char* const> names();

}  // namespace outlay::planted
