// MeasuredJournal: a journal whose appends are measured on their way: how long they take, how they
// end, and how many are waited for. Any thread, like the journal in it.
#pragma once

#include <memory>

#include "journal/journal.hpp"

namespace outlay::app {

// A journal that does the same as `log` and is measured.
std::unique_ptr<journal::Journal> measured(std::unique_ptr<journal::Journal> log);

}  // namespace outlay::app
