// The walk beside the rows of admission, page by page.
#include "workers/journal_proof.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "journal/history.hpp"
#include "workers/cells.hpp"

namespace outlay::workers {

namespace {

using domain::Done;
using domain::Fail;
using journal::Verdict;
using journal::Walk;

constexpr std::int64_t page_records = 2'000;

// What admission wrote about records of one partition, and how far it had come.
class Projected {
public:
    Projected(sql::Store& store, std::int32_t partition) : store_(store), partition_(partition) {}

    sql::Status open() {
        return store_.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
            const auto all = journal::checkpoints(session);
            if (!all.ok()) return Fail{all.error()};
            for (const auto& checkpoint : *all) {
                if (checkpoint.partition == partition_) checkpoint_ = checkpoint;
            }
            return Done{};
        });
    }
    const journal::Checkpoint& checkpoint() const { return checkpoint_; }

    // What is wrong with the record; "" for nothing. Below the checkpoint, in order.
    sql::Result<std::string> objection(const Walk::Step& step) {
        const auto offset = step.record.position.offset;
        if (offset >= page_end_) {
            if (auto filled = fill(offset); !filled.ok()) return Fail{filled.error()};
        }
        const auto verdict = step.judgement.verdict;
        const bool is_final = verdict == Verdict::admitted || verdict == Verdict::closed_now;
        const auto final = finals_.find(offset);
        const auto rejected = rejections_.find(offset);
        if (is_final && final == finals_.end())
            return std::string("it was not there when the log was projected");
        if (is_final && final->second != bytes_of(step))
            return std::string("another record was projected from this position");
        if (!is_final && final != finals_.end())
            return "a fact was projected from this position, now it is " +
                   std::string(journal::verdict_name(verdict));
        const bool is_rejection = !is_final && verdict != Verdict::control;
        if (is_rejection &&
            (rejected == rejections_.end() || rejected->second != journal::verdict_name(verdict)))
            return "it was judged otherwise when the log was projected, now it is " +
                   std::string(journal::verdict_name(verdict));
        if (!is_rejection && rejected != rejections_.end())
            return "it was rejected as " + rejected->second + " when the log was projected";
        return std::string();
    }

private:
    static std::string bytes_of(const Walk::Step& step) {
        const auto& decoded = step.judgement.decoded;
        if (const auto* commit = std::get_if<journal::Commit>(&decoded); commit && commit->origin)
            return std::string(commit->imported_value);
        if (const auto* close = std::get_if<journal::Close>(&decoded); close && close->origin)
            return std::string(close->imported_value);
        return step.record.value;
    }

    sql::Status fill(std::int64_t from) {
        page_end_ = from + page_records;
        finals_.clear();
        rejections_.clear();
        const std::array parameters{cell(partition_), cell(from), cell(page_end_)};
        return store_.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
            const auto finals = session.query(
                "SELECT log_offset, record FROM read.commits WHERE log_partition = $1"
                " AND log_offset >= $2 AND log_offset < $3",
                parameters);
            if (!finals.ok()) return Fail{finals.error()};
            for (std::size_t row = 0; row < finals->size(); ++row)
                finals_.emplace(finals->integer(row, 0), finals->text(row, 1));
            const auto rejected = session.query(
                "SELECT log_offset, verdict FROM read.rejections WHERE log_partition = $1"
                " AND log_offset >= $2 AND log_offset < $3",
                parameters);
            if (!rejected.ok()) return Fail{rejected.error()};
            for (std::size_t row = 0; row < rejected->size(); ++row)
                rejections_.emplace(rejected->integer(row, 0), rejected->text(row, 1));
            return Done{};
        });
    }

    sql::Store& store_;
    std::int32_t partition_;
    journal::Checkpoint checkpoint_;
    std::int64_t page_end_ = 0;
    std::map<std::int64_t, std::string> finals_;
    std::map<std::int64_t, std::string> rejections_;
};

// Of a record that nobody projected: no node of Outlay ever writes such a one.
std::string objection(const Walk::Step& step) {
    if (step.judgement.verdict == Verdict::malformed) return "malformed: " + step.judgement.detail;
    return {};
}

// One walk, with a store or without.
class Proof {
public:
    Proof(journal::Journal& log, std::int32_t partition, Projected* projected)
        : walk_(log, partition), projected_(projected) {
        found_.partition = partition;
    }

    domain::Status<ProofError> run(std::int64_t end, const ReadTold& told) {
        constexpr std::int64_t told_every = 1'000;
        std::int64_t untold = 0;
        while (!found_.bad) {
            const auto step = walk_.next(end);
            if (!step.ok() && step.error().is_away)
                return Fail{ProofError{step.error().position.text() + ": " + step.error().detail}};
            if (!step.ok()) {
                found_.bad = BadPosition{step.error().position, step.error().detail};
                break;
            }
            if (!*step) break;
            if (auto done = look_at(**step); !done.ok()) return done;
            if (++untold == told_every && !told(std::exchange(untold, 0)))
                return Fail{ProofError{"ended on request"}};
        }
        told(untold);
        found_.journal = walk_.journal();
        if (!found_.bad) compare_chain(end);
        return Done{};
    }
    ProvenPartition&& found() { return std::move(found_); }

private:
    domain::Status<ProofError> look_at(const Walk::Step& step) {
        std::string wrong;
        const auto& position = step.record.position;
        if (projected_ && position.offset < projected_->checkpoint().next) {
            chain_ = journal::chain(chain_, step.record);
            auto differs = projected_->objection(step);
            if (!differs.ok()) return Fail{ProofError{"the store: " + differs.error().detail}};
            wrong = std::move(differs).value();
            ++found_.compared;
        } else {
            wrong = objection(step);
        }
        if (wrong.empty())
            ++found_.records;
        else
            found_.bad = BadPosition{position, std::move(wrong)};
        return Done{};
    }
    // Key, time and bytes of every record, also of those of which no rows are kept.
    void compare_chain(std::int64_t end) {
        if (!projected_ || projected_->checkpoint().next == 0) return;
        const auto& checkpoint = projected_->checkpoint();
        if (end < checkpoint.next) {
            found_.bad = BadPosition{
                {found_.partition, end},
                "the log ends here, but was projected up to " + std::to_string(checkpoint.next)};
        } else if (chain_ != checkpoint.chain_hash) {
            found_.bad = BadPosition{{found_.partition, checkpoint.next - 1},
                                     "the running hash up to here is not the one of the log that "
                                     "was projected: a record "
                                     "that had no effect, a key or a time was changed"};
        }
    }

    Walk walk_;
    Projected* projected_;
    std::string chain_;
    ProvenPartition found_;
};

}  // namespace

domain::Result<ProvenPartition, ProofError> prove_partition(journal::Journal& log,
                                                            std::int32_t partition,
                                                            sql::Store* store,
                                                            const ReadTold& told) {
    std::optional<Projected> projected;
    if (store != nullptr) {
        projected.emplace(*store, partition);
        if (const auto opened = projected->open(); !opened.ok())
            return Fail{ProofError{"the store: " + opened.error().detail}};
    }
    const auto end = log.end(partition);
    if (!end.ok()) return Fail{ProofError{"the journal: " + end.error().detail}};
    Proof proof(log, partition, projected ? &*projected : nullptr);
    if (const auto done = proof.run(*end, told); !done.ok()) return Fail{done.error()};
    return proof.found();
}

}  // namespace outlay::workers
