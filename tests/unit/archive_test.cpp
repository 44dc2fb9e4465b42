// Promise: an archive tells what was put into it, and the first place at which it does not; what is
// moved by it to another journal, of any number of partitions, comes to the same state.
#include "journal/archive.hpp"

#include <algorithm>

#include "journal/gates.hpp"
#include "platform/memory/journal.hpp"
#include "tests/property/projector_random_history.hpp"
#include "workers/import.hpp"
#include "workers/projector.hpp"
#include "workers/verify.hpp"

namespace outlay::tests {
namespace {

using property::RandomInput;

// Lines in memory.
class Lines final : public platform::LineSink, public platform::LineSource {
public:
    domain::Status<std::string> write(std::string_view line) override {
        lines.emplace_back(line);
        return domain::Done{};
    }
    domain::Status<std::string> finish() override {
        is_finished = true;
        return domain::Done{};
    }
    domain::Result<std::optional<std::string>, std::string> next() override {
        if (at_ == lines.size()) return std::optional<std::string>{};
        return std::optional(lines[at_++]);
    }
    domain::Status<std::string> rewind() override {
        at_ = 0;
        return domain::Done{};
    }
    std::vector<std::string> lines;
    bool is_finished = false;

private:
    std::size_t at_ = 0;
};

bool quietly(std::int64_t) {
    return true;
}

class Move : public testing::Test {
protected:
    Move() {
        RandomHistory history(random_, author_);
        history.live(400);
    }
    Lines exported(journal::Journal& log, workers::ExportOptions options = {}) {
        Lines lines;
        workers::Export work(log, options, quietly);
        if (options.seals) {
            EXPECT_TRUE(work.seal().ok());
        }
        const auto done = work.write(lines);
        EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().detail);
        EXPECT_TRUE(lines.is_finished);
        return lines;
    }
    // "" : all went well.
    std::string imported(Lines lines, journal::Journal& log) {
        journal::ArchiveReader archive(lines);
        const auto checked = workers::check_archive(archive, log.partition_count(), quietly);
        if (!checked.ok()) return checked.error().detail;
        workers::Import work(log, archive, "journal-moved-to");
        if (const auto looked = work.look_at_journal(); !looked.ok()) return looked.error().detail;
        const auto done = work.run(quietly);
        return done.ok() ? "" : done.error().detail;
    }
    static workers::StateDigest state_of(journal::Journal& log) {
        SqliteProjectorStore scratch;
        auto found = workers::replay_state(scratch.store(), log, quietly);
        EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error());
        return found.ok() ? *found->state : workers::StateDigest{};
    }

    RandomInput random_;
    ManualClock clock_;
    memory::MemoryJournal log_{2, clock_};
    Author author_{log_, clock_};
};

TEST_F(Move, comes_to_the_same_state_in_any_number_of_partitions) {
    const auto before = state_of(log_);
    EXPECT_EQ(before.workspaces().size(), 2U);
    const auto lines = exported(log_);
    for (const std::int32_t partitions : {1, 2, 16}) {
        memory::MemoryJournal target(partitions, clock_);
        EXPECT_EQ(imported(lines, target), "");
        EXPECT_EQ(state_of(target).text(), before.text());
        // Its facts keep where they came from, however often they move.
        const auto further = exported(target);
        memory::MemoryJournal last(3, clock_);
        EXPECT_EQ(imported(further, last), "");
        EXPECT_EQ(state_of(last).text(), before.text());
        auto first = lines.lines;
        auto second = further.lines;
        const auto content = [](std::string& line) { line = line.substr(line.find("\"origin\"")); };
        first.erase(first.begin());
        second.erase(second.begin());
        first.pop_back();
        second.pop_back();
        std::ranges::for_each(first, content);
        std::ranges::for_each(second, content);
        EXPECT_TRUE(std::ranges::is_permutation(first, second));
    }
}

// A worker that has been there since its journal was empty, so that everything has effects.
class Worker {
public:
    Worker(memory::MemoryJournal& log, const platform::Clock& clock) : log_(log), clock_(clock) {
        project();
    }
    void project() {
        workers::ProjectorOptions options;
        options.limits.wait = std::chrono::milliseconds{0};
        workers::Projector projector({log_, log_, files_.store(), clock_, {}}, options);
        while (projector.step()) {
        }
    }
    std::size_t messages() {
        return rows_of(files_.store(), "SELECT id FROM outlay.outbox").size();
    }

private:
    memory::MemoryJournal& log_;
    const platform::Clock& clock_;
    SqliteProjectorStore files_;
};

TEST_F(Move, tells_nobody_again_what_was_told_elsewhere) {
    memory::MemoryJournal source(2, clock_);
    Author author(source, clock_);
    author.write_genesis();
    Worker there(source, clock_);
    RandomHistory history(random_, author);
    history.live(400);
    there.project();
    EXPECT_GT(there.messages(), 0U) << "or this shows nothing";
    memory::MemoryJournal target(2, clock_);
    Worker here(target, clock_);
    ASSERT_EQ(imported(exported(source), target), "");
    here.project();
    EXPECT_EQ(here.messages(), 0U);
}

TEST_F(Move, takes_one_workspace_alone) {
    for (const auto& one : state_of(log_).workspaces()) {
        const auto lines = exported(log_, {.workspace = one.workspace, .seals = false});
        memory::MemoryJournal target(2, clock_);
        ASSERT_EQ(imported(lines, target), "");
        const auto moved = state_of(target).workspaces();
        ASSERT_EQ(moved.size(), 1U);
        EXPECT_EQ(moved[0].digest, one.digest);
        EXPECT_EQ(moved[0].rows, one.rows);
    }
}

TEST_F(Move, seals_once_and_lets_nothing_follow) {
    const auto before = state_of(log_);
    exported(log_);
    const auto end = *log_.end(0);
    exported(log_);
    EXPECT_EQ(*log_.end(0), end);
    author_.create_workspace();
    EXPECT_EQ(state_of(log_).text(), before.text());
}

TEST_F(Move, goes_on_after_losses_on_the_way) {
    const auto before = state_of(log_);
    const auto lines = exported(log_);
    for (const auto fault : {memory::AppendFault::lost_append, memory::AppendFault::lost_ack,
                             memory::AppendFault::not_written}) {
        memory::MemoryJournal target(2, clock_);
        int tries = 0;
        std::string problem = "not tried";
        while (!problem.empty() && tries < 20) {
            // A few records of each try are lost, others behind them arrive.
            if (++tries < 10) target.fail_next_append(fault);
            problem = imported(lines, target);
        }
        EXPECT_EQ(problem, "");
        EXPECT_GT(tries, 9);
        EXPECT_EQ(state_of(target).text(), before.text());
    }
}

TEST_F(Move, is_refused_by_a_journal_that_has_something_of_its_own) {
    const auto lines = exported(log_, {.seals = false});
    EXPECT_NE(imported(lines, log_).find("is not empty"), std::string::npos);
    memory::MemoryJournal target(2, clock_);
    ASSERT_EQ(imported(lines, target), "");
    author_.create_workspace();
    EXPECT_NE(imported(exported(log_, {.seals = false}), target).find("is not empty"),
              std::string::npos);
    EXPECT_EQ(imported(lines, target), "");
}

TEST_F(Move, names_the_first_line_that_was_changed_lost_added_or_moved) {
    const auto whole = exported(log_, {.seals = false});
    memory::MemoryJournal target(2, clock_);
    for (int round = 0; round < 60; ++round) {
        auto damaged = whole;
        auto& lines = damaged.lines;
        const auto at = static_cast<std::size_t>(
            random_.number(1, static_cast<std::int64_t>(lines.size()) - 3));
        auto& line = lines[at];
        switch (round % 5) {
            case 0: {
                auto& byte = line[static_cast<std::size_t>(
                    random_.number(0, static_cast<std::int64_t>(line.size()) - 1))];
                byte = static_cast<char>(byte ^ 1);
                break;
            }
            case 1:
                lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            case 2:
                lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), lines[at + 1]);
                break;
            case 3:
                std::swap(lines[at], lines[at + 1]);
                break;
            case 4:
                lines.resize(at);
                break;
        }
        const auto problem = imported(damaged, target);
        EXPECT_TRUE(problem.starts_with("record " + std::to_string(at) + " of the export"))
            << round << ": " << problem;
        EXPECT_EQ(*target.end(0), 0);
    }
}

TEST(StateDigest, knows_what_users_see_and_nothing_else) {
    RandomInput random;
    ManualClock clock;
    memory::MemoryJournal log(2, clock);
    Author author(log, clock);
    RandomHistory(random, author).live(50);
    SqliteProjectorStore scratch;
    const auto digest = [&] {
        std::string text;
        (void)scratch.store().transact({sql::Access::lookup, std::nullopt},
                                       [&](sql::Session& session) -> sql::Status {
                                           const auto found = workers::digest_of(session);
                                           EXPECT_TRUE(found.ok());
                                           text = found->text();
                                           return domain::Done{};
                                       });
        return text;
    };
    ASSERT_TRUE(workers::replay_state(scratch.store(), log, quietly).ok());
    const auto before = digest();
    for (const auto* unseen :
         {"UPDATE read.expenses SET log_offset = log_offset + 7",
          "UPDATE read.commits SET record = x'78'", "DELETE FROM read.rejections",
          "UPDATE read.checkpoints SET journal = 'x'"}) {
        ASSERT_TRUE(change(scratch.store(), unseen).ok()) << unseen;
        EXPECT_EQ(digest(), before) << unseen;
    }
    for (const auto* seen :
         {"UPDATE read.workspaces SET name = name || 'x'",
          "UPDATE read.expenses SET note = 'x' WHERE id = (SELECT min(id) FROM read.expenses)",
          "UPDATE read.commits SET fingerprint = 'x' WHERE fingerprint IS NOT NULL",
          "UPDATE read.events SET type = 'x'"}) {
        ASSERT_TRUE(change(scratch.store(), seen).ok()) << seen;
        EXPECT_NE(digest(), before) << seen;
    }
}

}  // namespace
}  // namespace outlay::tests
