// A configuration file: lines NAME = VALUE, a part of TOML. Names are those of the flags. Blocks;
// any thread.
#pragma once

#include <string>
#include <vector>

#include "domain/values/result.hpp"

namespace outlay::app {

struct FileEntry {
    std::string name;
    std::string value;
    int line = 0;
};
struct SettingsFile {
    std::vector<FileEntry> entries;
    std::vector<std::string> findings;  // what cannot be understood, with file and line
};

// Text that is no line of the form is among the findings, and so is a name that comes twice.
SettingsFile parse_settings_file(const std::string& path, const std::string& text);
// A file that cannot be read is a finding.
SettingsFile read_settings_file(const std::string& path);

}  // namespace outlay::app
