// Record filter: which records somebody wants to see. It looks at what a record says, whatever was
// judged of it. Values; any thread.
#pragma once

#include <optional>
#include <regex>
#include <string>

#include "journal/journal.hpp"
#include "journal/record.hpp"

namespace outlay::journal {

// Empty members ask for nothing.
struct RecordWishes {
    std::string workspace;   // ws_...
    std::string kind;        // commit, close, ...
    std::string event_type;  // of one of its events; one that ends in a dot: all that begin so
    std::string actor;       // mem_... or usr_...
    std::string command;     // cmd_...
    std::string pattern;     // ECMAScript regular expression, found in the value
};

class RecordFilter {
public:
    // The error says which wish cannot be met by any record.
    static domain::Result<RecordFilter, std::string> make(RecordWishes wishes);
    bool passes(const Record& record) const;

private:
    explicit RecordFilter(RecordWishes wishes) : wishes_(std::move(wishes)) {}
    bool passes(const json::Value& document) const;

    RecordWishes wishes_;
    std::optional<std::regex> pattern_;
};

// Whether a record has a say in what becomes of the workspace: a commit or close of it, or one that
// belongs to no workspace. Exact, and quick for the many records that are others'.
bool concerns(const Record& record, const domain::WorkspaceId& workspace);

}  // namespace outlay::journal
