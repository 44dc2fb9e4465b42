// The one rendering of an alert.
#include "views/alert.hpp"

#include "views/cells.hpp"

namespace outlay::views {

namespace {

std::optional<AlertEnd> end_in(const sql::Rows& rows, std::size_t row) {
    if (rows.is_null(row, 18)) return std::nullopt;
    return AlertEnd{instant_text(rows.text(row, 18)),
                    rows.text(row, 29),
                    optional_id<domain::ExpenseId>(rows, row, 30),
                    rows.integer(row, 31),
                    {static_cast<std::int32_t>(rows.integer(row, 32)), rows.integer(row, 33)}};
}

void write_end(json::Writer& out, const AlertView& alert) {
    const auto& end = alert.ending;
    out.field("resolved_at", end ? std::optional(end->at) : std::nullopt).key("resolved_by");
    if (!end) {
        out.null();
        return;
    }
    out.begin_object().field("cause", end->cause).field("expense", domain::text_of(end->expense));
    write_money(out, "spent", end->spent_minor, alert.currency);
    out.field("position", end->position.text()).end_object();
}

}  // namespace

AlertView alert_row(const sql::Rows& rows, std::size_t row) {
    return {{rows.uuid(row, 0)},
            {rows.uuid(row, 1)},
            {rows.uuid(row, 2)},
            rows.text(row, 3),
            rows.text(row, 4),
            rows.optional_integer(row, 5),
            rows.optional_integer(row, 6),
            rows.text(row, 7),
            rows.integer(row, 8),
            rows.integer(row, 9),
            rows.text(row, 10),
            rows.text(row, 11),
            optional_id<domain::ExpenseId>(rows, row, 12),
            {static_cast<std::int32_t>(rows.integer(row, 13)), rows.integer(row, 14)},
            instant_text(rows.text(row, 15)),
            optional_instant(rows, row, 16),
            optional_id<domain::MemberId>(rows, row, 17),
            end_in(rows, row),
            rows.integer(row, 19),
            rows.text(row, 20),
            rows.text(row, 21),
            rows.optional_integer(row, 22),
            rows.optional_text(row, 23),
            rows.integer(row, 24) != 0,
            optional_instant(rows, row, 25),
            rows.integer(row, 26),
            optional_instant(rows, row, 27),
            optional_id<domain::MemberId>(rows, row, 28)};
}

std::string_view AlertView::severity() const {
    if (spent_minor >= limit_minor) return "critical";
    return basis == "forecast" ? "info" : "warning";
}

AlertView AlertView::as_raised() const {
    auto view = *this;
    view.state = "raised";
    view.acknowledged_at.reset();
    view.acknowledged_by.reset();
    view.snoozed_until.reset();
    view.ending.reset();
    view.changes = 0;
    view.changed_at.reset();
    return view;
}

std::string alert_body(const AlertView& alert) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("id", alert.id.text())
        .field("object", "alert")
        .field("budget", alert.budget.text())
        .field("state", alert.state);
    out.key("period")
        .begin_object()
        .field("start", alert.start)
        .field("end", alert.end)
        .end_object();
    out.key("threshold").begin_object().field("id", alert.threshold.text());
    if (alert.percent) out.field("percent", *alert.percent);
    if (alert.amount_minor) write_money(out, "amount", *alert.amount_minor, alert.currency);
    out.field("basis", alert.basis).field("per", alert.member ? "member" : "budget").end_object();
    out.field("member", domain::text_of(alert.member));
    out.field("level", alert.level)
        .field("severity", alert.severity())
        .field("crossing", alert.crossing);
    write_money(out, "spent", alert.spent_minor, alert.currency);
    write_money(out, "limit", alert.limit_minor, alert.currency);
    if (alert.projected_minor)
        write_money(out, "projected_end", *alert.projected_minor, alert.currency);
    else
        out.key("projected_end").null();
    out.field("as_of", alert.as_of).field("muted", alert.muted);
    out.field("expense", domain::text_of(alert.expense))
        .field("cause", alert.cause)
        .field("position", alert.position.text())
        .field("raised_at", alert.raised_at)
        .field("acknowledged_at", alert.acknowledged_at)
        .field("acknowledged_by", domain::text_of(alert.acknowledged_by))
        .field("snoozed_until", alert.snoozed_until);
    write_end(out, alert);
    out.field("created_at", alert.raised_at)
        .field("updated_at", alert.updated_at())
        .field("version", static_cast<std::int64_t>(alert.version()))
        .end_object();
    return body;
}

}  // namespace outlay::views
