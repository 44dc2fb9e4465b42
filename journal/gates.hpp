// Gates: what a partition lets through while journals are moved (docs/journal.md, section 2.5). An
// import admits nothing but imported records, and only until its end; a seal ends the partition, or
// one workspace of it. A function of the prefix, kept in a table of admission's own. Values; any
// thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "journal/record.hpp"
#include "platform/sql.hpp"

namespace outlay::journal {

// What one record does to the gates of its partition.
struct GateChange {
    std::string_view kind;  // importing, import_end or seal; static storage
    std::optional<domain::WorkspaceId> workspace{};
};
// Empty: nothing. `offset` is that of the record: only a partition's first genesis counts.
std::optional<GateChange> gate_change(const Decoded& decoded, std::int64_t offset);

struct Gates {
    bool is_importing = false;
    bool is_sealed = false;  // as a whole
    std::set<domain::WorkspaceId> sealed{};
    bool operator==(const Gates&) const = default;

    void apply(const GateChange& change);
    bool is_sealed_for(const domain::WorkspaceId& workspace) const {
        return is_sealed || sealed.contains(workspace);
    }
    // Whether commands of the workspace can still become facts here.
    bool are_open_for(const domain::WorkspaceId& workspace) const {
        return !is_importing && !is_sealed_for(workspace);
    }
};

// Of all partitions that have any, in the session's generation. On the session's thread.
sql::Result<std::map<std::int32_t, Gates>> gates(sql::Session& session);

}  // namespace outlay::journal
