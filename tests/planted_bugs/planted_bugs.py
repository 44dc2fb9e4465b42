"""The bugs that the simulation must catch, and the program that plants them.

Each bug names fragments of product source and what stands there instead, with PLANTED for the
question whether this bug was chosen. The sources are copied with all bugs planted, none chosen, and
linked instead of the originals. A fragment that is not found exactly once ends the build, so that
no bug can outlive the code that it spoils.
"""
import pathlib
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    file: str
    original: str
    planted: str


@dataclass(frozen=True)
class Bug:
    name: str
    changes: tuple[Change, ...]


def bug(name: str, file: str, original: str, planted: str) -> Bug:
    return Bug(name, (Change(file, original, planted),))


BUGS = (
    # ---- The way of a command
    bug("acknowledges_before_append", "journal/submit.cpp",
        "shared.log.append(partition, std::move(key), std::move(value), tell);",
        """if (PLANTED)
            tell({AppendResult::appended, {partition, shared.outcomes.known_next(partition)}});
        shared.log.append(partition, std::move(key), std::move(value), tell);"""),
    bug("tells_unknown_as_nothing_done", "journal/submit.cpp",
        """    const AppendOutcome outcome = co_await step;
    switch (outcome.result) {""",
        """    const AppendOutcome outcome = co_await step;
    if (PLANTED && outcome.result == AppendResult::unknown)
        co_return Unavailable{Unavailable::Why::journal, {}};
    switch (outcome.result) {"""),
    bug("no_reads", "journal/submission.cpp",
        "if (basis.workspace && command.target != domain::workspace_name) {",
        "if (!PLANTED && basis.workspace && command.target != domain::workspace_name) {"),
    bug("refuses_from_cached_state", "journal/submit.cpp",
        "if (next.answer && !basis.is_snapshot) {",
        "if (!PLANTED && next.answer && !basis.is_snapshot) {"),
    bug("no_look_up_after_an_unkeyed_try", "journal/submit.cpp",
        "command.keyed || submission.was_appended() ? std::optional(command.id) : std::nullopt,",
        """command.keyed || (!PLANTED && submission.was_appended()) ? std::optional(command.id)
                                                                   : std::nullopt,"""),
    bug("fingerprint_compared_only_before_the_append", "journal/submit.cpp",
        "if (taken->replay) co_return answer_of(std::move(*taken->replay), command);",
        """if (PLANTED && taken->replay && submission.was_appended())
            taken->replay->settled.fingerprint = command.fingerprint;
        if (taken->replay) co_return answer_of(std::move(*taken->replay), command);"""),
    bug("conflict_without_a_look_up", "journal/submit.cpp",
        "if (is_past(deadline) && !submission.is_settled) co_return",
        "if (is_past(deadline) && (PLANTED || !submission.is_settled)) co_return"),
    bug("closed_because_one_try_was_rejected", "journal/submit.cpp",
        "    if (!taken->replay) co_return std::nullopt;",
        """    if (PLANTED && !taken->replay) {
        (void)shared.store.transact(
            {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
                const std::array<sql::Value, 1> command{query.command.value.text()};
                const auto rows = session.query(
                    "SELECT 1 FROM read.rejections WHERE command = $1", command);
                if (rows.ok() && !rows->empty()) state.kind = OperationState::Kind::closed;
                return domain::Done{};
            });
        if (state.kind == OperationState::Kind::closed) co_return state;
    }
    if (!taken->replay) co_return std::nullopt;"""),
    bug("replays_the_state_of_today", "journal/snapshot.cpp",
        "load(session, workspace, subject.aggregate, subject.version);",
        """load(session, workspace, subject.aggregate,
             PLANTED ? std::nullopt : std::optional(subject.version));"""),
    bug("look_up_and_state_in_two_snapshots", "journal/snapshot.cpp",
        """    Snapshot snapshot;
    const auto status =""",
        """    Snapshot snapshot;
    if (PLANTED && query.command) {
        auto rest = query;
        rest.command.reset();
        const auto looked =
            store.transact({sql::Access::query, query.workspace}, [&](sql::Session& session) {
                snapshot = {};
                return fill(session, query, snapshot);
            });
        if (!looked.ok()) return domain::Fail{looked.error()};
        return snapshot.replay ? sql::Result<Snapshot>(snapshot) : take_snapshot(store, rest);
    }
    const auto status ="""),
    Bug("verdict_in_two_snapshots", (
        Change("journal/outcomes.cpp",
               "        std::vector<FollowerPtr> due;\n        const auto status = store.transact(",
               """        std::vector<FollowerPtr> due;
        Look earlier;
        if (PLANTED) {
            std::vector<FollowerPtr> everybody(unknown.begin(), unknown.end());
            for (const auto& [offset, follower] : by_try) everybody.push_back(follower);
            (void)store.transact({sql::Access::lookup, std::nullopt}, [&](sql::Session& session) {
                return look_up_commits(session, everybody, earlier);
            });
        }
        const auto status = store.transact("""),
        Change("journal/outcomes.cpp",
               "                auto commits = look_up_commits(session, due, seen);\n",
               """                seen.settled = earlier.settled;
                auto commits =
                    PLANTED ? sql::Status(domain::Done{}) : look_up_commits(session, due, seen);
"""))),
    bug("judged_without_rejection_is_applied", "journal/outcomes.cpp",
        "    Fate fate;\n    fate.kind = Fate::Kind::rejected;\n",
        """    Fate fate;
    if (PLANTED && !follow.tries.empty() &&
        is_judged(look, follow.partition, follow.tries.back())) {
        fate.kind = Fate::Kind::applied;
        fate.position = {follow.partition, follow.tries.back()};
        return fate;
    }
    fate.kind = Fate::Kind::rejected;
"""),
    # ---- Admission
    bug("no_duplicate_rule", "journal/admission.cpp",
        """Judgement Admission::judge_commit(Commit commit) {
    const auto fate = fates_.find({commit.workspace, commit.command});
    CHECK(fate != fates_.end(), "a command's fate was not loaded");
    if (fate""",
        """Judgement Admission::judge_commit(Commit commit) {
    const auto fate = fates_.find({commit.workspace, commit.command});
    CHECK(fate != fates_.end(), "a command's fate was not loaded");
    if (!PLANTED && fate"""),
    bug("known_ids_not_updated_within_a_batch", "journal/admission.cpp",
        "    fate->second = CommandFate::admitted;\n",
        "    if (!PLANTED) fate->second = CommandFate::admitted;\n"),
    bug("closes_not_updated_within_a_batch", "journal/admission.cpp",
        "    fate->second = CommandFate::closed;\n",
        "    if (!PLANTED) fate->second = CommandFate::closed;\n"),
    bug("no_version_check", "journal/admission.cpp",
        "if (event.version == current.version + 1 && event.prev == current.hash) continue;",
        "if (PLANTED || (event.version == current.version + 1 && event.prev == current.hash)) continue;"),
    bug("reads_not_compared", "journal/admission.cpp",
        "if (read.version == current.version) continue;",
        "if (PLANTED || read.version == current.version) continue;"),
    bug("heads_not_moved_within_a_batch", "journal/admission.cpp",
        "        heads_[{commit.workspace, event.aggregate}] = {event.version, event.hash};",
        "        if (!PLANTED)\n"
        "            heads_[{commit.workspace, event.aggregate}] = {event.version, event.hash};"),
    # ---- Projection
    Bug("checkpoint_apart_from_rows", (
        Change("workers/generation_writer.cpp",
               "    auto stands = move_to(session, wishes);\n",
               """    const bool is_moved = PLANTED && std::ranges::all_of(batch.works, [](const Work& work) {
        return work.writer.standing_.checkpoint.next == work.next.next;
    });
    auto stands = is_moved ? sql::Result<bool>(true) : move_to(session, wishes);
"""),
        Change("workers/generation_writer.cpp",
               "    if (!lane_.workspace) return work;\n",
               """    if (PLANTED && !work.next.journal.empty()) (void)put_checkpoint(work.next);
    if (!lane_.workspace) return work;
"""))),
    bug("half_a_batch_committed", "workers/generation_writer.cpp",
        "dockets.push_back({admission, work.records, {}});",
        """dockets.push_back({admission,
                           PLANTED ? work.records.first((work.records.size() + 1) / 2)
                                   : work.records,
                           {}});"""),
    bug("event_order_lost_in_a_batch", "workers/folding.cpp",
        "    for (const auto& decoded : commits) {\n        AdmittedCommit",
        """    for (std::size_t at = 0; at < commits.size(); ++at) {
        const auto& decoded = PLANTED ? commits[commits.size() - 1 - at] : commits[at];
        AdmittedCommit"""),
    bug("compare_and_set_without_effect", "workers/checkpoint.cpp",
        "    return *changed == static_cast<", "    return PLANTED || *changed == static_cast<"),
    bug("compare_and_set_without_the_mode", "workers/checkpoint.cpp",
        " AND c.mode = \" +\n            sql::parameter(parameters.size()) +",
        " AND \" +\n            std::string(PLANTED ? \"'' <> \" : \"c.mode = \") +"
        " sql::parameter(parameters.size()) +"),
    bug("effects_by_a_shadow", "workers/generation_writer.cpp",
        'if (batch.works.front().writer.lane_.mode == "active" && !batch.books.empty()) {',
        """if ((PLANTED || batch.works.front().writer.lane_.mode == "active") &&
        !batch.books.empty()) {"""),
    bug("alerts_told_again_after_a_takeover", "workers/generation_writer.cpp",
        "        standing_ = {session.generation(), std::move(found).value()};\n",
        """        standing_ = {session.generation(), std::move(found).value()};
        if (PLANTED) {
            (void)session.execute(
                "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition,"
                " log_offset, created_at) SELECT 'again ' || id, workspace, 'alert.raised', '',"
                " log_partition, log_offset, raised_at FROM read.alerts"
                " WHERE state = 'raised' ON CONFLICT DO NOTHING");
        }
"""),
    Bug("caches_kept_over_a_takeover", (
        Change("workers/generation_writer.cpp",
               "    forget();\n    admission_.reset();\n",
               "    if (!PLANTED) forget();\n    admission_.reset();\n"),
        Change("workers/generation_writer.cpp",
               "        work.writer.forget();\n",
               "        if (!PLANTED) work.writer.forget();\n"))),
    Bug("cells_kept_over_a_failed_batch", (
        Change("workers/generation_writer.cpp",
               "        if (work.outcome.end != End::committed) continue;\n",
               """        if (PLANTED) work.writer.keep_folders(work, batch);
        if (work.outcome.end != End::committed) continue;
"""),
        Change("workers/generation_writer.cpp",
               "    folders_.clear();\n", "    if (!PLANTED) folders_.clear();\n"))),
    bug("recount_without_refunds", "views/postings.cpp",
        '" AND r.counts_on IS NOT NULL"', '(PLANTED ? " AND 1 = 0" : " AND r.counts_on IS NOT NULL")'),
    bug("refunds_count_when_received_only", "domain/expense/state.cpp",
        "            return spent_on;", "            return PLANTED ? refund.received_on : spent_on;"),
    bug("refunds_outlive_the_void", "workers/projections/refunds.cpp",
        "refund.stands && expense.counts()", "refund.stands && (PLANTED || expense.counts())"),
    # ---- Generations
    Bug("projector_keeps_the_generation_it_saw_first", (
        Change("workers/generation_writer.cpp",
               "        auto found = read_or_make_checkpoint(session, lane_, log_end);\n",
               """        if (PLANTED && standing_.generation != 0) session.use_generation(standing_.generation);
        auto found = read_or_make_checkpoint(session, lane_, log_end);
"""),
        Change("workers/generation_writer.cpp",
               "    if (session.generation() != writer.standing_.generation) return false;\n",
               """    if (PLANTED) session.use_generation(writer.standing_.generation);
    if (session.generation() != writer.standing_.generation) return false;
"""))),
    Bug("poller_keeps_the_generation_it_saw_first", (
        Change("journal/outcomes.cpp", "    OutcomesOptions options;\n\n",
               "    OutcomesOptions options;\n    std::int64_t seen_first = 0;\n\n"),
        Change("journal/outcomes.cpp",
               "                seen = {};\n",
               """                seen = {};
                if (seen_first == 0) seen_first = session.generation();
                if (PLANTED) session.use_generation(seen_first);
"""))),
    bug("unfreeze_without_the_pointer", "workers/generations.cpp",
        """[&](sql::Session& session) { return lock_active(session, generation); },
        [&](sql::Session& session) { return set_modes(session, generation, "frozen", "active"); });""",
        """[&](sql::Session& session) {
            return PLANTED ? sql::Result<bool>(true) : lock_active(session, generation);
        },
        [&](sql::Session& session) { return set_modes(session, generation, "frozen", "active"); });"""),
    bug("flip_without_the_modes", "workers/generations.cpp",
        'if (!all_in_mode(*old_rows, "frozen"))', 'if (!PLANTED && !all_in_mode(*old_rows, "frozen"))'),
    bug("flip_leaves_the_modes", "workers/generations.cpp",
        'auto written = set_modes(session, to, "shadow", "active");',
        'auto written = PLANTED ? sql::Status(domain::Done{}) : set_modes(session, to, "shadow", "active");'),
    bug("rollback_that_turns_no_rows", "workers/generations.cpp",
        'auto done = set_modes(session, generation, "frozen", "shadow");',
        """auto done = PLANTED ? sql::Status(domain::Done{})
                                : set_modes(session, generation, "frozen", "shadow");"""),
    bug("rollback_to_active_rows", "workers/generations.cpp",
        'if (done.ok()) done = set_modes(session, generation, "active", "shadow");',
        """if (done.ok()) done = PLANTED ? set_modes(session, generation, "shadow", "active")
                                          : set_modes(session, generation, "active", "shadow");"""),
    bug("drops_the_active_generation", "workers/generations.cpp",
        "store, [&](sql::Session& session) { return is_spare(session, generation); },\n"
        "        [&](sql::Session& session) { return write_state(",
        """store,
        [&](sql::Session& session) {
            return PLANTED ? sql::Result<bool>(true) : is_spare(session, generation);
        },
        [&](sql::Session& session) { return write_state("""),
    bug("shadow_beyond_the_active_generation", "workers/checkpoint.cpp",
        "return !rows->empty() && next <= rows->integer(0, 0);",
        "return PLANTED || (!rows->empty() && next <= rows->integer(0, 0));"),
    bug("thaws_a_switch_that_makes_progress", "workers/frozen_watch.cpp",
        "seen.progress.emplace_back(generation.number, generation.projected);",
        "seen.progress.emplace_back(generation.number, PLANTED ? 0 : generation.projected);"),
    bug("never_thaws_an_abandoned_switch", "workers/frozen_watch.cpp",
        "if (now - since_ < abandoned_after) return;",
        "if (PLANTED || now - since_ < abandoned_after) return;"),
    bug("compares_without_drawing_level", "workers/rebuild.cpp",
        "            if (!*is_level) return Done{};\n",
        "            if (!PLANTED && !*is_level) return Done{};\n"),
)

NAMES_SOURCE = """#include "tests/planted_bugs/planted.hpp"

namespace outlay::planted {

std::span<const char* const> names() {
    static constexpr const char* all[] = {
NAMES    };
    return all;
}

}  // namespace outlay::planted
"""


def main() -> None:
    root, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    sources = {change.file: (root / change.file).read_text(encoding="utf-8")
               for bug in BUGS for change in bug.changes}
    for one in BUGS:
        for change in one.changes:
            text = sources[change.file]
            if text.count(change.original) != 1:
                sys.exit(f"planted bug {one.name}: {change.file} has {text.count(change.original)} times:\n"
                         f"{change.original}")
            chosen = f'::outlay::planted::is("{one.name}")'
            sources[change.file] = text.replace(change.original,
                                                change.planted.replace("PLANTED", chosen))
    for file, text in sources.items():
        copy = target / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text('#include "tests/planted_bugs/planted.hpp"\n' + text, encoding="utf-8")
    names = "".join(f'        "{one.name}",\n' for one in BUGS)
    (target / "names.cpp").write_text(NAMES_SOURCE.replace("NAMES", names), encoding="utf-8")


if __name__ == "__main__":
    main()
