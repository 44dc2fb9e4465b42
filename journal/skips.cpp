// Reads on to the end of the partition.
#include "journal/skips.hpp"

namespace outlay::journal {

bool is_skippable(HaltCause cause) {
    return cause == HaltCause::version || cause == HaltCause::head;
}

std::optional<Position> find_skip(Journal& log, const Record& halting, std::string_view journal,
                                  std::int64_t& looked_at) {
    const auto& [partition, offset] = halting.position;
    const auto wanted = record_hash(halting.value);
    for (;;) {
        const auto batch = log.read(partition, looked_at, {.wait = std::chrono::milliseconds{0}});
        if (!batch.ok() || batch->empty()) return std::nullopt;
        for (const auto& record : *batch) {
            const auto decoded = decode(record.value, journal);
            const auto* skip = std::get_if<Skip>(&decoded);
            if (skip && skip->offset == offset && skip->record_hash == wanted)
                return record.position;
        }
        looked_at = batch->back().position.offset + 1;
    }
}

}  // namespace outlay::journal
