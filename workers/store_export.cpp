// Commits in the order of their places, page by page.
#include "workers/store_export.hpp"

#include "journal/gates.hpp"
#include "journal/history.hpp"
#include "views/cells.hpp"
#include "workers/cells.hpp"

namespace outlay::workers {

namespace {

using domain::Done;
using domain::Fail;
using journal::Checkpoint;
using journal::Position;

constexpr std::int64_t page_rows = 1'000;

class StoreExport {
public:
    StoreExport(sql::Session& session, const ExportOptions& options, platform::LineSink& sink,
                const ReadTold& told)
        : session_(session), options_(options), writer_(sink), told_(told) {}

    domain::Result<Exported, ExportError> run();

private:
    domain::Status<ExportError> add_partition(const Checkpoint& checkpoint);
    sql::Result<sql::Rows> page(const Position& from);
    domain::Status<ExportError> add(const Checkpoint& checkpoint, const sql::Rows& rows,
                                    std::size_t row);

    sql::Session& session_;
    const ExportOptions& options_;
    journal::ArchiveWriter writer_;
    const ReadTold& told_;
    Exported found_;
};

ExportError store_error(const sql::Error& error) {
    return {"the store: " + error.detail};
}

sql::Result<sql::Rows> StoreExport::page(const Position& from) {
    std::vector<sql::Value> parameters{cell(from.partition), cell(from.offset)};
    std::string only;
    if (options_.workspace) {
        parameters.push_back(cell(*options_.workspace));
        only = " AND workspace = $3";
    }
    return session_.query(
        "SELECT log_offset, appended_at, record FROM read.commits WHERE log_partition = $1"
        " AND log_offset >= $2" +
            only + " ORDER BY log_offset LIMIT " + std::to_string(page_rows),
        parameters);
}

// What was imported before keeps its first place and its own bytes.
domain::Status<ExportError> StoreExport::add(const Checkpoint& checkpoint, const sql::Rows& rows,
                                             std::size_t row) {
    const Position position{checkpoint.partition, rows.integer(row, 0)};
    const auto& bytes = rows.text(row, 2);
    const auto decoded = journal::decode(bytes, checkpoint.journal);
    const auto write = [&](const auto& record) -> domain::Status<ExportError> {
        const journal::Origin here{checkpoint.journal, position, views::instant_in(rows, row, 1)};
        const auto added = record.origin
                               ? writer_.add({*record.origin, std::string(record.imported_value)})
                               : writer_.add({here, bytes});
        if (!added.ok()) return Fail{ExportError{added.error()}};
        return Done{};
    };
    if (const auto* commit = std::get_if<journal::Commit>(&decoded)) return write(*commit);
    if (const auto* close = std::get_if<journal::Close>(&decoded)) return write(*close);
    return Fail{ExportError{position.text() + ": the store's copy of this record is damaged"}};
}

domain::Status<ExportError> StoreExport::add_partition(const Checkpoint& checkpoint) {
    Position from{checkpoint.partition, 0};
    for (;;) {
        const auto rows = page(from);
        if (!rows.ok()) return Fail{store_error(rows.error())};
        for (std::size_t row = 0; row < rows->size(); ++row) {
            if (const auto added = add(checkpoint, *rows, row); !added.ok()) return added;
        }
        const auto count = static_cast<std::int64_t>(rows->size());
        found_.records += count;
        if (!told_(count)) return Fail{ExportError{"ended on request", true}};
        if (count < page_rows) return Done{};
        from.offset = rows->integer(rows->size() - 1, 0) + 1;
    }
}

domain::Result<Exported, ExportError> StoreExport::run() {
    const auto checkpoints = journal::checkpoints(session_);
    if (!checkpoints.ok()) return Fail{store_error(checkpoints.error())};
    if (checkpoints->empty() || checkpoints->front().journal.empty())
        return Fail{ExportError{"the store is empty: nothing was projected"}};
    const auto gates = journal::gates(session_);
    if (!gates.ok()) return Fail{store_error(gates.error())};
    const auto partitions = static_cast<std::int32_t>(checkpoints->size());
    const auto begun = writer_.begin({checkpoints->front().journal, partitions, options_.workspace,
                                      /*is_sealed=*/false, options_.now});
    if (!begun.ok()) return Fail{ExportError{begun.error()}};
    journal::ArchiveEnd end;
    for (const auto& checkpoint : *checkpoints) {
        found_.looked_at += checkpoint.next;
        if (const auto added = add_partition(checkpoint); !added.ok()) return Fail{added.error()};
        end.ends.push_back({checkpoint.partition, checkpoint.next});
        const auto known = gates->find(checkpoint.partition);
        if (known == gates->end() || options_.workspace) continue;
        const auto& sealed = known->second.sealed;
        end.sealed.insert(end.sealed.end(), sealed.begin(), sealed.end());
    }
    auto sum = writer_.finish(std::move(end));
    if (!sum.ok()) return Fail{ExportError{sum.error()}};
    found_.sum = std::move(sum).value();
    return found_;
}

}  // namespace

domain::Result<Exported, ExportError> export_store(sql::Store& store, const ExportOptions& options,
                                                   platform::LineSink& sink, const ReadTold& told) {
    std::optional<domain::Result<Exported, ExportError>> outcome;
    const auto read = store.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        outcome.emplace(StoreExport(session, options, sink, told).run());
        return Done{};
    });
    if (!read.ok()) return Fail{store_error(read.error())};
    return std::move(*outcome);
}

}  // namespace outlay::workers
