// Read models of two workspaces with a random history, on every store, and hands that forge rows of
// them.
#pragma once

#include "platform/memory/journal.hpp"
#include "tests/contract/store_subject.hpp"
#include "tests/property/projector_random_history.hpp"
#include "tests/unit/projector_doubles.hpp"
#include "workers/projection.hpp"
#include "workers/projector.hpp"
#include "workers/row_changes.hpp"
#include "workers/row_pages.hpp"
#include "workers/verify.hpp"

namespace outlay::tests {

// Another value of the same type, which no projection would write there.
inline sql::Value forged(const sql::Column& column, const sql::Value& was) {
    constexpr std::int64_t far_away = 1'000'000;
    const auto* const number = std::get_if<std::int64_t>(&was);
    switch (column.type) {
        case sql::Type::integer:
            return (number == nullptr ? 0 : *number) + far_away;
        case sql::Type::boolean:
            return std::int64_t{number == nullptr || *number == 0 ? 1 : 0};
        case sql::Type::text:
            return std::string("ABC");
        case sql::Type::uuid:
            return std::string("01890a5d-0000-7000-8000-000000000001");
        case sql::Type::date:
            return std::string("2001-01-01");
        case sql::Type::timestamp:
            return std::string("2001-01-01T00:00:00Z");
        case sql::Type::bytes:
            return std::string("{}");
    }
    CHECK(false, "a type outside its enumeration");
    return sql::Null{};
}

// Beside the key nothing is as it was; but a workspace stays itself.
inline workers::Row changed(const sql::Table& table, workers::Row row) {
    for (std::size_t at = table.key_columns; at < row.size(); ++at) {
        if (table.columns[at].name != "workspace") row[at] = forged(table.columns[at], row[at]);
    }
    return row;
}

// A row that nothing made; nor is any of it what `changed` makes, so that both may stand.
inline workers::Row with_another_key(const sql::Table& table, workers::Row row) {
    const auto last = table.key_columns - 1;
    row[last] = forged(table.columns[last], row[last]);
    return changed(table, changed(table, std::move(row)));
}

class LivedInStore : public testing::TestWithParam<StoreKind> {
protected:
    void SetUp() override {
        subject_ = GetParam().make();
        ASSERT_NE(subject_, nullptr) << "OUTLAY_TEST_POSTGRES names no server";
        store_ = subject_->open({});
        const bool is_sqlite = std::string_view(GetParam().name) == "sqlite";
        ASSERT_DONE(workers::migrate(
            *store_, is_sqlite ? migrations::sqlite() : migrations::postgres(), clock_));
        history_ = std::make_unique<RandomHistory>(random_, author_);
        projector_ = std::make_unique<workers::Projector>(
            workers::ProjectorParts{log_, everybody_, *store_, clock_, {}},
            workers::ProjectorOptions{
                .limits = {.records_max = 64, .wait = std::chrono::milliseconds{0}}});
        project();
        history_->live(300);
        project();
        for (const auto& line : rows_of(*store_, "SELECT workspace FROM read.workspaces"))
            homes_.push_back({*domain::Uuid::parse(line)});
        ASSERT_EQ(homes_.size(), 2U);
        for (int more = 0; more < 100 && !has_rows_everywhere(homes_[0]); ++more) {
            history_->live(50);
            project();
        }
        ASSERT_TRUE(has_rows_everywhere(homes_[0]));
    }
    // In every table but that of gates, of which a workspace has one only when it moved away.
    bool has_rows_everywhere(const domain::WorkspaceId& home) {
        for (const auto* table : workers::generation_tables()) {
            if (table->name != "read.gates" && rows_in(*table, home).empty()) return false;
        }
        return true;
    }
    void project() {
        for (int quiet = 0; quiet < 18;) {
            if (projector_->step()) continue;
            clock_.advance(std::chrono::milliseconds{500});
            ++quiet;
        }
    }
    workers::Page rows_in(const sql::Table& table, const domain::WorkspaceId& home) {
        workers::Page found;
        const auto done = store_->transact(
            {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
                std::optional<workers::Row> last;
                auto page = workers::next_page(session, table, last, scope(home));
                if (!page.ok()) return domain::Fail{page.error()};
                found = std::move(page).value();
                return domain::Done{};
            });
        EXPECT_DONE(done);
        return found;
    }
    workers::RowScope scope(const domain::WorkspaceId& home) const {
        return {home, journal::partition_of(home, 2)};
    }
    // Changes one row, deletes one and makes one up; answers how many it could.
    std::int64_t forge(const sql::Table& table, const domain::WorkspaceId& home) {
        const auto rows = rows_in(table, home);
        if (rows.empty()) return 0;
        const auto& first = rows.begin()->second;
        workers::RowChanges changes;
        std::int64_t forgeries = 0;
        if (table.columns[table.key_columns - 1].name != "workspace") {
            changes.append(table, with_another_key(table, first));
            ++forgeries;
        }
        if (changed(table, first) != first) {
            changes.put(table, changed(table, first));
            ++forgeries;
        }
        if (rows.size() > 1) {
            changes.remove(table, std::prev(rows.end())->first);
            ++forgeries;
        }
        EXPECT_DONE(
            store_->transact({sql::Access::project, std::nullopt},
                             [&](sql::Session& session) { return changes.flush(session); }));
        return forgeries;
    }
    void expect_identical() {
        SqliteProjectorStore scratch;
        const auto found =
            workers::verify(*store_, scratch.store(), log_, [](std::int64_t) { return true; });
        ASSERT_TRUE(found.ok()) << found.error();
        EXPECT_FALSE(found->difference) << found->difference->table << " " << found->difference->key
                                        << " " << found->difference->detail;
    }
    std::string one(const std::string& statement) {
        const auto rows = rows_of(*store_, statement);
        return rows.empty() ? "" : rows.front();
    }

    property::RandomInput random_;
    ManualClock clock_;
    memory::MemoryJournal log_{2, clock_};
    EveryPartition everybody_{log_};
    Author author_{log_, clock_};
    std::unique_ptr<RandomHistory> history_;
    std::unique_ptr<StoreSubject> subject_;
    std::unique_ptr<sql::Store> store_;
    std::unique_ptr<workers::Projector> projector_;
    std::vector<domain::WorkspaceId> homes_;
};

}  // namespace outlay::tests
