// Checking, appending, reading back.
#include "workers/import.hpp"

#include <algorithm>

namespace outlay::workers {

namespace {

using domain::Done;
using domain::Fail;
using journal::CommandFate;
using journal::CommandKey;
using journal::Verdict;
using journal::Walk;

constexpr std::int64_t told_every = 1'000;  // records
constexpr std::string_view control_key = "import";

// What an entry is about; empty: it cannot be read.
std::optional<CommandKey> command_of(const journal::ArchiveEntry& entry) {
    const auto decoded = journal::decode(entry.record, entry.origin.journal);
    if (const auto* commit = std::get_if<journal::Commit>(&decoded))
        return CommandKey{commit->workspace, commit->command};
    if (const auto* close = std::get_if<journal::Close>(&decoded))
        return CommandKey{close->workspace, close->command};
    return std::nullopt;
}

std::string imported_value(const std::string& journal, const CommandKey& command,
                           const journal::ArchiveEntry& entry) {
    return journal::encode_imported(
        journal, {command.workspace, command.command, entry.origin, entry.record});
}

ImportError unfinished(std::string detail) {
    return {std::move(detail), true};
}

using Status = domain::Status<ImportError>;
using Take = std::function<Status(const journal::ArchiveEntry&)>;

// One pass over the archive.
Status for_each(journal::ArchiveReader& archive, const ReadTold& told, const Take& take) {
    const auto head = archive.begin();
    if (!head.ok()) return Fail{ImportError{head.error()}};
    std::int64_t untold = 0;
    for (;;) {
        const auto entry = archive.next();
        if (!entry.ok()) return Fail{ImportError{entry.error()}};
        if (!*entry) break;
        if (auto taken = take(**entry); !taken.ok()) return taken;
        if (++untold == told_every && !told(std::exchange(untold, 0)))
            return Fail{ImportError{"ended on request"}};
    }
    told(untold);
    return Done{};
}

// An archive is judged as the journal will judge it, record by record.
class Rehearsal {
public:
    explicit Rehearsal(std::int32_t partition_count) : count_(partition_count) {
        for (std::int32_t partition = 0; partition < count_; ++partition) {
            judges_.emplace_back(identity_, partition, count_);
            judges_.back().judge(
                {{partition, 0}, {}, {}, journal::encode_genesis(identity_, count_, "rehearsal")});
        }
    }
    // What is wrong with the entry; "" for nothing.
    std::string objection(const journal::ArchiveEntry& entry,
                          const std::optional<domain::WorkspaceId>& only) {
        const auto command = command_of(entry);
        if (!command) return "is neither a commit nor a close";
        if (only && command->workspace != *only) return "belongs to another workspace";
        const auto home = journal::partition_of(command->workspace, count_);
        const journal::Record record{{home, 1}, {}, {}, imported_value(identity_, *command, entry)};
        if (journal::too_large(record.key, record.value)) return "is too large for a journal";
        const auto judgement = judges_[static_cast<std::size_t>(home)].judge(record);
        if (judgement.verdict == Verdict::admitted || judgement.verdict == Verdict::closed_now)
            return {};
        return "does not follow from the ones before: " +
               std::string(journal::verdict_name(judgement.verdict)) + " " + judgement.detail;
    }

private:
    const std::string identity_ = domain::Uuid{}.text();  // as long as any other
    std::int32_t count_;
    std::vector<journal::PrefixJudge> judges_;
};

}  // namespace

domain::Result<CheckedArchive, ImportError> check_archive(journal::ArchiveReader& archive,
                                                          std::int32_t partition_count,
                                                          const ReadTold& told) {
    auto head = archive.begin();
    if (!head.ok()) return Fail{ImportError{head.error()}};
    Rehearsal rehearsal(partition_count);
    const auto checked = for_each(archive, told, [&](const journal::ArchiveEntry& entry) -> Status {
        const auto objection = rehearsal.objection(entry, head->workspace);
        if (objection.empty()) return Done{};
        return Fail{ImportError{"record " + std::to_string(archive.records()) + " of the export (" +
                                entry.origin.position.text() + ") " + objection}};
    });
    if (!checked.ok()) return Fail{checked.error()};
    return CheckedArchive{std::move(head).value(), archive.records()};
}

Import::Import(journal::Journal& log, journal::ArchiveReader& archive, std::string identity)
    : log_(log),
      archive_(archive),
      identity_(std::move(identity)),
      appender_(log),
      targets_(static_cast<std::size_t>(log.partition_count())) {}

// Judges what is in the journal now, from where it was left.
Import::Status Import::read_back(Target& target, std::int32_t partition) {
    const auto end = log_.end(partition);
    if (!end.ok()) return Fail{ImportError{"the journal: " + end.error().detail}};
    target.is_empty = *end == 0;
    if (!target.walk) target.walk = std::make_unique<Walk>(log_, partition);
    for (;;) {
        const auto step = target.walk->next(*end);
        if (!step.ok())
            return Fail{ImportError{step.error().position.text() + ": " + step.error().detail}};
        if (!*step) return Done{};
        if (std::holds_alternative<journal::ImportEnd>((*step)->judgement.decoded))
            target.is_open = true;
    }
}

Import::Status Import::look_at_journal() {
    const auto& sum = archive_.end().sum;
    for (std::int32_t partition = 0; partition < log_.partition_count(); ++partition) {
        auto& target = targets_[static_cast<std::size_t>(partition)];
        const auto end = log_.end(partition);
        if (!end.ok()) return Fail{ImportError{"the journal: " + end.error().detail}};
        target.is_empty = *end == 0;
        if (target.is_empty) continue;
        // The first record tells whose the partition is; only of our own the rest is read.
        Walk first(log_, partition);
        const auto genesis = first.next(1);
        if (!genesis.ok() || first.import_of() != sum) {
            return Fail{ImportError{
                "partition " + std::to_string(partition) +
                " is not empty: an export is imported into an empty journal, or goes on in one "
                "that an import of the same file left unfinished"}};
        }
        identity_ = first.journal();
        if (auto read = read_back(target, partition); !read.ok()) return read;
    }
    return Done{};
}

domain::Result<Imported, ImportError> Import::run(const ReadTold& told) {
    Imported done;
    done.was_finished = std::ranges::all_of(targets_, &Target::is_open);
    auto step = Status(Done{});
    if (!done.was_finished) {
        step = begin_partitions();
        if (step.ok()) step = append_missing(done, told);
    }
    if (step.ok()) step = prove(told);
    if (step.ok()) step = open_partitions();
    if (!step.ok()) return Fail{unfinished(step.error().detail)};
    done.journal = identity_;
    return done;
}

Import::Status Import::begin_partitions() {
    const auto count = log_.partition_count();
    for (std::int32_t partition = 0; partition < count; ++partition) {
        if (!targets_[static_cast<std::size_t>(partition)].is_empty) continue;
        const auto appended =
            appender_.append(partition, std::string(control_key),
                             journal::encode_genesis(identity_, count, archive_.end().sum));
        if (!appended.ok()) return Fail{ImportError{appended.error()}};
    }
    const auto drained = appender_.drain();
    if (!drained.ok()) return Fail{ImportError{drained.error()}};
    for (std::int32_t partition = 0; partition < count; ++partition) {
        auto& target = targets_[static_cast<std::size_t>(partition)];
        if (auto read = read_back(target, partition); !read.ok()) return read;
        if (target.walk->import_of() != archive_.end().sum || target.walk->journal() != identity_) {
            return Fail{ImportError{"partition " + std::to_string(partition) +
                                    " was begun by somebody else at the same time"}};
        }
    }
    return Done{};
}

Import::Status Import::append_missing(Imported& done, const ReadTold& told) {
    auto appended = for_each(archive_, told, [&](const journal::ArchiveEntry& entry) -> Status {
        const auto command = command_of(entry);
        CHECK(command.has_value(), "the archive was checked");
        const auto home = journal::partition_of(command->workspace, log_.partition_count());
        const auto& target = targets_[static_cast<std::size_t>(home)];
        if (target.walk->fate(*command) != CommandFate::open) return Done{};
        ++done.appended;
        const auto taken = appender_.append(home, command->workspace.text(),
                                            imported_value(identity_, *command, entry));
        if (!taken.ok()) return Fail{ImportError{taken.error()}};
        return Done{};
    });
    if (!appended.ok()) return appended;
    const auto drained = appender_.drain();
    if (!drained.ok()) return Fail{ImportError{drained.error()}};
    return Done{};
}

// Every record of the archive is a fact of the journal now.
Import::Status Import::prove(const ReadTold& told) {
    for (std::int32_t partition = 0; partition < log_.partition_count(); ++partition) {
        auto& target = targets_[static_cast<std::size_t>(partition)];
        if (auto read = read_back(target, partition); !read.ok()) return read;
    }
    std::int64_t missing = 0;
    const auto quietly = [&told](std::int64_t) { return told(0); };
    auto proven = for_each(archive_, quietly, [&](const journal::ArchiveEntry& entry) -> Status {
        const auto command = command_of(entry);
        CHECK(command.has_value(), "the archive was checked");
        const auto home = journal::partition_of(command->workspace, log_.partition_count());
        const auto& walk = *targets_[static_cast<std::size_t>(home)].walk;
        if (walk.fate(*command) == CommandFate::open) ++missing;
        return Done{};
    });
    if (proven.ok() && missing > 0)
        return Fail{ImportError{std::to_string(missing) + " records did not arrive"}};
    return proven;
}

// Seals by name go with the journal: those workspaces live elsewhere.
Import::Status Import::open_partitions() {
    const auto count = log_.partition_count();
    for (std::int32_t partition = 0; partition < count; ++partition) {
        auto& target = targets_[static_cast<std::size_t>(partition)];
        for (const auto& workspace : archive_.end().sealed) {
            if (journal::partition_of(workspace, count) != partition) continue;
            if (target.walk->gates().is_sealed_for(workspace)) continue;
            const auto sealed = appender_.append(partition, workspace.text(),
                                                 journal::encode_seal(identity_, workspace));
            if (!sealed.ok()) return Fail{ImportError{sealed.error()}};
        }
        if (target.is_open) continue;
        const auto opened = appender_.append(partition, std::string(control_key),
                                             journal::encode_import_end(identity_, count));
        if (!opened.ok()) return Fail{ImportError{opened.error()}};
    }
    const auto drained = appender_.drain();
    if (!drained.ok()) return Fail{ImportError{drained.error()}};
    return Done{};
}

}  // namespace outlay::workers
