// Store export: the facts that a store keeps by their bytes, written as an archive. The way out
// when a journal is lost, or older than what was projected from it. Blocks; confined to one thread.
#pragma once

#include "platform/sql.hpp"
#include "workers/export.hpp"

namespace outlay::workers {

// Of the active generation, up to where it was projected: one snapshot. Changes nothing; whether
// the journal goes on elsewhere is for the operator to know, so nothing is sealed.
domain::Result<Exported, ExportError> export_store(sql::Store& store, const ExportOptions& options,
                                                   platform::LineSink& sink, const ReadTold& told);

}  // namespace outlay::workers
