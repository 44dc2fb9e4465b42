// The tables that admission alone writes, described as data. They are part of a generation; no
// projection ever feeds them. Column order here is the order of cells in bulk writes.
#pragma once

#include <array>

#include "platform/sql.hpp"

namespace outlay::journal::tables {

using sql::Column;
using sql::Type;

// One row per command that has a final fate. kind: "commit" (admitted) or "close". fingerprint is
// null for a close.
inline constexpr std::array commits_columns{
    Column{"workspace", Type::uuid},
    Column{"command", Type::uuid},
    Column{"log_partition", Type::integer},
    Column{"log_offset", Type::integer},
    Column{"kind", Type::text},
    Column{"fingerprint", Type::text},
    Column{"appended_at", Type::timestamp},
    Column{"record", Type::bytes},
};
inline constexpr sql::Table commits{"read.commits", commits_columns, 2};

// One row per admitted event. An aggregate's head is its last row.
inline constexpr std::array events_columns{
    Column{"workspace", Type::uuid},     Column{"aggregate", Type::text},
    Column{"version", Type::integer},    Column{"log_partition", Type::integer},
    Column{"log_offset", Type::integer}, Column{"event_index", Type::integer},
    Column{"type", Type::text},          Column{"hash", Type::text},
};
inline constexpr sql::Table events{"read.events", events_columns, 3};

// One row per record that was not admitted (and is no control record).
inline constexpr std::array rejections_columns{
    Column{"log_partition", Type::integer}, Column{"log_offset", Type::integer},
    Column{"workspace", Type::uuid},        Column{"command", Type::uuid},
    Column{"verdict", Type::text},          Column{"detail", Type::text},
    Column{"appended_at", Type::timestamp},
};
inline constexpr sql::Table rejections{"read.rejections", rejections_columns, 2};

// One row per record that opened or closed a partition: kind importing (a genesis), import_end or
// seal. workspace is null unless a seal names one.
inline constexpr std::array gates_columns{
    Column{"log_partition", Type::integer},
    Column{"log_offset", Type::integer},
    Column{"kind", Type::text},
    Column{"workspace", Type::uuid},
};
inline constexpr sql::Table gates{"read.gates", gates_columns, 2};

// One row per partition. mode: shadow, active, frozen. halt_cause is null while the partition runs;
// see admission.hpp.
inline constexpr std::array checkpoints_columns{
    Column{"log_partition", Type::integer}, Column{"next_offset", Type::integer},
    Column{"last_hash", Type::text},        Column{"chain_hash", Type::text},
    Column{"journal", Type::text},          Column{"mode", Type::text},
    Column{"halt_cause", Type::text},       Column{"halt_detail", Type::text},
};
inline constexpr sql::Table checkpoints{"read.checkpoints", checkpoints_columns, 1};

}  // namespace outlay::journal::tables
