// Rows of outlay.pauses, and a copy of them in memory.
#include "journal/pauses.hpp"

#include <algorithm>
#include <array>

namespace outlay::journal {

namespace {

constexpr std::array<std::string_view, 3> names{"commands", "projector", "deliveries"};

Pause pause_in(const sql::Rows& rows, std::size_t row) {
    const auto what = pausable_of(rows.text(row, 0));
    const auto since = domain::Instant::parse(rows.text(row, 5));
    CHECK(what && since, "a pause that no operator made");
    Pause pause{{*what}, rows.text(row, 3), rows.text(row, 4), *since};
    if (const auto workspace = rows.optional_uuid(row, 1))
        pause.scope.workspace = domain::WorkspaceId{*workspace};
    if (const auto partition = rows.optional_integer(row, 2))
        pause.scope.partition = static_cast<std::int32_t>(*partition);
    return pause;
}

std::string remark_on(const Pause& pause) {
    const auto name = std::string(pausable_name(pause.scope.what));
    const auto part = pause.scope.text().substr(name.size());
    return "paused" + (part.empty() ? part : " (" + part.substr(1) + ")") + " since " +
           pause.since.text() + " by " + pause.by + ": " + pause.reason;
}

}  // namespace

std::string_view pausable_name(Pausable what) {
    return names.at(static_cast<std::size_t>(what));
}

std::optional<Pausable> pausable_of(std::string_view name) {
    const auto* const found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Pausable>(found - names.begin());
}

std::string PauseScope::text() const {
    std::string text(pausable_name(what));
    if (workspace) text += " " + workspace->text();
    if (partition) text += " " + std::to_string(*partition);
    return text;
}

sql::Result<std::vector<Pause>> pauses(sql::Session& session) {
    const auto rows = session.query(
        "SELECT what, workspace, log_partition, reason, operator, since FROM outlay.pauses"
        " ORDER BY since, scope");
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<Pause> found;
    for (std::size_t row = 0; row < rows->size(); ++row) found.push_back(pause_in(*rows, row));
    return found;
}

const Pause* pause_of_commands(const std::vector<Pause>& all,
                               const domain::WorkspaceId& workspace) {
    const auto found = std::ranges::find_if(all, [&](const Pause& pause) {
        return pause.scope.what == Pausable::commands && pause.scope.covers(workspace);
    });
    return found == all.end() ? nullptr : &*found;
}

std::string deliveries_flow(std::string_view table) {
    return "NOT EXISTS (SELECT 1 FROM outlay.pauses p WHERE p.what = 'deliveries'"
           " AND (p.workspace IS NULL OR p.workspace = " +
           std::string(table) + ".workspace))";
}

sql::Status PauseBoard::refresh(sql::Store& store) {
    std::vector<Pause> found;
    auto read = store.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        auto all = pauses(session);
        if (!all.ok()) return domain::Fail{all.error()};
        found = std::move(all).value();
        return domain::Done{};
    });
    if (!read.ok()) return read;
    const std::lock_guard lock(mutex_);
    pauses_ = std::move(found);
    return domain::Done{};
}

std::optional<Pause> PauseBoard::of_commands(const domain::WorkspaceId& workspace) const {
    const std::lock_guard lock(mutex_);
    const auto* const found = pause_of_commands(pauses_, workspace);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

bool PauseBoard::holds_projector(std::int32_t partition) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(pauses_, [&](const Pause& pause) {
        return pause.scope.what == Pausable::projector && pause.scope.covers(partition);
    });
}

std::string PauseBoard::remark(Pausable what) const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& pause : pauses_) {
        if (pause.scope.what == what) text += (text.empty() ? "" : "; ") + remark_on(pause);
    }
    return text;
}

}  // namespace outlay::journal
