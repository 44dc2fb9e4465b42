// Gates from records and from rows.
#include "journal/gates.hpp"

#include <algorithm>
#include <array>

namespace outlay::journal {

namespace {

constexpr std::string_view importing = "importing";
constexpr std::string_view import_end = "import_end";
constexpr std::string_view seal = "seal";
constexpr std::array kinds{importing, import_end, seal};

}  // namespace

std::optional<GateChange> gate_change(const Decoded& decoded, std::int64_t offset) {
    if (const auto* genesis = std::get_if<Genesis>(&decoded)) {
        if (offset > 0 || genesis->import_of.empty()) return std::nullopt;
        return GateChange{importing};
    }
    if (std::holds_alternative<ImportEnd>(decoded)) return GateChange{import_end};
    if (const auto* sealing = std::get_if<Seal>(&decoded))
        return GateChange{seal, sealing->workspace};
    return std::nullopt;
}

void Gates::apply(const GateChange& change) {
    if (change.kind == importing) {
        is_importing = true;
    } else if (change.kind == import_end) {
        is_importing = false;
    } else if (change.workspace) {
        sealed.insert(*change.workspace);
    } else {
        is_sealed = true;
    }
}

sql::Result<std::map<std::int32_t, Gates>> gates(sql::Session& session) {
    const auto rows = session.query(
        "SELECT log_partition, kind, workspace FROM read.gates ORDER BY log_partition, log_offset");
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::map<std::int32_t, Gates> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto* const kind = std::ranges::find(kinds, rows->text(row, 1));
        CHECK(kind != kinds.end(), "a gate of no kind");
        GateChange change{*kind};
        if (const auto workspace = rows->optional_uuid(row, 2))
            change.workspace = domain::WorkspaceId{*workspace};
        found[static_cast<std::int32_t>(rows->integer(row, 0))].apply(change);
    }
    return found;
}

}  // namespace outlay::journal
