// Batches of commits, each in one transaction of the scratch store.
#include "workers/past.hpp"

#include <algorithm>
#include <array>

#include "workers/cells.hpp"
#include "workers/commit_projection.hpp"
#include "workers/judging.hpp"

namespace outlay::workers {

namespace {

using domain::Fail;
using journal::Record;

constexpr std::size_t states_max = 65'536;  // some 60 MB
constexpr std::size_t tallies_max = 262'144;

const sql::TransactionOptions replayable{
    .access = sql::Access::project, .workspace = {}, .is_replayable = true};

constexpr std::array by_position_columns{
    sql::Column{"log_partition", sql::Type::integer}, sql::Column{"log_offset", sql::Type::integer},
    sql::Column{"appended_at", sql::Type::timestamp}, sql::Column{"record", sql::Type::bytes}};
constexpr sql::Table commits_by_position{"read.commits", by_position_columns, 2};

Fail<sql::Error> broken(std::string detail) {
    return {sql::Error{sql::ErrorKind::failed, std::move(detail)}};
}

sql::Result<std::vector<Record>> records_at(sql::Session& live, std::int32_t partition,
                                            std::span<const std::int64_t> offsets) {
    std::vector<sql::Value> keys;
    keys.reserve(offsets.size() * 2);
    for (const auto offset : offsets) {
        keys.push_back(cell(partition));
        keys.push_back(cell(offset));
    }
    constexpr std::array<std::string_view, 3> columns{"log_offset", "appended_at", "record"};
    const auto rows = live.find(commits_by_position, columns, keys);
    if (!rows.ok()) return Fail{rows.error()};
    if (rows->size() != offsets.size()) return broken("commits are missing in the store");
    std::vector<Record> records;
    records.reserve(rows->size());
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto at = domain::Instant::parse(rows->text(row, 1));
        CHECK(at.has_value(), "a timestamp cell of another form");
        records.push_back({{partition, rows->integer(row, 0)}, *at, {}, rows->text(row, 2)});
    }
    std::ranges::sort(records, {}, &Record::position);
    return records;
}

// As admission left them: all of them are facts.
sql::Result<std::vector<Judged>> facts_of(const std::vector<Record>& records) {
    std::vector<Judged> judged;
    judged.reserve(records.size());
    for (const auto& record : records) {
        auto decoded = journal::decode(record.value, "");
        if (!std::holds_alternative<journal::Commit>(decoded))
            return broken("the stored commit at " + record.position.text() + " cannot be decoded");
        judged.push_back({&record, {journal::Verdict::admitted, {}, {}, std::move(decoded)}});
    }
    return judged;
}

}  // namespace

Past::Past(sql::Store& scratch, std::size_t batch)
    : scratch_(scratch), batch_(batch), states_(states_max) {}

sql::Result<bool> Past::reach(sql::Session& live, const journal::Moment& moment, const Told& told) {
    const Offsets all(moment.commits);
    for (std::size_t from = 0; from < all.size(); from += batch_) {
        const auto offsets = all.subspan(from, std::min(batch_, all.size() - from));
        const auto records = records_at(live, moment.position.partition, offsets);
        if (!records.ok()) return Fail{records.error()};
        const auto done = project(moment, *records);
        if (!done.ok()) return Fail{done.error()};
        if (!told(std::ssize(*records))) return false;
    }
    return true;
}

sql::Status Past::project(const journal::Moment& moment, const std::vector<Record>& records) {
    return scratch_.transact(
        replayable, [&](sql::Session& session) { return write(session, moment, records); });
}

sql::Status Past::open_book(sql::Session& session, const domain::WorkspaceId& workspace) {
    if (books_.contains(workspace)) return domain::Done{};
    auto book = load_books(session, std::array{workspace});
    if (!book.ok()) return Fail{book.error()};
    books_ = std::move(book).value();
    return domain::Done{};
}

sql::Status Past::write(sql::Session& session, const journal::Moment& moment,
                        const std::vector<Record>& records) {
    auto judged = facts_of(records);
    if (!judged.ok()) return Fail{judged.error()};
    RowChanges changes;
    add_admission_rows(*judged, changes);
    std::vector<DecodedCommit> decoded;
    decoded.reserve(judged->size());
    for (auto& one : *judged) {
        auto commit = decode_events(one.record->position,
                                    std::move(std::get<journal::Commit>(one.judgement.decoded)));
        if (!commit.ok()) return broken(commit.error());
        decoded.push_back(std::move(commit).value());
    }
    auto folded = fold(session, states_, decoded);
    if (!folded.ok()) return Fail{folded.error()};
    if (auto opened = open_book(session, moment.workspace); !opened.ok()) return opened;
    auto& folder = folders_[moment.workspace];
    if (budget_usage::tallies_of(folder) > tallies_max) folder = {};
    const auto done = project_commits(session, changes, {folded->commits, {books_, folders_}});
    for (auto& [key, latest] : folded->latest) states_.put(key, std::move(latest));
    return status_of(done);
}

}  // namespace outlay::workers
