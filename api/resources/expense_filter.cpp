// The filters as tables: what may be asked, and what it means in SQL.
#include "api/resources/expense_filter.hpp"

#include <array>
#include <charconv>
#include <functional>

namespace outlay::api {

namespace {

constexpr std::array sorts{
    ExpenseSort{"spent_on", "e.spent_on", 4, false},
    ExpenseSort{"amount", "e.amount_minor", 2, true},
    ExpenseSort{"created_at", "e.created_at", 11, false},
};
constexpr std::array<std::string_view, 3> sort_names{"spent_on", "amount", "created_at"};
constexpr std::array<std::string_view, 3> states{"recorded", "voided", "any"};

struct Comparison {
    std::string_view suffix;
    std::string_view sign;
};
constexpr std::array comparisons{
    Comparison{"", " = "},       Comparison{"[gte]", " >= "}, Comparison{"[gt]", " > "},
    Comparison{"[lte]", " <= "}, Comparison{"[lt]", " < "},
};

void filter_dates(QueryReader& query, Conditions& where) {
    filter_days(query, where, "spent_on", "e.spent_on");
    filter_instants(query, where, "created_at", "e.created_at");
}

// Expenses with a refund that counts on such a day.
void filter_refunds(QueryReader& query, Conditions& where) {
    std::string days;
    for (const auto& comparison : comparisons) {
        if (const auto day = query.date("refund_counts_on" + std::string(comparison.suffix)))
            days += " AND r.counts_on" + std::string(comparison.sign) + where.bind(day->text());
    }
    if (days.empty()) return;
    where.add("e.id IN (SELECT r.expense FROM read.refunds r WHERE r.workspace = $1" + days + ")");
}

void filter_amounts(QueryReader& query, Conditions& where) {
    for (const auto& comparison : comparisons) {
        const auto name = "amount" + std::string(comparison.suffix);
        if (const auto amount = query.integer(name, {0, domain::amount_minor_max})) {
            where.add("e.amount_minor" + std::string(comparison.sign) + where.bind(*amount));
        }
    }
    if (const auto code = query.text("currency")) {
        const auto currency = domain::Currency::parse(*code);
        if (!currency)
            query.reject("currency", "malformed", "Expected a currency code such as EUR.");
        else
            where.add("e.currency = " + where.bind(*code));
    }
}

// The named categories with everything below them; "none" stands for expenses without a category.
void filter_categories(QueryReader& query, Conditions& where) {
    std::vector<domain::CategoryId> ids;
    bool none = false;
    for (const auto& name : query.list("category")) {
        const auto id = domain::CategoryId::parse(name);
        none = none || name == "none";
        if (id)
            ids.push_back(*id);
        else if (name != "none")
            query.reject("category", "malformed", "Expected category ids or none.");
    }
    std::string condition = none ? "e.category IS NULL" : "";
    if (!ids.empty()) condition += (none ? " OR " : "") + in_categories(where, ids, "e.category");
    if (!condition.empty()) where.add("(" + condition + ")");
}

void filter_texts(QueryReader& query, Conditions& where) {
    if (const auto merchant = query.text("merchant"))
        where.add("e.merchant = " + where.bind(*merchant));
    if (const auto tag = query.text("tag")) {
        where.add(
            "EXISTS (SELECT 1 FROM read.expense_tags t WHERE t.workspace = e.workspace AND t.tag "
            "= " +
            where.bind(*tag) + " AND t.expense = e.id)");
    }
    const auto members = query.ids<domain::MemberKind>("member");
    if (!members.empty()) where.add("e.member IN (" + bind_ids(where, members) + ")");
    const auto state = query.one_of("state", states).value_or("recorded");
    // A word of the list above, written out: the index of voided expenses serves no parameter.
    if (state != "any") where.add("e.state = '" + std::string(state) + "'");
}

void read_sort(QueryReader& query, ExpenseQuery& wanted) {
    const auto fields = query.sort(sort_names);
    if (fields.size() > 1)
        query.reject("sort", "too_many", "Sort by one field; ties are broken by id.");
    wanted.sort = sorts.data();
    if (fields.empty()) return;
    wanted.is_descending = fields.front().is_descending;
    for (const auto& sort : sorts) {
        if (sort.name == fields.front().name) wanted.sort = &sort;
    }
}

void bind_texts(Conditions& where, const std::vector<std::string>& texts, std::string_view before,
                std::string_view after) {
    if (texts.empty()) return;
    where.add(std::string(before) + where.bind_all(texts, std::identity{}) + std::string(after));
}

sql::Value sort_value(const ExpenseSort& sort, const std::string& text) {
    if (!sort.is_number) return text;
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

void filter_instants(QueryReader& query, Conditions& where, const std::string& name,
                     const std::string& column) {
    for (const auto& comparison : comparisons) {
        if (const auto at = query.instant(name + std::string(comparison.suffix))) {
            where.add(column + std::string(comparison.sign) + where.bind(stored_instant(*at)));
        }
    }
}

void filter_days(QueryReader& query, Conditions& where, const std::string& name,
                 const std::string& column) {
    for (const auto& comparison : comparisons) {
        if (const auto day = query.date(name + std::string(comparison.suffix)))
            where.add(column + std::string(comparison.sign) + where.bind(day->text()));
    }
}

void add_scope(Conditions& where, const domain::budget::Scope& scope) {
    if (!scope.categories.empty()) where.add(in_categories(where, scope.categories, "e.category"));
    if (!scope.members.empty()) where.add("e.member IN (" + bind_ids(where, scope.members) + ")");
    bind_texts(where, scope.merchants, "e.merchant IN (", ")");
    bind_texts(where, scope.tags,
               "EXISTS (SELECT 1 FROM read.expense_tags t WHERE t.workspace = e.workspace AND "
               "t.expense = e.id"
               " AND t.tag IN (",
               "))");
}

std::string in_categories(Conditions& where, const std::vector<domain::CategoryId>& ids,
                          std::string_view column) {
    return std::string(column) +
           " IN (WITH RECURSIVE below(id) AS ("
           "SELECT c.id FROM read.categories c WHERE c.workspace = $1 AND c.id IN (" +
           bind_ids(where, ids) +
           ") UNION SELECT c.id FROM read.categories c JOIN below b ON c.parent = b.id"
           " WHERE c.workspace = $1) SELECT id FROM below)";
}

std::string ExpenseQuery::order() const {
    const std::string direction = is_descending ? " DESC" : " ASC";
    return " ORDER BY " + std::string(sort->column) + direction + ", e.id" + direction;
}

void ExpenseQuery::start_after(const std::vector<std::string>& row) {
    if (row.size() != 2) return;
    const auto value = conditions.bind(sort_value(*sort, row[0]));
    const auto id = conditions.bind(row[1]);
    conditions.add("(" + std::string(sort->column) + ", e.id) " + (is_descending ? "<" : ">") +
                   " (" + value + ", " + id + ")");
}

ExpenseQuery read_expense_query(const domain::WorkspaceId& workspace, QueryReader& query) {
    ExpenseQuery wanted;
    wanted.conditions.add("e.workspace = " + wanted.conditions.bind(workspace.value.text()));
    filter_dates(query, wanted.conditions);
    filter_refunds(query, wanted.conditions);
    filter_amounts(query, wanted.conditions);
    filter_categories(query, wanted.conditions);
    filter_texts(query, wanted.conditions);
    read_sort(query, wanted);
    return wanted;
}

}  // namespace outlay::api
