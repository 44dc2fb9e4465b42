// One batch in one transaction.
#include "workers/generation_writer.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>

#include "journal/record_filter.hpp"
#include "workers/batch_meter.hpp"
#include "workers/cells.hpp"
#include "workers/commit_projection.hpp"

namespace outlay::workers {

namespace {

using journal::Checkpoint;
using journal::HaltCause;
using journal::Record;

// What stays in memory per partition between batches.
constexpr std::size_t states_max = 4096;
constexpr std::size_t books_max = 1024;
constexpr std::size_t tallies_max = 32'768;  // of cells and members: some 10 MB

const sql::TransactionOptions as_projector{sql::Access::project, std::nullopt};
const sql::TransactionOptions replayable{
    .access = sql::Access::project, .workspace = {}, .is_replayable = true};

// Ends an attempt without writing; what happened stands in the outcome.
sql::Status give_up() {
    return domain::Fail{sql::Error{sql::ErrorKind::failed, "given up"}};
}

}  // namespace

struct GenerationWriter::Work {
    GenerationWriter& writer;
    std::span<const Record> given;
    Checkpoint next;            // behind them
    std::vector<Record> own{};  // what concerns the lane's workspace, where it has one
    std::span<const Record> records = given;  // that are judged and projected
    Outcome outcome{};
    journal::Gates gates{};  // behind the records
    std::vector<DecodedCommit> decoded{};
    LatestStates latest{};
    std::vector<domain::WorkspaceId> with_books{};

    sql::Status stop_at(std::size_t index, HaltCause cause, std::string detail) {
        const auto at =
            std::ranges::lower_bound(given, records[index].position.offset, {},
                                     [](const Record& record) { return record.position.offset; });
        outcome.end = End::halted;
        outcome.halt_index = static_cast<std::size_t>(at - given.begin());
        outcome.halt_cause = cause;
        outcome.halt_detail = std::move(detail);
        return give_up();
    }
    sql::Status take(std::vector<Judged> judged, RowChanges& changes);
};

struct GenerationWriter::Batch {
    std::vector<Work> works{};
    std::vector<AdmittedCommit> commits{};  // of all of them
    BudgetBooks books{};                    // of their workspaces
    budget_usage::Folders folders{};        // what is known of the cells of their budgets
    RowChanges changes{};
    BatchMeter meter{};
};

GenerationWriter::GenerationWriter(sql::Store& store, Lane lane)
    : store_(store),
      lane_(std::move(lane)),
      states_(states_max),
      books_(books_max),
      folders_(tallies_max) {}

void GenerationWriter::forget() {
    states_.clear();
    books_.clear();
    folders_.clear();
    changes_.forget();
    if (admission_) admission_->forget();
}

sql::Status GenerationWriter::stand(std::int64_t log_end) {
    forget();
    admission_.reset();
    return store_.transact(as_projector, [&](sql::Session& session) -> sql::Status {
        auto found = read_or_make_checkpoint(session, lane_, log_end);
        if (!found.ok()) return domain::Fail{found.error()};
        auto gates = journal::gates(session);
        if (!gates.ok()) return domain::Fail{gates.error()};
        standing_ = {session.generation(), std::move(found).value()};
        gates_ = std::move((*gates)[lane_.partition]);
        return domain::Done{};
    });
}

void GenerationWriter::learn_skip(std::int64_t offset, std::string record_hash) {
    skips_.emplace_back(offset, record_hash);
    if (admission_) admission_->learn_skip(offset, std::move(record_hash));
}

GenerationWriter::Work GenerationWriter::work_on(std::span<const Record> records) {
    CHECK(!records.empty(), "a batch without records");
    const auto first = records.front().position.offset;
    const auto expected = standing_.checkpoint.next;
    CHECK(lane_.workspace ? first >= expected : first == expected,
          "a batch follows the checkpoint");
    Work work{*this, records, checkpoint_after(standing_.checkpoint, records)};
    if (!lane_.workspace) return work;
    std::ranges::copy_if(records, std::back_inserter(work.own), [this](const Record& record) {
        return journal::concerns(record, *lane_.workspace);
    });
    work.records = work.own;
    return work;
}

GenerationWriter::Outcome GenerationWriter::write(std::span<const Record> records) {
    Batch batch;
    batch.works.push_back(work_on(records));
    run(store_, batch);
    return batch.works.front().outcome;
}

bool GenerationWriter::write_together(std::span<const Share> shares) {
    Batch batch;
    for (const auto& share : shares) batch.works.push_back(share.writer.work_on(share.records));
    return run(shares.front().writer.store_, batch);
}

bool GenerationWriter::run(sql::Store& store, Batch& batch) {
    const auto done =
        store.transact(replayable, [&](sql::Session& session) { return attempt(session, batch); });
    for (auto& work : batch.works) {
        if (done.ok()) {
            work.writer.keep(work, batch);
            continue;
        }
        work.writer.forget();
        if (work.outcome.end != End::committed) continue;
        work.outcome.end = End::failed;
        work.outcome.error = done.error();
    }
    if (batch.works.front().writer.lane_.is_measured) measure(batch, done);
    return done.ok();
}

void GenerationWriter::measure(const Batch& batch, const sql::Status& done) {
    if (done.ok()) return batch.meter.committed();
    for (const auto& work : batch.works) {
        switch (work.outcome.end) {
            case End::committed:
            case End::halted:  // counted where it is kept
                break;
            case End::superseded:
                return batch.meter.failed("superseded");
            case End::failed:
                return batch.meter.failed(work.outcome.error.kind);
        }
    }
}

sql::Status GenerationWriter::attempt(sql::Session& session, Batch& batch) {
    for (auto& work : batch.works) {
        if (!work.next.journal.empty()) continue;
        if (auto wrong = work.writer.adopt_genesis(session, work.given.front(), work.next)) {
            work.records = work.given;
            return work.stop_at(0, HaltCause::genesis, std::move(*wrong));
        }
    }
    if (auto claimed = claim(session, batch); !claimed.ok()) return claimed;
    if (auto judged = judge(session, batch); !judged.ok()) return judged;
    return project(session, batch);
}

// The compare-and-set of the checkpoints, before anything else is looked at.
sql::Status GenerationWriter::claim(sql::Session& session, Batch& batch) {
    std::vector<Wish> wishes;
    for (auto& work : batch.works) wishes.push_back({work.writer, work.next});
    auto stands = move_to(session, wishes);
    for (const auto& work : batch.works) {
        if (stands.ok() && *stands) stands = work.writer.may_stand_at(session, work.next);
    }
    if (!stands.ok()) return domain::Fail{stands.error()};
    if (*stands) return domain::Done{};
    for (auto& work : batch.works) work.outcome.end = End::superseded;
    return give_up();
}

sql::Result<bool> GenerationWriter::move_to(sql::Session& session, std::span<const Wish> wishes) {
    std::vector<Move> moves;
    for (const auto& [writer, wished] : wishes) {
        if (session.generation() != writer.standing_.generation) return false;
        moves.push_back({writer.standing_.checkpoint, wished});
    }
    return move_checkpoints(session, wishes.front().writer.lane_.mode, moves);
}

sql::Result<bool> GenerationWriter::may_stand_at(sql::Session& session,
                                                 const Checkpoint& wished) const {
    if (lane_.mode == "active") return true;
    return is_within_active(session, lane_.partition, wished.next);
}

// The identity comes from the first record; every partition of a journal has the same one.
std::optional<std::string> GenerationWriter::adopt_genesis(sql::Session& session,
                                                           const Record& first,
                                                           Checkpoint& next) const {
    const auto decoded = journal::decode(first.value, "");
    const auto* genesis = std::get_if<journal::Genesis>(&decoded);
    if (genesis == nullptr) return "the first record is no genesis";
    if (genesis->partition_count != lane_.partition_count) {
        return "the journal was made with " + std::to_string(genesis->partition_count) +
               " partitions, but has " + std::to_string(lane_.partition_count);
    }
    const auto others = journal::checkpoints(session);
    if (!others.ok()) return std::nullopt;  // the session's error ends the transaction
    for (const auto& other : *others) {
        if (!other.journal.empty() && other.journal != genesis->journal) {
            return "partition " + std::to_string(other.partition) + " belongs to journal " +
                   other.journal;
        }
    }
    next.journal = genesis->journal;
    return std::nullopt;
}

journal::Admission& GenerationWriter::open_admission(const std::string& journal) {
    if (!admission_) {
        admission_.emplace(journal, lane_.partition, lane_.partition_count);
        for (const auto& [offset, hash] : skips_) admission_->learn_skip(offset, hash);
    }
    return *admission_;
}

sql::Status GenerationWriter::judge(sql::Session& session, Batch& batch) {
    std::vector<Docket> dockets;
    for (auto& work : batch.works) {
        auto& admission = work.writer.open_admission(work.next.journal);
        admission.learn_gates(work.writer.gates_);
        dockets.push_back({admission, work.records, {}});
    }
    auto done = judge_all(session, dockets);
    for (auto& docket : dockets) docket.admission.forget();
    for (std::size_t at = 0; at < batch.works.size() && done.ok(); ++at) {
        batch.works[at].gates = dockets[at].admission.gates();
        batch.meter.took(batch.works[at].records);
        batch.meter.judged(dockets[at].judged);
        done = batch.works[at].take(std::move(dockets[at].judged), batch.changes);
    }
    return done;
}

sql::Status GenerationWriter::Work::take(std::vector<Judged> judged, RowChanges& changes) {
    if (judged.empty()) return domain::Done{};
    auto& last = judged.back().judgement;
    if (last.halt) return stop_at(judged.size() - 1, *last.halt, std::move(last.detail));
    add_admission_rows(judged, changes);
    for (std::size_t at = 0; at < judged.size(); ++at) {
        auto& judgement = judged[at].judgement;
        if (judgement.verdict != journal::Verdict::admitted) continue;
        auto event = decode_events(judged[at].record->position,
                                   std::move(std::get<journal::Commit>(judgement.decoded)));
        if (!event.ok()) return stop_at(at, HaltCause::event_type, event.error());
        decoded.push_back(std::move(event).value());
    }
    return domain::Done{};
}

sql::Status GenerationWriter::fold_commits(sql::Session& session, Work& work, Batch& batch) {
    auto folded = fold(session, states_, work.decoded);
    if (!folded.ok()) return domain::Fail{folded.error()};
    auto books = books_of(session, *folded);
    if (!books.ok()) return domain::Fail{books.error()};
    for (const auto& [workspace, book] : *books) {
        work.with_books.push_back(workspace);
        if (auto known = folders_.take(workspace))
            batch.folders.emplace(workspace, *std::move(known));
    }
    batch.books.merge(*books);
    work.latest = std::move(folded->latest);
    std::ranges::move(folded->commits, std::back_inserter(batch.commits));
    return domain::Done{};
}

sql::Status GenerationWriter::project(sql::Session& session, Batch& batch) {
    for (auto& work : batch.works) {
        if (auto folded = work.writer.fold_commits(session, work, batch); !folded.ok())
            return folded;
    }
    std::optional<effects::Marks> effects_from;
    if (batch.works.front().writer.lane_.mode == "active" && !batch.books.empty()) {
        auto marks = effects::marks_of(session);
        if (!marks.ok()) return domain::Fail{marks.error()};
        effects_from = std::move(marks).value();
        const auto told = tell_changes(session, batch, *effects_from);
        if (!told.ok()) return told;
    }
    const auto told =
        project_commits(session, batch.changes,
                        {batch.commits, {batch.books, batch.folders}, std::move(effects_from)});
    if (!told.ok()) return domain::Fail{told.error()};
    batch.meter.told(*told);
    return domain::Done{};
}

// Each partition's writer knows who listens there.
sql::Status GenerationWriter::tell_changes(sql::Session& session, Batch& batch,
                                           const effects::Marks& effects_from) {
    std::map<std::int32_t, ChangeFeed*> feeds;
    for (auto& work : batch.works) {
        auto& writer = work.writer;
        auto learned = writer.changes_.learn(session, writer.lane_.partition);
        if (!learned.ok()) return learned;
        feeds.emplace(writer.lane_.partition, &writer.changes_);
    }
    for (const auto& commit : batch.commits) {
        feeds.at(commit.position.partition)
            ->observe(commit, effects::has_effects(effects_from, commit), batch.changes);
    }
    return domain::Done{};
}

// A book for every workspace in which something happened that budgets look at.
sql::Result<BudgetBooks> GenerationWriter::books_of(sql::Session& session, const Folded& folded) {
    std::set<domain::WorkspaceId> wanted;
    for (const auto& commit : folded.commits) {
        for (const auto& fact : commit.facts) {
            if (!std::holds_alternative<domain::workspace::Workspace>(*fact.after)) {
                wanted.insert(fact.workspace);
            }
        }
    }
    BudgetBooks books;
    std::vector<domain::WorkspaceId> missing;
    for (const auto& workspace : wanted) {
        const auto* known = books_.find(workspace);
        if (known == nullptr) {
            missing.push_back(workspace);
        } else {
            books.emplace(workspace, *known);
        }
    }
    auto loaded = load_books(session, missing);
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    books.merge(*loaded);
    return books;
}

// After the commit: stand behind the batch and remember what it left.
void GenerationWriter::keep(Work& work, Batch& batch) {
    standing_.checkpoint = std::move(work.next);
    gates_ = std::move(work.gates);
    for (auto& [key, latest] : work.latest) states_.put(key, std::move(latest));
    for (const auto& workspace : work.with_books)
        books_.put(workspace, std::move(batch.books.at(workspace)));
    keep_folders(work, batch);
}

void GenerationWriter::keep_folders(const Work& work, Batch& batch) {
    for (const auto& workspace : work.with_books) {
        auto& folder = batch.folders[workspace];
        const auto tallies = budget_usage::tallies_of(folder);
        folders_.put(workspace, std::move(folder), std::max<std::size_t>(tallies, 1));
    }
}

sql::Result<bool> GenerationWriter::halt(HaltCause cause, const std::string& detail) {
    auto wished = standing_.checkpoint;
    if (wished.halt == cause && wished.halt_detail == harmless(detail)) return false;
    wished.halt = cause;
    wished.halt_detail = harmless(detail);
    return put_checkpoint(std::move(wished));
}

sql::Result<bool> GenerationWriter::clear_halt() {
    auto wished = standing_.checkpoint;
    wished.halt.reset();
    wished.halt_detail.clear();
    return put_checkpoint(std::move(wished));
}

sql::Result<bool> GenerationWriter::put_checkpoint(Checkpoint wished) {
    bool is_moved = false;
    const auto done = store_.transact(as_projector, [&](sql::Session& session) -> sql::Status {
        const auto moved = move_to(session, std::array{Wish{*this, wished}});
        if (!moved.ok()) return domain::Fail{moved.error()};
        is_moved = *moved;
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    if (is_moved) standing_.checkpoint = std::move(wished);
    return is_moved;
}

}  // namespace outlay::workers
