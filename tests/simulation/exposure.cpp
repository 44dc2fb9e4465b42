// Queries over the read models, as sorted lines.
#include "tests/simulation/exposure.hpp"

#include <algorithm>
#include <array>

namespace outlay::simulation {

namespace {

std::string text_of(const sql::Value& value) {
    if (std::holds_alternative<sql::Null>(value)) return "~";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return std::get<std::string>(value);
}

Lines lines_of(const sql::Rows& rows) {
    Lines lines;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        std::string line;
        for (std::size_t column = 0; column < rows.columns(); ++column)
            line += (column == 0 ? "" : "|") + text_of(rows.at(row, column));
        lines.push_back(std::move(line));
    }
    std::ranges::sort(lines);
    return lines;
}

Lines rows_of(sql::Session& session, const std::string& statement) {
    const auto rows = session.query(statement);
    CHECK(rows.ok(), "a query of the simulation is wrong");
    return lines_of(*rows);
}

// Runs `body` on one snapshot.
template <typename Body>
void look(sql::Store& store, Body body) {
    const auto done = store.transact({sql::Access::lookup, std::nullopt},
                                     [&](sql::Session& session) -> sql::Status {
                                         body(session);
                                         return domain::Done{};
                                     });
    CHECK(done.ok(), "the store cannot be read");
}

constexpr const char* effects_sql = "SELECT id, log_partition, log_offset FROM outlay.outbox";

struct Comparison {
    const char* what;
    const char* statement;
    void (Ledger::*expected)(Ledger::Lines&) const;
};
constexpr std::array comparisons{
    Comparison{"expenses",
               "SELECT id, state, amount_minor, currency, spent_on, coalesce(category, ''), member,"
               " refunded_minor FROM read.expenses",
               &Ledger::add_expenses},
    Comparison{"refunds",
               "SELECT expense, id, amount_minor, counts_on FROM read.refunds"
               " WHERE state = 'recorded'",
               &Ledger::add_refunds},
    Comparison{"spending",
               "SELECT spent_on, category, member, currency, amount_minor, expense_count"
               " FROM read.spending WHERE expense_count <> 0 OR amount_minor <> 0",
               &Ledger::add_spending},
    Comparison{"categories", "SELECT id, coalesce(parent, '') FROM read.categories",
               &Ledger::add_categories},
    Comparison{"members", "SELECT id, user_id, role FROM read.members", &Ledger::add_members},
    Comparison{"budget usage",
               "SELECT budget, period_start, spent_minor, expense_count FROM read.budget_usage"
               " WHERE expense_count <> 0 OR spent_minor <> 0",
               &Ledger::add_usage},
    Comparison{
        "alerts",
        "SELECT id, budget, threshold, member, period_start, crossing, spent_minor, limit_minor,"
        " basis, projected_minor, as_of, muted, state, snoozed_until, log_offset"
        " FROM read.alerts",
        &Ledger::add_alerts},
};

void expect_equal(const std::string& what, const Lines& shown, const Lines& expected,
                  Lines& problems) {
    const auto difference = first_difference(shown, expected);
    if (!difference.empty()) problems.push_back(what + ": " + difference);
}

void compare_admission(sql::Session& session, const Oracle& oracle, Lines& problems) {
    expect_equal("commits",
                 rows_of(session,
                         "SELECT command, log_partition, log_offset, kind, fingerprint"
                         " FROM read.commits"),
                 oracle.commits(), problems);
    expect_equal("rejections",
                 rows_of(session, "SELECT log_partition, log_offset, verdict FROM read.rejections"),
                 oracle.rejections(), problems);
    expect_equal("events",
                 rows_of(session,
                         "SELECT workspace, aggregate, version, log_partition, log_offset,"
                         " event_index, hash FROM read.events"),
                 oracle.events(), problems);
}

constexpr std::array tables{"read.commits",
                            "read.events",
                            "read.rejections",
                            "read.workspaces",
                            "read.members",
                            "read.categories",
                            "read.expenses",
                            "read.expense_tags",
                            "read.refunds",
                            "read.spending",
                            "read.budgets",
                            "read.budget_usage",
                            "read.threshold_states",
                            "read.budget_member_usage",
                            "read.alerts",
                            "read.spending_tags",
                            "read.spending_merchants"};

}  // namespace

std::vector<Exposed> exposed_in(sql::Session& session, std::int32_t partitions) {
    std::vector<Exposed> found(static_cast<std::size_t>(partitions));
    const auto rows = session.query(
        "SELECT log_partition, next_offset, chain_hash, mode, coalesce(halt_cause, '')"
        " FROM read.checkpoints");
    CHECK(rows.ok(), "the checkpoints cannot be read");
    for (std::size_t row = 0; row < rows->size(); ++row) {
        found.at(static_cast<std::size_t>(rows->integer(row, 0))) = {
            rows->integer(row, 1), rows->text(row, 2), rows->text(row, 3), rows->text(row, 4)};
    }
    return found;
}

Outbox send_all(sql::Store& store) {
    Outbox sent;
    const auto done = store.transact(
        {sql::Access::project, std::nullopt}, [&](sql::Session& session) -> sql::Status {
            sent = {rows_of(session, "SELECT * FROM outlay.outbox"), rows_of(session, effects_sql)};
            const auto removed = session.execute("DELETE FROM outlay.outbox");
            if (!removed.ok()) return domain::Fail{removed.error()};
            return domain::Done{};
        });
    CHECK(done.ok(), "the outbox cannot be emptied");
    return sent;
}

Lines compare(sql::Store& store, const Broker& broker, Oracle& oracle, const Lines& sent) {
    Lines problems;
    look(store, [&](sql::Session& session) {
        const auto shown = exposed_in(session, broker.partition_count());
        for (std::int32_t p = 0; p < broker.partition_count(); ++p) {
            const auto& one = shown[static_cast<std::size_t>(p)];
            const auto& records = broker.records(p);
            if (one.next < oracle.next(p) || one.next > static_cast<std::int64_t>(records.size())) {
                problems.push_back("partition " + std::to_string(p) + " stands at " +
                                   std::to_string(one.next));
                return;
            }
            while (oracle.next(p) < one.next)
                oracle.follow(records[static_cast<std::size_t>(oracle.next(p))]);
            if (oracle.chain(p) != one.chain) problems.emplace_back("another chain hash");
        }
        compare_admission(session, oracle, problems);
        for (const auto& one : comparisons) {
            expect_equal(one.what, rows_of(session, one.statement), oracle.collect(one.expected),
                         problems);
        }
        auto asked_for = rows_of(session, effects_sql);
        asked_for.insert(asked_for.end(), sent.begin(), sent.end());
        std::ranges::sort(asked_for);
        expect_equal("effects", asked_for, oracle.collect(&Ledger::add_outbox), problems);
    });
    return problems;
}

Lines dump(sql::Store& store, std::int64_t generation) {
    Lines lines;
    look(store, [&](sql::Session& session) {
        session.use_generation(generation);
        for (const std::string table : tables) {
            for (auto& row : rows_of(session, "SELECT * FROM " + table))
                lines.push_back(table + ": " + row);
        }
        for (auto& row : rows_of(session,
                                 "SELECT log_partition, next_offset, last_hash, chain_hash"
                                 " FROM read.checkpoints"))
            lines.push_back("checkpoint: " + row);
    });
    std::ranges::sort(lines);
    return lines;
}

Lines effects(sql::Store& store) {
    Lines lines;
    look(store,
         [&](sql::Session& session) { lines = rows_of(session, "SELECT * FROM outlay.outbox"); });
    return lines;
}

std::string first_difference(const Lines& left, const Lines& right) {
    const auto [in_left, in_right] = std::ranges::mismatch(left, right);
    if (in_left == left.end() && in_right == right.end()) return {};
    const bool only_left =
        in_right == right.end() || (in_left != left.end() && *in_left < *in_right);
    return only_left ? "only the store has " + *in_left : "the store lacks " + *in_right;
}

}  // namespace outlay::simulation
