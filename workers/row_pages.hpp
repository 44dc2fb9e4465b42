// Row pages: walks through a table of read models page by page along its key, so that a table of
// any size takes little memory. Confined to the session's thread.
#pragma once

#include <map>
#include <optional>

#include "domain/values/ids.hpp"
#include "platform/sql.hpp"
#include "workers/keyed_rows.hpp"

namespace outlay::workers {

using Page = std::map<Row, Row>;  // by key

// Which rows of a table are walked through: all, or those of one workspace in its partition.
struct RowScope {
    std::optional<domain::WorkspaceId> workspace{};
    std::int32_t partition = 0;
};

// Rows as a page; their columns are those of the table.
Page page_of(const sql::Table& table, const sql::Rows& rows);

// The rows behind `last`, in the order of their key as this store sorts it; moves `last` on. Empty
// at the end.
sql::Result<Page> next_page(sql::Session& session, const sql::Table& table,
                            std::optional<Row>& last, const RowScope& scope = {});

}  // namespace outlay::workers
