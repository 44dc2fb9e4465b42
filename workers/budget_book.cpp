// Budget books: folded from the event history, never from projected rows.
#include "workers/budget_book.hpp"

#include <array>

#include "journal/history.hpp"
#include "workers/cells.hpp"
#include "workers/projections/budgets.hpp"

namespace outlay::workers {

namespace {

constexpr sql::Table budgets_by_workspace{"read.budgets", budgets::columns, 1};

// The names of everything that the books hold.
sql::Result<std::vector<journal::AggregateKey>> names(
    sql::Session& session, std::span<const domain::WorkspaceId> workspaces) {
    std::vector<journal::AggregateKey> keys;
    std::vector<sql::Value> cells;
    for (const auto& workspace : workspaces) {
        keys.push_back({workspace, std::string(domain::categories_name)});
        cells.push_back(cell(workspace));
    }
    constexpr std::array<std::string_view, 2> wanted{"workspace", "id"};
    const auto rows = session.find(budgets_by_workspace, wanted, cells);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        keys.push_back({{rows->uuid(row, 0)}, domain::BudgetId{rows->uuid(row, 1)}.text()});
    }
    return keys;
}

}  // namespace

const domain::budget::Budget& BudgetBook::budget(const domain::BudgetId& id) const {
    return std::get<domain::budget::Budget>(*budgets.at(id));
}

const domain::categories::Tree& BudgetBook::categories() const {
    return std::get<domain::categories::Tree>(*tree);
}

void BudgetBook::apply(const Fact& fact) {
    if (std::holds_alternative<domain::categories::Tree>(*fact.after)) {
        tree = fact.after;
    } else if (const auto id = domain::BudgetId::parse(fact.aggregate)) {
        budgets.insert_or_assign(*id, fact.after);
    }
}

sql::Result<BudgetBooks> load_books(sql::Session& session,
                                    std::span<const domain::WorkspaceId> workspaces) {
    BudgetBooks books;
    if (workspaces.empty()) return books;
    const auto keys = names(session, workspaces);
    if (!keys.ok()) return domain::Fail{keys.error()};
    auto states = journal::load_all(session, *keys);
    if (!states.ok()) return domain::Fail{states.error()};
    for (auto& [key, versioned] : *states) {
        auto state = std::make_shared<const domain::State>(std::move(versioned.state));
        auto& book = books[key.workspace];
        if (const auto id = domain::BudgetId::parse(key.aggregate)) {
            book.budgets.emplace(*id, std::move(state));
        } else {
            book.tree = std::move(state);
        }
    }
    return books;
}

}  // namespace outlay::workers
