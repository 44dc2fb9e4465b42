// Genesis: the first record of every partition says which journal this is. Whoever finds an empty
// journal writes it; partition 0's record wins a race. Blocking; run it at start.
#pragma once

#include <string>

#include "domain/values/result.hpp"
#include "journal/journal.hpp"

namespace outlay::journal {

// The journal's identity. The error says what disagrees or is away. `proposed` is used if the
// journal is new.
domain::Result<std::string, std::string> open_journal(Journal& journal,
                                                      const std::string& proposed);

}  // namespace outlay::journal
