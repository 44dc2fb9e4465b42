// GET .../expenses/export: all expenses that a filter names, from one snapshot whose position the
// header states. A pool thread reads chunk after chunk inside one transaction and hands the pieces
// to the connection.
#include <array>
#include <atomic>
#include <future>

#include "api/http/media.hpp"
#include "api/resources/call.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/export_format.hpp"
#include "api/resources/handover.hpp"

namespace outlay::api {

namespace {

using platform::Task;

constexpr std::int64_t chunk_rows = 2000;
// An export holds a pool thread and a snapshot while its client reads: more would starve other
// requests.
constexpr int exports_max = 2;
std::atomic<int> exports_running{0};

struct ExportRun {
    ExportRun(Call c, ExpenseQuery q, ExportFormat f)
        : call(std::move(c)), wanted(std::move(q)), format(f) {}
    Call call;
    ExpenseQuery wanted;
    ExportFormat format;
    std::string token;  // set before the first piece
    Handover pieces;
    std::optional<Response> end;  // what run_query answered, at the end
};
using ExportPtr = std::shared_ptr<ExportRun>;  // shared by the pool thread and the connection

// Lets the pool thread go when the response is dropped, whether or not its body was ever sent.
struct Taker {
    explicit Taker(ExportPtr r) : run(std::move(r)) {}
    Taker(const Taker&) = delete;
    Taker& operator=(const Taker&) = delete;
    ~Taker() { run->pieces.abandon(); }
    ExportPtr run;
};

sql::Result<CategoryPaths> category_paths(QueryContext& context) {
    const std::array<sql::Value, 1> parameters{context.workspace.value.text()};
    const auto rows = context.session.query(
        "WITH RECURSIVE paths(id, path) AS ("
        "SELECT c.id, c.name FROM read.categories c WHERE c.workspace = $1 AND c.parent IS NULL"
        " UNION ALL SELECT c.id, p.path || ' / ' || c.name FROM read.categories c JOIN paths p ON "
        "c.parent = p.id"
        " WHERE c.workspace = $1) SELECT id, path FROM paths",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    CategoryPaths paths;
    for (std::size_t row = 0; row < rows->size(); ++row)
        paths[{rows->uuid(row, 0)}] = rows->text(row, 1);
    return paths;
}

sql::Status state_position(ExportRun& run, QueryContext& context) {
    const auto partition =
        journal::partition_of(context.workspace, run.call.node.submit.log.partition_count());
    const auto all = journal::checkpoints(context.session);
    if (!all.ok()) return domain::Fail{all.error()};
    for (const auto& checkpoint : *all) {
        if (checkpoint.partition == partition && checkpoint.next > 0) {
            run.token = position_token(run.call.node, {partition, checkpoint.next - 1});
        }
    }
    return domain::Done{};
}

// One chunk; empty at the end. `after` moves on.
sql::Result<sql::Rows> read_chunk(const ExportRun& run, QueryContext& context,
                                  std::vector<std::string>& after) {
    auto wanted = run.wanted;
    wanted.start_after(after);
    auto rows = context.session.query("SELECT " + std::string(expense_columns) +
                                          " FROM read.expenses e" + wanted.conditions.text() +
                                          wanted.order() + " LIMIT " + std::to_string(chunk_rows),
                                      wanted.conditions.parameters());
    if (rows.ok() && !rows->empty()) {
        const auto last = rows->size() - 1;
        const auto column = wanted.sort->view_column;
        after = {wanted.sort->is_number ? std::to_string(rows->integer(last, column))
                                        : rows->text(last, column),
                 rows->text(last, 0)};
    }
    return rows;
}

std::string lines_of(const sql::Rows& rows, ExportFormat format, const CategoryPaths& paths) {
    std::string lines;
    for (std::size_t row = 0; row < rows.size(); ++row)
        lines += export_line(format, expense_row(rows, row), paths);
    return lines;
}

// A chunk is written down while the store finds the next one.
sql::Result<Response> produce(ExportRun& run, QueryContext& context) {
    const auto paths = category_paths(context);
    if (!paths.ok()) return domain::Fail{paths.error()};
    const auto positioned = state_position(run, context);
    if (!positioned.ok()) return domain::Fail{positioned.error()};
    std::vector<std::string> after;
    std::future<std::string> lines;
    // The first piece says that the header may go out, even if nothing follows.
    bool goes_on = run.pieces.put(export_head(run.format));
    while (goes_on) {
        auto rows = read_chunk(run, context, after);
        if (lines.valid()) goes_on = run.pieces.put(lines.get());
        if (!rows.ok()) return domain::Fail{rows.error()};
        if (rows->empty()) break;
        lines = std::async(std::launch::async, [&, found = std::move(rows).value()] {
            return lines_of(found, run.format, *paths);
        });
    }
    return json_response(200, {});
}

void start_reading(const ExportPtr& run) {
    const QueryBody body = [run](QueryContext& context) { return produce(*run, context); };
    platform::start(run_query(run->call, body), [run](Response end) {
        --exports_running;
        run->end = std::move(end);
        run->pieces.end();
    });
}

Task<bool> send(ExportPtr run, std::string head, BodySink& sink) {
    std::optional<std::string> piece = std::move(head);
    while (piece) {
        if (!piece->empty()) {
            auto writing = sink.write(std::move(*piece));
            const bool peer_reads = co_await writing;
            if (!peer_reads) co_return false;
        }
        auto taking = run->pieces.take(*run->call.request.executor);
        piece = co_await taking;
    }
    co_return run->end && run->end->status == 200;
}

std::optional<ExportFormat> format_of(const Call& call, QueryReader& query) {
    constexpr std::array<std::string_view, 2> names{"ndjson", "csv"};
    if (const auto name = query.one_of("format", names)) {
        return *name == "csv" ? ExportFormat::csv : ExportFormat::ndjson;
    }
    constexpr std::array<std::string_view, 2> types{"application/x-ndjson", "text/csv"};
    const auto liked = negotiated(call.request.head.headers, types);
    if (!liked) return std::nullopt;
    return *liked == "text/csv" ? ExportFormat::csv : ExportFormat::ndjson;
}

Response header_of(const ExportPtr& run, std::string head) {
    Response response;
    response.content_type = export_media_type(run->format);
    response.headers.add("Content-Disposition", run->format == ExportFormat::csv
                                                    ? "attachment; filename=\"expenses.csv\""
                                                    : "attachment; filename=\"expenses.ndjson\"");
    if (!run->token.empty()) response.headers.add("Consistency-Token", run->token);
    response.producer = [taker = std::make_shared<Taker>(run), head = std::move(head)](
                            BodySink& sink) { return send(taker->run, head, sink); };
    return response;
}

Task<Response> export_expenses(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) co_return not_found(call);
    QueryReader query(call.request.head.query);
    auto wanted = read_expense_query(*workspace, query);
    const auto format = format_of(call, query);
    if (const auto wrong = query.problem()) co_return problem(call, *wrong);
    if (!format)
        co_return problem(call, make_problem("not_acceptable", "There is NDJSON and CSV."));
    if (++exports_running > exports_max) {
        --exports_running;
        co_return problem(call,
                          make_problem("overloaded", "Other exports are running; try again soon."));
    }
    auto run = std::make_shared<ExportRun>(
        Call{call.node, std::move(call.request), call.who, call.path}, std::move(wanted), *format);
    start_reading(run);
    auto taking = run->pieces.take(*run->call.request.executor);
    auto head = co_await taking;
    if (!head) co_return std::move(*run->end);  // refused before it began
    co_return header_of(run, std::move(*head));
}

constexpr std::array routes{
    Route{Method::get,
          "/v1/workspaces/{ws}/expenses/export",
          "exportExpenses",
          export_expenses,
          BodyMode::none,
          {},
          0,
          "application/x-ndjson,text/csv"}
        .taking(expense_filters, "sort,format"),
};

}  // namespace

std::span<const Route> export_routes() {
    return routes;
}

}  // namespace outlay::api
