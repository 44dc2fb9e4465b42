// Lines of an export.
#include "api/resources/export_format.hpp"

#include <array>

#include "platform/json/value.hpp"

namespace outlay::api {

namespace {

constexpr std::string_view csv_names =
    "id,state,spent_on,amount,refunded,currency,category_id,category,member,merchant,note,tags,"
    "created_at,"
    "updated_at,version";

// Tags have no commas, so a comma-separated list in one cell can be read back.
std::string tags_cell(const std::string& tags_json) {
    std::string list;
    const auto parsed = json::parse(tags_json);
    if (!parsed.ok()) return list;
    for (const auto& tag : parsed->items()) list += (list.empty() ? "" : ",") + tag.text();
    return list;
}

std::string path_of(const ExpenseView& expense, const CategoryPaths& paths) {
    if (!expense.category) return {};
    const auto found = paths.find(*expense.category);
    return found == paths.end() ? std::string{} : found->second;
}

std::string csv_line(const ExpenseView& expense, const CategoryPaths& paths) {
    const auto currency = domain::Currency::parse(expense.currency);
    CHECK(currency.has_value(), "a currency in the store is unknown");
    const std::array cells{
        expense.id.text(),
        expense.state,
        expense.spent_on,
        domain::decimal_text(expense.amount_minor, currency->exponent()),
        domain::decimal_text(expense.refunded_minor, currency->exponent()),
        expense.currency,
        expense.category ? expense.category->text() : std::string{},
        csv_cell(path_of(expense, paths)),
        expense.member.text(),
        csv_cell(expense.merchant.value_or("")),
        csv_cell(expense.note.value_or("")),
        csv_cell(tags_cell(expense.tags_json)),
        expense.created_at,
        expense.updated_at,
        std::to_string(expense.version),
    };
    std::string line;
    for (const auto& cell : cells) {
        if (&cell != cells.data()) line += ',';
        line += cell;
    }
    return line + "\r\n";
}

}  // namespace

std::string_view export_media_type(ExportFormat format) {
    return format == ExportFormat::csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
}

std::string export_head(ExportFormat format) {
    return format == ExportFormat::csv ? std::string(csv_names) + "\r\n" : std::string{};
}

std::string export_line(ExportFormat format, const ExpenseView& expense,
                        const CategoryPaths& paths) {
    return format == ExportFormat::csv ? csv_line(expense, paths) : expense_body(expense) + "\n";
}

std::string csv_cell(std::string_view text) {
    constexpr std::string_view formula_starts = "=+-@\t\r";
    std::string cell;
    if (!text.empty() && formula_starts.find(text.front()) != std::string_view::npos) cell = "'";
    cell += text;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

}  // namespace outlay::api
