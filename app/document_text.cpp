// Members are flattened first.
#include "app/document_text.hpp"

#include <algorithm>
#include <map>

#include "domain/values/check.hpp"
#include "platform/json/value.hpp"

namespace outlay::app {

namespace {

using Leaves = std::vector<std::pair<std::string, std::string>>;

void flatten(const std::string& path, const json::Value& value, Leaves& leaves) {
    if (value.kind() != json::Kind::object) {
        const bool is_text = value.kind() == json::Kind::string;
        leaves.emplace_back(path, is_text ? value.text() : json::canonical(value));
        return;
    }
    for (const auto& [name, member] : value.members())
        flatten(path.empty() ? name : path + "." + name, member, leaves);
}

Leaves leaves_of(std::string_view document) {
    const auto parsed = json::parse(document);
    CHECK(parsed.ok(), "a document of our own is no JSON");
    Leaves leaves;
    flatten("", *parsed, leaves);
    return leaves;
}

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t column = 0; column < cells.size(); ++column)
        line += (column == 0 ? "" : "  ") + padded(cells[column], widths[column]);
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

}  // namespace

std::string document_lines(std::string_view document, std::string_view indent) {
    const auto leaves = leaves_of(document);
    std::size_t width = 0;
    for (const auto& [path, text] : leaves) width = std::max(width, path.size());
    std::string lines;
    for (const auto& [path, text] : leaves)
        lines.append(indent).append(padded(path, width)).append("  ").append(text).append("\n");
    return lines;
}

std::string document_table(const std::vector<std::string>& documents) {
    std::vector<std::string> columns;
    std::vector<std::map<std::string, std::string>> rows;
    for (const auto& document : documents) {
        auto& row = rows.emplace_back();
        for (auto& [path, text] : leaves_of(document)) {
            if (std::ranges::find(columns, path) == columns.end()) columns.push_back(path);
            row.emplace(path, std::move(text));
        }
    }
    std::vector<std::vector<std::string>> table{columns};
    for (auto& row : rows) {
        auto& cells = table.emplace_back();
        for (const auto& column : columns) cells.push_back(row[column]);
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto& cells : table) {
        for (std::size_t column = 0; column < cells.size(); ++column)
            widths[column] = std::max(widths[column], cells[column].size());
    }
    std::string text;
    for (const auto& cells : table) text += line_of(cells, widths);
    return text;
}

}  // namespace outlay::app
