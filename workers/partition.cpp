// Tail checks, bisection of batches that fail, and halts.
#include "workers/partition.hpp"

#include <utility>

#include "journal/skips.hpp"
#include "platform/log.hpp"
#include "platform/metric_families.hpp"
#include "workers/cells.hpp"

namespace outlay::workers {

namespace {

using journal::HaltCause;
using journal::Record;
using platform::LogLevel;

constexpr int tries_max = 2;  // of a batch that the store refuses, before it is taken apart

bool is_deterministic(sql::ErrorKind kind) {
    switch (kind) {
        case sql::ErrorKind::conflict:
        case sql::ErrorKind::failed:
            return true;
        case sql::ErrorKind::unavailable:
        case sql::ErrorKind::unknown:
        case sql::ErrorKind::busy:
            return false;
    }
    CHECK(false, "an error kind outside its enumeration");
    return false;
}

}  // namespace

Partition::Partition(sql::Store& store, journal::Journal& log, Lane lane)
    : log_(log), lane_(lane), writer_(store, std::move(lane)) {}

Partition::Start Partition::start() {
    accepted_ = {};
    tail_unproven_ = true;
    auto end = log_.end(lane_.partition);
    if (!end.ok()) return not_now("journal end unknown", end.error().detail);
    const auto stood = writer_.stand(*end);
    if (!stood.ok()) return not_now("checkpoint unreadable", stood.error().detail);
    if (writer_.standing().checkpoint.mode != lane_.mode) return {std::nullopt, Progress::waiting};
    // The checkpoint may be newer than the first look at the log; only a second look can accuse it.
    if (*end < next()) end = log_.end(lane_.partition);
    if (!end.ok()) return not_now("journal end unknown", end.error().detail);
    if (*end < next()) {
        const auto text = "the log ends at " + std::to_string(*end) + ", projected is up to " +
                          std::to_string(next());
        return {std::nullopt, halt(HaltCause::lost_tail, text)};
    }
    tail_unproven_ = next() > 0;
    waits_for_ = {};
    return {tail_unproven_ ? next() - 1 : 0, Progress::nothing};
}

// It is tried several times a second, and told once.
Partition::Start Partition::not_now(std::string_view what, const std::string& detail) {
    if (std::exchange(waits_for_, what) != what) {
        platform::log(LogLevel::warning, what,
                      {{"partition", std::int64_t{lane_.partition}}, {"detail", detail}});
    }
    return {std::nullopt, Progress::waiting};
}

Partition::Progress Partition::consume(std::vector<Record> records) {
    const auto verdict = accept(std::move(records));
    return verdict ? *verdict : project_accepted();
}

std::optional<Partition::Progress> Partition::accept(std::vector<Record> records) {
    records_ = std::move(records);
    accepted_ = records_;
    return check_tail(accepted_);
}

bool Partition::project_together(std::span<Partition* const> partitions) {
    std::vector<GenerationWriter::Share> shares;
    for (auto* const partition : partitions) {
        if (partition->is_halted() || partition->accepted_.empty() || partition->is_new())
            return false;
        shares.push_back({partition->writer_, partition->accepted_});
    }
    return GenerationWriter::write_together(shares);
}

Partition::Progress Partition::project_accepted() {
    const auto rest = std::exchange(accepted_, {});
    if (rest.empty()) return Progress::nothing;
    if (!is_halted() || rest.size() == 1) return project(rest);
    // Most likely the first record stops the partition again: try it alone.
    const auto first = project(rest.first(1));
    return first == Progress::advanced ? project(rest.subspan(1)) : first;
}

std::optional<Partition::Progress> Partition::check_tail(std::span<const Record>& records) {
    const auto expected = tail_unproven_ ? next() - 1 : next();
    while (!records.empty() && records.front().position.offset < expected)
        records = records.subspan(1);
    if (records.empty()) return Progress::nothing;
    const bool may_have_gaps = lane_.workspace && !tail_unproven_;
    if (records.front().position.offset > expected && !may_have_gaps) {
        if (!std::exchange(gap_seen_, true)) return Progress::reread;
        return halt(HaltCause::lost_tail, "the log has nothing between " +
                                              std::to_string(expected) + " and " +
                                              std::to_string(records.front().position.offset));
    }
    gap_seen_ = false;
    if (!tail_unproven_) return std::nullopt;
    const auto& checkpoint = writer_.standing().checkpoint;
    if (journal::record_hash(records.front().value) != checkpoint.last_hash) {
        return halt(HaltCause::lost_tail,
                    "record " + std::to_string(expected) + " is not the one that was projected");
    }
    tail_unproven_ = false;
    records = records.subspan(1);
    const bool clears = checkpoint.halt == HaltCause::lost_tail;
    if (clears) {
        const auto cleared = writer_.clear_halt();
        if (!cleared.ok()) return Progress::waiting;
        if (!*cleared) return Progress::reread;
    }
    if (!records.empty()) return std::nullopt;
    return clears ? Progress::advanced : Progress::nothing;
}

Partition::Progress Partition::project(std::span<const Record> records) {
    using End = GenerationWriter::End;
    for (int tries = 1;; ++tries) {
        const auto outcome = writer_.write(records);
        switch (outcome.end) {
            case End::committed:
                return Progress::advanced;
            case End::superseded:
                return Progress::reread;
            case End::halted:
                return stop_at(records, outcome);
            case End::failed:
                break;
        }
        const auto& error = outcome.error;
        note_failure(records, error);
        if (error.kind == sql::ErrorKind::unknown) return Progress::reread;
        if (!is_deterministic(error.kind)) return Progress::waiting;
        if (tries == tries_max) return project_halves(records, error.detail);
    }
}

// A halted partition tries again and again; its halt was told once.
void Partition::note_failure(std::span<const Record> records, const sql::Error& error) const {
    if (is_halted()) return;
    platform::log(LogLevel::warning, "batch not projected",
                  {{"partition", std::int64_t{lane_.partition}},
                   {"offset", records.front().position.offset},
                   {"records", static_cast<std::int64_t>(records.size())},
                   {"detail", error.detail}});
}

// Commits the good prefix of a batch that fails as a whole; the record that fails alone stops the
// partition.
Partition::Progress Partition::project_halves(std::span<const Record> records,
                                              const std::string& problem) {
    if (records.size() == 1) {
        return halt(HaltCause::projection,
                    "record " + std::to_string(records.front().position.offset) + ": " + problem);
    }
    const auto half = records.size() / 2;
    const auto first = project(records.first(half));
    return first == Progress::advanced ? project(records.subspan(half)) : first;
}

Partition::Progress Partition::stop_at(std::span<const Record> records,
                                       const GenerationWriter::Outcome& outcome) {
    if (outcome.halt_index > 0) {
        const auto prefix = project(records.first(outcome.halt_index));
        return prefix == Progress::advanced ? project(records.subspan(outcome.halt_index)) : prefix;
    }
    const auto& record = records.front();
    if (journal::is_skippable(outcome.halt_cause)) {
        if (auto hash = find_skip(record)) {
            writer_.learn_skip(record.position.offset, std::move(*hash));
            return project(records);
        }
    }
    return halt(outcome.halt_cause,
                "record " + std::to_string(record.position.offset) + ": " + outcome.halt_detail);
}

Partition::Progress Partition::halt(HaltCause cause, const std::string& detail) {
    const auto is_new = writer_.halt(cause, detail);
    if (!is_new.ok()) return Progress::waiting;
    if (*is_new) {
        if (lane_.is_measured)
            metrics::counter(metrics::halts, {journal::halt_cause_name(cause)}).add();
        platform::log(LogLevel::error, "partition halted",
                      {{"partition", std::int64_t{lane_.partition}},
                       {"cause", journal::halt_cause_name(cause)},
                       {"detail", detail},
                       {"remedy", journal::halt_remedy(cause)}});
    }
    return is_halted() ? Progress::halted : Progress::reread;
}

// Looks further on in the log for an operator's skip that names the halting record. What was looked
// at once is not looked at again while this halt lasts.
std::optional<std::string> Partition::find_skip(const Record& halting) {
    if (std::exchange(skip_wanted_for_, halting.position.offset) != halting.position.offset) {
        skips_scanned_ = halting.position.offset + 1;
    }
    const auto& journal = writer_.standing().checkpoint.journal;
    if (!journal::find_skip(log_, halting, journal, skips_scanned_)) return std::nullopt;
    return journal::record_hash(halting.value);
}

Partition::Progress Partition::fail(const journal::JournalError& error) {
    switch (error.kind) {
        case journal::JournalErrorKind::unavailable:
        case journal::JournalErrorKind::lost_tail:
            // The log's end tells at the next start whether its tail is lost.
            return Progress::waiting;
        case journal::JournalErrorKind::corrupt:
            return halt(HaltCause::unreadable, error.detail);
    }
    CHECK(false, "a journal error outside its enumeration");
    return Progress::waiting;
}

}  // namespace outlay::workers
