// Walking the partitions, and sealing them.
#include "workers/export.hpp"

#include "journal/appender.hpp"

namespace outlay::workers {

namespace {

using domain::Done;
using domain::Fail;
using journal::Walk;

constexpr std::int64_t told_every = 1'000;  // records

ExportError error_of(const journal::WalkError& error) {
    return {error.position.text() + ": " + error.detail};
}

// The commit or close that counts now; empty: none does.
std::optional<journal::ArchiveEntry> entry_of(const Walk::Step& step, const std::string& journal,
                                              domain::WorkspaceId& workspace) {
    const auto made = [&](const auto& record) {
        workspace = record.workspace;
        if (record.origin)
            return journal::ArchiveEntry{*record.origin, std::string(record.imported_value)};
        return journal::ArchiveEntry{{journal, step.record.position, step.record.appended_at},
                                     step.record.value};
    };
    const auto& decoded = step.judgement.decoded;
    if (step.judgement.verdict == journal::Verdict::admitted)
        return made(std::get<journal::Commit>(decoded));
    if (step.judgement.verdict == journal::Verdict::closed_now)
        return made(std::get<journal::Close>(decoded));
    return std::nullopt;
}

}  // namespace

Export::Export(journal::Journal& log, ExportOptions options, ReadTold told)
    : log_(log), options_(options), told_(std::move(told)) {}

std::vector<std::int32_t> Export::partitions() const {
    if (options_.workspace)
        return {journal::partition_of(*options_.workspace, log_.partition_count())};
    std::vector<std::int32_t> all;
    for (std::int32_t partition = 0; partition < log_.partition_count(); ++partition)
        all.push_back(partition);
    return all;
}

// Nothing that is exported can follow.
bool Export::is_over(const Walk& walk) const {
    const auto& gates = walk.gates();
    return options_.workspace ? gates.is_sealed_for(*options_.workspace) : gates.is_sealed;
}

domain::Result<std::string, ExportError> Export::identity() {
    Walk first(log_, 0);
    const auto step = first.next(1);
    if (!step.ok()) return Fail{error_of(step.error())};
    return first.journal();
}

domain::Status<ExportError> Export::walk_partition(Walk& walk, std::int64_t end,
                                                   const Entries& take, Exported& found) {
    std::int64_t untold = 0;
    while (!is_over(walk)) {
        const auto step = walk.next(end);
        if (!step.ok()) return Fail{error_of(step.error())};
        if (!*step) break;
        ++found.looked_at;
        if (++untold == told_every && !told_(std::exchange(untold, 0)))
            return Fail{ExportError{"ended on request", true}};
        domain::WorkspaceId workspace;
        const auto entry = entry_of(**step, walk.journal(), workspace);
        if (!entry || (options_.workspace && workspace != *options_.workspace)) continue;
        ++found.records;
        if (const auto taken = take(*entry); !taken.ok()) return Fail{ExportError{taken.error()}};
    }
    told_(untold);
    if (walk.gates().is_importing)
        return Fail{ExportError{"partition " + std::to_string(walk.position().partition) +
                                " is being imported; finish `outlay journal import` first"}};
    return Done{};
}

domain::Result<Exported, ExportError> Export::walk(const Entries& take, journal::ArchiveEnd& end) {
    Exported found;
    found.is_sealed = true;
    for (const auto partition : partitions()) {
        const auto log_end = log_.end(partition);
        if (!log_end.ok()) return Fail{ExportError{"the journal: " + log_end.error().detail}};
        if (*log_end == 0)
            return Fail{ExportError{"partition " + std::to_string(partition) +
                                    " is empty: there is no journal"}};
        Walk walk(log_, partition);
        if (const auto walked = walk_partition(walk, *log_end, take, found); !walked.ok())
            return Fail{walked.error()};
        end.ends.push_back(walk.position());
        found.is_sealed = found.is_sealed && is_over(walk);
        if (options_.workspace) continue;
        const auto& sealed = walk.gates().sealed;
        end.sealed.insert(end.sealed.end(), sealed.begin(), sealed.end());
    }
    return found;
}

domain::Result<Exported, ExportError> Export::look() {
    journal::ArchiveEnd end;
    return walk([](const journal::ArchiveEntry&) { return Done{}; }, end);
}

domain::Status<ExportError> Export::seal() {
    const auto own = identity();
    if (!own.ok()) return Fail{own.error()};
    journal::Appender appender(log_);
    for (const auto partition : partitions()) {
        const auto end = log_.end(partition);
        if (!end.ok()) return Fail{ExportError{"the journal: " + end.error().detail}};
        Walk walk(log_, partition);
        Exported ignored;
        const auto walked = walk_partition(
            walk, *end, [](const journal::ArchiveEntry&) { return Done{}; }, ignored);
        if (!walked.ok()) return walked;
        if (is_over(walk)) continue;
        const auto key = options_.workspace ? options_.workspace->text() : std::string("seal");
        const auto appended =
            appender.append(partition, key, journal::encode_seal(*own, options_.workspace));
        if (!appended.ok()) return Fail{ExportError{appended.error()}};
    }
    const auto drained = appender.drain();
    if (!drained.ok()) return Fail{ExportError{"not sealed: " + drained.error()}};
    return Done{};
}

domain::Result<Exported, ExportError> Export::write(platform::LineSink& sink) {
    const auto own = identity();
    if (!own.ok()) return Fail{own.error()};
    journal::ArchiveWriter writer(sink);
    const auto begun = writer.begin(
        {*own, log_.partition_count(), options_.workspace, options_.seals, options_.now});
    if (!begun.ok()) return Fail{ExportError{begun.error()}};
    journal::ArchiveEnd end;
    auto found = walk([&](const journal::ArchiveEntry& entry) { return writer.add(entry); }, end);
    if (!found.ok()) return found;
    if (options_.seals && !found->is_sealed)
        return Fail{ExportError{"the seals did not arrive; run it again", true}};
    auto sum = writer.finish(std::move(end));
    if (!sum.ok()) return Fail{ExportError{sum.error()}};
    found->sum = std::move(sum).value();
    return found;
}

}  // namespace outlay::workers
