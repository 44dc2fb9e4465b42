// JSON documents as lines for a terminal. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace outlay::app {

// A line for each member, of objects below it too: "amount.currency  EUR". Lists stay as they are.
std::string document_lines(std::string_view document, std::string_view indent);
// A line for each document, with the members as columns.
std::string document_table(const std::vector<std::string>& documents);

}  // namespace outlay::app
