// Values may stand bare, in "double quotes" with \" \\ \n \t, or in 'single quotes' as they are.
#include "app/settings_file.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>

#include "app/private_file.hpp"

namespace outlay::app {

namespace {

using Parsed = domain::Result<std::string, std::string>;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_blank(std::string_view text) {
    const auto rest = trimmed(text);
    return rest.empty() || rest.front() == '#';
}

std::optional<char> unescaped(char letter) {
    switch (letter) {
        case '"':
        case '\\':
            return letter;
        case 'n':
            return '\n';
        case 't':
            return '\t';
        default:
            return std::nullopt;
    }
}

Parsed parse_double_quoted(std::string_view text) {
    std::string value;
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '"') {
            if (!is_blank(text.substr(at + 1)))
                return domain::Fail{std::string("something stands behind the closing quote")};
            return value;
        }
        if (text[at] != '\\') {
            value += text[at];
            continue;
        }
        const auto letter = ++at < text.size() ? unescaped(text[at]) : std::nullopt;
        if (!letter)
            return domain::Fail{std::string(R"(after \ only \, ", n and t are understood)")};
        value += *letter;
    }
    return domain::Fail{std::string("the closing quote is missing")};
}

Parsed parse_single_quoted(std::string_view text) {
    const auto end = text.find('\'', 1);
    if (end == std::string_view::npos)
        return domain::Fail{std::string("the closing quote is missing")};
    if (!is_blank(text.substr(end + 1)))
        return domain::Fail{std::string("something stands behind the closing quote")};
    return std::string(text.substr(1, end - 1));
}

Parsed parse_value(std::string_view text) {
    if (text.starts_with('"')) return parse_double_quoted(text);
    if (text.starts_with('\'')) return parse_single_quoted(text);
    if (text.starts_with('['))
        return domain::Fail{std::string("lists are written by comma, without brackets")};
    const auto comment = text.find(" #");
    return std::string(trimmed(text.substr(0, comment)));
}

}  // namespace

SettingsFile parse_settings_file(const std::string& path, const std::string& text) {
    SettingsFile file;
    std::istringstream lines(text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (is_blank(line)) continue;
        const auto complain = [&](const std::string& what) {
            file.findings.push_back(path + ", line " + std::to_string(number) + ": " + what);
        };
        const auto equals = line.find('=');
        if (equals == std::string::npos || trimmed(line).front() == '[') {
            complain("is no NAME = VALUE");
            continue;
        }
        FileEntry entry{std::string(trimmed(std::string_view(line).substr(0, equals))), "", number};
        std::ranges::replace(entry.name, '_', '-');
        auto value = parse_value(trimmed(std::string_view(line).substr(equals + 1)));
        if (!value.ok()) {
            complain(entry.name + ": " + value.error());
            continue;
        }
        entry.value = std::move(value).value();
        if (std::ranges::find(file.entries, entry.name, &FileEntry::name) != file.entries.end())
            complain(entry.name + " comes a second time");
        else
            file.entries.push_back(std::move(entry));
    }
    return file;
}

SettingsFile read_settings_file(const std::string& path) {
    const auto text = read_file(path);
    if (!text.ok()) return {{}, {text.error()}};
    return parse_settings_file(path, *text);
}

}  // namespace outlay::app
