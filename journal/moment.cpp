// The workspace's commits in order, and how many of them a moment takes in.
#include "journal/moment.hpp"

#include <algorithm>
#include <array>

#include "domain/aggregate.hpp"
#include "journal/record.hpp"

namespace outlay::journal {

namespace {

using domain::Fail;
using domain::Instant;

using Offsets = std::vector<std::int64_t>;

// Every commit that changed something has one event with this index.
constexpr std::string_view commits_sql =
    "SELECT e.log_offset FROM read.events e"
    " WHERE e.workspace = $1 AND e.event_index = 0 AND e.log_offset <= $2";

sql::Result<Offsets> commits_until(sql::Session& session, const domain::WorkspaceId& workspace,
                                   std::int64_t last) {
    const std::array<sql::Value, 2> parameters{workspace.value.text(), last};
    const auto rows = session.query(commits_sql, parameters);
    if (!rows.ok()) return Fail{rows.error()};
    Offsets offsets;
    offsets.reserve(rows->size());
    for (std::size_t row = 0; row < rows->size(); ++row) offsets.push_back(rows->integer(row, 0));
    std::ranges::sort(offsets);
    return offsets;
}

// What was imported has the time at which it was appended in the journal where it was decided.
sql::Result<Instant> appended_at(sql::Session& session, const Position& position) {
    const std::array<sql::Value, 2> parameters{std::int64_t{position.partition}, position.offset};
    const auto rows = session.query(
        "SELECT appended_at FROM read.commits WHERE log_partition = $1 AND log_offset = $2",
        parameters);
    if (!rows.ok()) return Fail{rows.error()};
    const auto at = rows->empty() ? std::nullopt : Instant::parse(rows->text(0, 0));
    if (!at)
        return Fail{sql::Error{sql::ErrorKind::failed, "no commit stands at " + position.text()}};
    return *at;
}

// How many of the commits were appended by then. The steps do not depend on how many there are, so
// that a journal which goes on gives the same answer later, even where its clock was put back.
sql::Result<std::size_t> count_by(sql::Session& session, std::int32_t partition,
                                  const Offsets& commits, Instant then) {
    std::size_t count = 0;
    constexpr std::size_t step_max = std::size_t{1} << 40U;
    for (auto step = step_max; step > 0; step /= 2) {
        if (count + step > commits.size()) continue;
        const auto at = appended_at(session, {partition, commits[count + step - 1]});
        if (!at.ok()) return Fail{at.error()};
        if (*at <= then) count += step;
    }
    return count;
}

NoMoment other_partition(const domain::WorkspaceId& workspace, std::int32_t lives_in) {
    return {NoMoment::Kind::other_partition,
            workspace.text() + " lives in partition " + std::to_string(lives_in) + "."};
}

NoMoment before_workspace(const Position& first, Instant made_at) {
    return {NoMoment::Kind::before_workspace,
            "The workspace was made at " + made_at.text() + ", " + first.text() + "."};
}

sql::Result<std::optional<Position>> first_commit(sql::Session& session,
                                                  const domain::WorkspaceId& workspace) {
    const std::array<sql::Value, 2> parameters{workspace.value.text(),
                                               std::string(domain::workspace_name)};
    const auto rows = session.query(
        "SELECT log_partition, log_offset FROM read.events"
        " WHERE workspace = $1 AND aggregate = $2 AND version = 1",
        parameters);
    if (!rows.ok()) return Fail{rows.error()};
    if (rows->empty()) return std::optional<Position>{};
    return std::optional(
        Position{static_cast<std::int32_t>(rows->integer(0, 0)), rows->integer(0, 1)});
}

sql::Result<FoundMoment> too_early(sql::Session& session, const Position& first) {
    const auto made_at = appended_at(session, first);
    if (!made_at.ok()) return Fail{made_at.error()};
    return FoundMoment(Fail{before_workspace(first, *made_at)});
}

}  // namespace

std::optional<When> parse_when(std::string_view text) {
    if (const auto position = Position::parse(text)) return *position;
    if (const auto at = Instant::parse(text)) return *at;
    return std::nullopt;
}

sql::Result<FoundMoment> moment_of(sql::Session& session, const domain::WorkspaceId& workspace,
                                   std::int32_t partition_count, const When& when) {
    const auto partition = partition_of(workspace, partition_count);
    const auto* position = std::get_if<Position>(&when);
    if (position && position->partition != partition)
        return FoundMoment(Fail{other_partition(workspace, partition)});
    const auto first = first_commit(session, workspace);
    if (!first.ok()) return Fail{first.error()};
    if (!*first)
        return Fail{sql::Error{sql::ErrorKind::failed, "a workspace without a first commit"}};
    auto commits = commits_until(session, workspace, position ? position->offset : INT64_MAX);
    if (!commits.ok()) return Fail{commits.error()};
    Moment moment{workspace, {partition, 0}, {}, std::move(commits).value()};
    if (const auto* then = std::get_if<Instant>(&when)) {
        const auto count = count_by(session, partition, moment.commits, *then);
        if (!count.ok()) return Fail{count.error()};
        moment.has_later = *count < moment.commits.size();
        moment.commits.resize(*count);
        moment.at = *then;
    }
    if (moment.commits.empty()) return too_early(session, **first);
    moment.position.offset = moment.commits.back();
    if (position) {
        const auto at = appended_at(session, moment.position);
        if (!at.ok()) return Fail{at.error()};
        moment.at = *at;
    }
    return FoundMoment(std::move(moment));
}

sql::Result<std::uint64_t> version_at(sql::Session& session, std::string_view aggregate,
                                      const Moment& moment) {
    const std::array<sql::Value, 3> parameters{moment.workspace.value.text(),
                                               std::string(aggregate), moment.position.offset};
    const auto rows = session.query(
        "SELECT coalesce(max(version), 0) FROM read.events"
        " WHERE workspace = $1 AND aggregate = $2 AND log_offset <= $3",
        parameters);
    if (!rows.ok()) return Fail{rows.error()};
    return static_cast<std::uint64_t>(rows->integer(0, 0));
}

}  // namespace outlay::journal
