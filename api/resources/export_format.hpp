// The two forms of an export: NDJSON, one expense as the API shows it per line, and CSV (RFC 4180)
// for spreadsheets. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "api/resources/expense_view.hpp"

namespace outlay::api {

enum class ExportFormat { ndjson, csv };

// "Food / Snacks" by category.
using CategoryPaths = std::map<domain::CategoryId, std::string>;

std::string_view export_media_type(ExportFormat format);
std::string export_head(ExportFormat format);  // CSV's line of names
std::string export_line(ExportFormat format, const ExpenseView& expense,
                        const CategoryPaths& paths);

// Quoted where needed. A cell that a spreadsheet would take for a formula gets an apostrophe in
// front.
std::string csv_cell(std::string_view text);

}  // namespace outlay::api
