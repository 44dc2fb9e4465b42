// Which planted bug is at work: none, or one by its name in planted_bugs.py. One thread.
#pragma once

#include <string_view>

namespace outlay::planted {

bool is(std::string_view name);
void choose(std::string_view name);

}  // namespace outlay::planted
