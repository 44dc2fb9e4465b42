// Sums come from the day cells that the projection keeps, never from expense rows.
#include "api/resources/spending_report.hpp"

#include <array>
#include <map>

#include "api/resources/expense_view.hpp"
#include "api/resources/page.hpp"

namespace outlay::api {

namespace {

using Source = ReportSource;
using Dimension = ReportDimension;
using Report = SpendingReport;

constexpr std::string_view day_text = "CAST(s.spent_on AS text)";
constexpr std::array dimensions{
    Dimension{"day", day_text, Source::cells, true},
    Dimension{"week", day_text, Source::cells, true},  // cut into ISO weeks below
    Dimension{"month", "substr(CAST(s.spent_on AS text), 1, 7)", Source::cells, true},
    Dimension{"category", "s.category", Source::cells, false},
    Dimension{"member", "s.member", Source::cells, false},
    Dimension{"merchant", "s.merchant", Source::merchants, false},
    Dimension{"tag", "s.tag", Source::tags, false},
};
constexpr std::array<std::string_view, 7> dimension_names{"day",    "week",     "month", "category",
                                                          "member", "merchant", "tag"};
constexpr std::array<std::string_view, 3> source_tables{
    "read.spending s", "read.spending_merchants s", "read.spending_tags s"};

// At most one time; category and member together, or merchant or tag alone.
void check_grouping(const Report& report, QueryReader& query) {
    std::size_t times = 0;
    std::size_t cells = 0;
    std::size_t others = 0;
    for (const auto* dimension : report.grouping) {
        if (dimension->is_time)
            ++times;
        else if (dimension->source == Source::cells)
            ++cells;
        else
            ++others;
    }
    if (times > 1) query.reject("group_by", "conflict", "Group by one of day, week and month.");
    if (others > 1 || (others == 1 && cells > 0)) {
        query.reject("group_by", "conflict", "merchant and tag each stand alone beside a time.");
    }
}

// ISO 8601: weeks begin on Monday and belong to the year of their Thursday.
std::string iso_week(const domain::Date& day) {
    using namespace std::chrono;
    const auto weekday_index = weekday{day.days()}.iso_encoding() - 1;  // Monday 0
    const auto thursday = day.days() + days{3} - days{weekday_index};
    const auto year_of_week = year_month_day{thursday}.year();
    const auto first = sys_days{year_of_week / January / 1};
    const auto week = (thursday - first).count() / 7 + 1;
    const auto number = std::to_string(week);
    return std::to_string(int{year_of_week}) + "-W" + (number.size() < 2 ? "0" : "") + number;
}

struct Cell {
    std::int64_t amount = 0;
    std::int64_t count = 0;
};
// Group values in the order of the grouping, then the currency.
using Cells = std::map<std::vector<std::string>, Cell>;

// A refund lowers a sum and is no expense: where nothing but refunds counts, the sum is below 0.
std::string statement_of(const Report& report, const domain::WorkspaceId& workspace,
                         Conditions& where) {
    where.add("s.workspace = " + where.bind(workspace.value.text()));
    if (report.from) where.add("s.spent_on >= " + where.bind(report.from->text()));
    if (report.to) where.add("s.spent_on <= " + where.bind(report.to->text()));
    std::string columns;
    for (const auto* dimension : report.grouping) columns += std::string(dimension->column) + ", ";
    columns += "s.currency";
    const std::string source(source_tables[static_cast<std::size_t>(report.source)]);
    return "SELECT " + columns +
           ", CAST(sum(s.amount_minor) AS bigint), CAST(sum(s.expense_count) AS bigint) FROM " +
           source + where.text() + " GROUP BY " + columns +
           " HAVING sum(s.expense_count) > 0 OR sum(s.amount_minor) <> 0";
}

// Rows of days become cells of weeks; all else is summed by the store already.
Cells fold(const Report& report, const sql::Rows& rows) {
    Cells cells;
    const auto width = report.grouping.size();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        std::vector<std::string> key;
        for (std::size_t column = 0; column < width; ++column) {
            const auto& text = rows.text(row, column);
            const bool is_week = report.grouping[column]->name == "week";
            const auto day = is_week ? domain::Date::parse(text) : std::nullopt;
            key.push_back(day ? iso_week(*day) : text);
        }
        key.push_back(rows.text(row, width));
        auto& cell = cells[std::move(key)];
        cell.amount += rows.integer(row, width + 1);
        cell.count += rows.integer(row, width + 2);
    }
    return cells;
}

template <typename AnyId>
void write_id(json::Writer& out, const std::string& uuid_text) {
    const auto uuid = domain::Uuid::parse(uuid_text);
    if (!uuid || uuid->is_nil())
        out.null();
    else
        out.string(AnyId{*uuid}.text());
}

void write_group(json::Writer& out, const Dimension& dimension, const std::string& value) {
    out.key(dimension.name);
    if (dimension.name == "category") return write_id<domain::CategoryId>(out, value);
    if (dimension.name == "member") return write_id<domain::MemberId>(out, value);
    if (value.empty())
        out.null();  // no merchant, no tag
    else
        out.string(value);
}

std::string item_of(const Report& report, const std::vector<std::string>& key, const Cell& cell) {
    std::string item;
    json::Writer out(item);
    out.begin_object();
    for (std::size_t i = 0; i < report.grouping.size(); ++i)
        write_group(out, *report.grouping[i], key[i]);
    write_money(out, "amount", cell.amount, key.back());
    out.field("count", cell.count).end_object();
    return item;
}

}  // namespace

SpendingReport read_spending_report(QueryReader& query) {
    SpendingReport report;
    for (const auto& name : query.list_of("group_by", dimension_names)) {
        for (const auto& dimension : dimensions) {
            if (dimension.name != name) continue;
            report.grouping.push_back(&dimension);
            if (dimension.source != Source::cells) report.source = dimension.source;
        }
    }
    check_grouping(report, query);
    report.from = query.date("from");
    report.to = query.date("to");
    if (report.from && report.to && *report.to < *report.from) {
        query.reject("to", "conflict", "The range ends before it begins.");
    }
    return report;
}

sql::Result<ListItems> spending_items(const QueryContext& context, const SpendingReport& report) {
    Conditions where;
    const auto statement = statement_of(report, context.workspace, where);
    const auto rows = context.session.query(statement, where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    const auto cells = fold(report, *rows);
    if (cells.size() > unpaged_rows_max) {
        return ListItems(domain::Fail{make_problem(
            "limit_reached",
            "The report has more than 10,000 rows; narrow the range or the grouping.")});
    }
    std::vector<std::string> items;
    for (const auto& [key, cell] : cells) items.push_back(item_of(report, key, cell));
    return ListItems(std::move(items));
}

}  // namespace outlay::api
