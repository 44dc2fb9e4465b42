// Finding the records of a thing. What is keyed by workspace is asked for in all of them at once:
// ids say nothing about where they live.
#include "workers/story.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "journal/history.hpp"
#include "journal/tables.hpp"
#include "workers/cells.hpp"
#include "workers/projections/alerts.hpp"

namespace outlay::workers {

namespace {

namespace tables = journal::tables;
using domain::Fail;
using domain::WorkspaceId;
using journal::Position;

using MaybeStory = sql::Result<std::optional<Story>>;
using Places = std::set<Position>;

constexpr std::size_t keys_per_question = 1'000;

struct Seeker {
    sql::Session& session;
    journal::Journal& log;
};

Position position_in(const sql::Rows& rows, std::size_t row, std::size_t column) {
    return {static_cast<std::int32_t>(rows.integer(row, column)), rows.integer(row, column + 1)};
}

sql::Status add_chapters(const Seeker& seeker, const Places& places, Story& story) {
    for (const auto& place : places) {
        auto chapter = chapter_at(seeker.session, seeker.log, place);
        if (!chapter.ok()) return Fail{chapter.error()};
        if (*chapter) story.chapters.push_back(std::move(**chapter));
    }
    return domain::Done{};
}

MaybeStory told(const Seeker& seeker, const Places& places, Story story) {
    const auto added = add_chapters(seeker, places, story);
    if (!added.ok()) return Fail{added.error()};
    if (!story.workspace && !story.chapters.empty())
        story.workspace = story.chapters.front().workspace;
    return std::optional(std::move(story));
}

// The first workspace in which the table has this key.
sql::Result<std::optional<WorkspaceId>> workspace_with(sql::Session& session,
                                                       const sql::Table& table,
                                                       std::span<const sql::Value> rest_of_key) {
    const auto all =
        session.query("SELECT w.workspace FROM read.workspaces w ORDER BY w.workspace");
    if (!all.ok()) return Fail{all.error()};
    for (std::size_t from = 0; from < all->size(); from += keys_per_question) {
        std::vector<sql::Value> keys;
        const auto to = std::min(all->size(), from + keys_per_question);
        for (auto row = from; row < to; ++row) {
            keys.emplace_back(all->text(row, 0));
            keys.insert(keys.end(), rest_of_key.begin(), rest_of_key.end());
        }
        constexpr std::array<std::string_view, 1> columns{"workspace"};
        const auto found = session.find(table, columns, keys);
        if (!found.ok()) return Fail{found.error()};
        if (!found->empty()) return std::optional(WorkspaceId{found->uuid(0, 0)});
    }
    return std::optional<WorkspaceId>{};
}

std::string_view kind_name(const std::string& aggregate) {
    constexpr std::array<std::string_view, 5> names{"workspace", "categories", "expense", "budget",
                                                    "channel"};
    const auto kind = domain::kind_of(aggregate);
    CHECK(kind.has_value(), "a reference to an aggregate of no kind");
    return names[static_cast<std::size_t>(*kind)];
}

MaybeStory of(const Seeker& seeker, const Position& position) {
    Story story;
    story.kind = "record";
    auto one = told(seeker, {position}, std::move(story));
    if (one.ok() && *one && (*one)->chapters.empty()) return std::optional<Story>{};
    return one;
}

MaybeStory of(const Seeker& seeker, const AggregateName& name) {
    const auto workspace = workspace_of(seeker.session, name.text);
    if (!workspace.ok()) return Fail{workspace.error()};
    if (!*workspace) return std::optional<Story>{};
    const auto aggregate =
        domain::WorkspaceId::parse(name.text) ? std::string(domain::workspace_name) : name.text;
    const std::array<sql::Value, 2> parameters{cell(**workspace), aggregate};
    const auto rows = seeker.session.query(
        "SELECT log_partition, log_offset FROM read.events WHERE workspace = $1 AND aggregate = $2"
        " ORDER BY version",
        parameters);
    if (!rows.ok()) return Fail{rows.error()};
    Places places;
    for (std::size_t row = 0; row < rows->size(); ++row) places.insert(position_in(*rows, row, 0));
    Story story;
    story.kind = kind_name(aggregate);
    story.workspace = **workspace;
    return told(seeker, places, std::move(story));
}

sql::Result<std::optional<Position>> place_of_message(sql::Session& session,
                                                      const domain::MessageId& message) {
    const std::array<sql::Value, 1> parameters{cell(message)};
    const auto rows = session.query(
        "SELECT m.log_partition, m.log_offset FROM outlay.outbox m WHERE m.id = $1", parameters);
    if (!rows.ok()) return Fail{rows.error()};
    if (rows->empty()) return std::optional<Position>{};
    return std::optional(position_in(*rows, 0, 0));
}

// What people did about the alert, and what ended it.
sql::Status add_later_places(const Seeker& seeker, const views::AlertView& alert,
                             const WorkspaceId& workspace, Places& places) {
    if (alert.ending) places.insert(alert.ending->position);
    const auto entries = journal::history(seeker.session, workspace, alert.budget.text());
    if (!entries.ok()) return Fail{entries.error()};
    const auto id = "\"" + alert.id.text() + "\"";
    for (const auto& entry : *entries) {
        if (entry.data.find(id) != std::string::npos) places.insert(entry.position);
    }
    return domain::Done{};
}

sql::Result<std::optional<views::AlertView>> find_alert(sql::Session& session,
                                                        const WorkspaceId& workspace,
                                                        const domain::AlertId& id) {
    const std::array<sql::Value, 2> key{cell(workspace), cell(id)};
    const auto rows = session.find(alerts::table, views::alert_columns, key);
    if (!rows.ok()) return Fail{rows.error()};
    if (rows->empty()) return std::optional<views::AlertView>{};
    return std::optional(views::alert_row(*rows, 0));
}

MaybeStory of(const Seeker& seeker, const domain::AlertId& id) {
    const std::array<sql::Value, 1> rest{cell(id)};
    const auto workspace = workspace_with(seeker.session, alerts::table, rest);
    if (!workspace.ok()) return Fail{workspace.error()};
    if (!*workspace) return std::optional<Story>{};
    auto alert = find_alert(seeker.session, **workspace, id);
    if (!alert.ok()) return Fail{alert.error()};
    CHECK(alert->has_value(), "an alert that was found a moment ago is gone");
    Places places{(*alert)->position};
    const auto added = add_later_places(seeker, **alert, **workspace, places);
    if (!added.ok()) return Fail{added.error()};
    const std::array<sql::Value, 2> key{cell(**workspace), cell((*alert)->budget)};
    const auto budget = seeker.session.query(
        "SELECT b.name FROM read.budgets b WHERE b.workspace = $1 AND b.id = $2", key);
    if (!budget.ok()) return Fail{budget.error()};
    Story story;
    story.kind = "alert";
    story.workspace = **workspace;
    story.alert = std::move(*alert);
    if (!budget->empty()) story.budget_name = budget->text(0, 0);
    return told(seeker, places, std::move(story));
}

CommandEnd end_of(const std::vector<Chapter>& chapters) {
    for (const auto& chapter : chapters) {
        if (chapter.is_fact()) return {"applied", {}};
        if (chapter.verdict == "closed_now") return {"closed", chapter.problem};
    }
    return {"open", {}};
}

MaybeStory of(const Seeker& seeker, const domain::CommandId& id) {
    const std::array<sql::Value, 1> rest{cell(id)};
    const auto workspace = workspace_with(seeker.session, tables::commits, rest);
    if (!workspace.ok()) return Fail{workspace.error()};
    Places places;
    if (*workspace) {
        const auto settled = journal::settled(seeker.session, **workspace, id);
        if (!settled.ok()) return Fail{settled.error()};
        if (*settled) places.insert((*settled)->position);
    }
    const auto refused = seeker.session.query(
        "SELECT log_partition, log_offset FROM read.rejections WHERE command = $1", rest);
    if (!refused.ok()) return Fail{refused.error()};
    for (std::size_t row = 0; row < refused->size(); ++row)
        places.insert(position_in(*refused, row, 0));
    if (places.empty()) return std::optional<Story>{};
    Story story;
    story.kind = "command";
    auto whole = told(seeker, places, std::move(story));
    if (whole.ok() && *whole) (*whole)->command = end_of((*whole)->chapters);
    return whole;
}

MaybeStory of(const Seeker& seeker, const domain::MessageId& id) {
    const auto place = place_of_message(seeker.session, id);
    if (!place.ok()) return Fail{place.error()};
    if (!*place) return std::optional<Story>{};
    Story story;
    story.kind = "message";
    return told(seeker, {**place}, std::move(story));
}

MaybeStory of(const Seeker& seeker, const domain::DeliveryId& id) {
    const std::array<sql::Value, 1> parameters{cell(id)};
    const auto rows = seeker.session.query(
        "SELECT d.message FROM outlay.deliveries d WHERE d.id = $1", parameters);
    if (!rows.ok()) return Fail{rows.error()};
    if (rows->empty()) return std::optional<Story>{};
    return of(seeker, domain::MessageId{rows->uuid(0, 0)});
}

}  // namespace

std::optional<Reference> parse_reference(std::string_view text) {
    if (const auto position = journal::Position::parse(text)) return *position;
    if (const auto alert = domain::AlertId::parse(text)) return *alert;
    if (const auto command = domain::CommandId::parse(text)) return *command;
    if (const auto message = domain::MessageId::parse(text)) return *message;
    if (const auto delivery = domain::DeliveryId::parse(text)) return *delivery;
    const bool is_aggregate = domain::ExpenseId::parse(text) || domain::BudgetId::parse(text) ||
                              domain::ChannelId::parse(text) || domain::WorkspaceId::parse(text);
    if (is_aggregate) return AggregateName{std::string(text)};
    return std::nullopt;
}

MaybeStory story_of(sql::Session& session, journal::Journal& log, const Reference& reference) {
    const Seeker seeker{session, log};
    return std::visit([&](const auto& what) { return of(seeker, what); }, reference);
}

sql::Result<std::optional<WorkspaceId>> workspace_of(sql::Session& session,
                                                     const std::string& aggregate) {
    if (const auto id = WorkspaceId::parse(aggregate)) {
        const std::array<sql::Value, 2> key{cell(*id), std::string(domain::workspace_name)};
        const auto rows = session.query(
            "SELECT 1 FROM read.events WHERE workspace = $1 AND aggregate = $2 AND version = 1",
            key);
        if (!rows.ok()) return Fail{rows.error()};
        return rows->empty() ? std::optional<WorkspaceId>{} : id;
    }
    const std::array<sql::Value, 2> rest{aggregate, cell(1)};
    return workspace_with(session, tables::events, rest);
}

}  // namespace outlay::workers
