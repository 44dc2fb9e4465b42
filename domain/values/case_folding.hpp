// Simple case folding of one code point: both cases of a letter give the same result. Pure; any
// thread.
#pragma once

namespace outlay::domain {

// Latin, Greek and Cyrillic letters; everything else is returned as it is.
char32_t folded(char32_t code_point);

}  // namespace outlay::domain
