// The way of a command. `carry` loops until there is an answer: wait for the last try's outcome, or
// load, decide and append another one. What is left unsettled by an answer goes on in the
// background.
#include "journal/submit.hpp"

#include <atomic>
#include <set>

#include "journal/guard_reads.hpp"
#include "journal/patience.hpp"
#include "journal/submission.hpp"
#include "platform/log.hpp"

namespace outlay::journal {

namespace {

using platform::Task;
using std::chrono::milliseconds;

constexpr std::size_t sealed_max = 10'000;

constexpr std::chrono::seconds operation_wait{
    2};  // for the outcome of a close that a question appended

Unavailable::Why why_of(const sql::Error& error) {
    if (error.kind == sql::ErrorKind::failed) {
        platform::log(platform::LogLevel::error, "store query failed", {{"error", error.detail}});
    }
    return Unavailable::Why::store;
}

milliseconds left_until(platform::Deadline deadline, const platform::Clock& clock) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - clock.monotonic());
    return std::max(left, milliseconds{0});
}

const Problem not_applied{"not_applied", "not applied before its deadline; use a new key"};

}  // namespace

struct Submitter::Impl : std::enable_shared_from_this<Submitter::Impl> {
    SubmitShared& shared;
    platform::Executor& executor;
    Guards guards;
    GuardReads guard_reads;
    Patience patience;
    std::size_t background = 0;
    // Workspaces that a verdict showed to be sealed: nothing more is appended for them.
    std::set<domain::WorkspaceId> sealed;

    Impl(SubmitShared& s, platform::Executor& e)
        : shared(s),
          executor(e),
          guards(s.options.guard_age_max),
          guard_reads(s.store, s.pool, e),
          patience(e, s.clock) {}

    bool is_past(platform::Deadline deadline) const { return shared.clock.monotonic() >= deadline; }
    bool halted(std::int32_t partition) const {
        return shared.outcomes.known_halt(partition).has_value();
    }
    std::optional<Answer> stopped_at_gates(const domain::WorkspaceId& workspace, Verdict verdict);
    // Why nothing can be appended for the workspace now; empty: nothing keeps it.
    std::optional<Unavailable> stop_of(const domain::WorkspaceId& workspace) const;

    Task<Answer> submit(Command command);
    Task<Answer> carry(Submission& submission, platform::Deadline deadline);
    Task<std::optional<Answer>> await_outcome(Submission& submission, platform::Deadline deadline);
    Task<std::optional<Answer>> attempt(Submission& submission, platform::Deadline deadline,
                                        bool& cached);
    Task<std::optional<Answer>> append(Submission& submission, Try next,
                                       platform::Deadline deadline);
    Task<sql::Result<Snapshot>> snapshot(SnapshotQuery query);
    std::optional<Basis> cached_basis(const Command& command) const;
    Task<sql::Result<Basis>> load_guards(const Command& command);
    void remember(const Command& command, const Basis& basis);
    Answer late_answer(const Submission& submission) const;
    Pending pending(const Submission& submission) const;
    Task<AppendOutcome> append_record(std::int32_t partition, std::string key, std::string value,
                                      platform::Deadline deadline, std::function<void()> on_append);
    void report_lost_tail(std::int32_t partition, std::int64_t offset, std::int64_t known);
    void settle_later(Submission submission);
    Task<domain::Done> settle(Submission submission);
    Task<domain::Done> close(domain::WorkspaceId workspace, domain::CommandId command,
                             Problem problem);
    Task<OperationState> operation(OperationQuery query);
    Task<std::optional<OperationState>> look_up(OperationQuery query);
};

Submitter::Submitter(SubmitShared& shared, platform::Executor& executor)
    : impl_(std::make_shared<Impl>(shared, executor)) {}
Submitter::~Submitter() = default;

Task<Answer> Submitter::submit(Command command) {
    return impl_->submit(std::move(command));
}
Task<OperationState> Submitter::operation(OperationQuery query) {
    return impl_->operation(std::move(query));
}

Task<Answer> Submitter::Impl::submit(Command command) {
    const auto self = shared_from_this();
    Submission submission;
    submission.partition = partition_of(command.workspace, shared.log.partition_count());
    submission.command = std::move(command);
    auto step = carry(submission, submission.command.deadline);
    Answer answer = co_await step;
    if (std::holds_alternative<Pending>(answer)) settle_later(std::move(submission));
    co_return answer;
}

Task<Answer> Submitter::Impl::carry(Submission& submission, platform::Deadline deadline) {
    bool cached = submission.command.target_is_new || submission.command.creates_workspace;
    Turn turn;
    bool has_turn = !submission.changes_existing();
    for (;;) {
        if (submission.is_outstanding) {
            auto step = await_outcome(submission, deadline);
            auto answer = co_await step;
            if (answer) co_return std::move(*answer);
            cached = false;
        }
        // A fate that is known is told, however late it is.
        if (is_past(deadline) && !submission.is_settled) co_return late_answer(submission);
        if (!has_turn) {
            const AggregateKey key{submission.command.workspace, submission.command.target};
            platform::Completion<Turns::Grant> wait(executor, [&](auto resolve) {
                shared.turns.enter(key, left_until(deadline, shared.clock), executor, resolve);
            });
            const auto grant = co_await wait;
            if (grant == Turns::Grant::timeout) co_return late_answer(submission);
            if (grant == Turns::Grant::overloaded)
                co_return Unavailable{Unavailable::Why::overloaded, {}};
            turn = Turn(&shared.turns, key);
            has_turn = true;
        }
        auto step = attempt(submission, deadline, cached);
        auto answer = co_await step;
        if (!answer) continue;
        // "Nothing was done" is for those who did nothing: an earlier try may have applied.
        if (std::holds_alternative<Unavailable>(*answer) && submission.was_appended())
            co_return pending(submission);
        co_return std::move(*answer);
    }
}

// Waits for the word on the tries made so far. Empty: all of them lost; try again.
Task<std::optional<Answer>> Submitter::Impl::await_outcome(Submission& submission,
                                                           platform::Deadline deadline) {
    const auto& command = submission.command;
    Follow follow{{command.workspace, command.id},
                  submission.partition,
                  submission.tries,
                  submission.has_unknown_try,
                  deadline,
                  submission.is_background};
    platform::Completion<Fate> wait(
        executor, [&](auto resolve) { shared.outcomes.follow(std::move(follow), resolve); });
    const Fate fate = co_await wait;
    switch (fate.kind) {
        case Fate::Kind::applied: {
            submission.is_outstanding = false;
            const Position last{submission.partition,
                                submission.tries.empty() ? -1 : submission.tries.back()};
            if (fate.position != last || !submission.proposed) {
                submission.is_settled = true;  // an earlier twin: replay
                co_return std::nullopt;
            }
            if (command.target == domain::workspace_name ||
                command.target == domain::categories_name) {
                guards.drop(command.workspace);
            }
            co_return Applied{fate.position, false, command.target, std::move(*submission.proposed),
                              command.id};
        }
        case Fate::Kind::closed:
        case Fate::Kind::rejected:
            submission.is_outstanding = false;
            submission.is_settled = fate.kind == Fate::Kind::closed;
            guards.drop(command.workspace);
            if (fate.verdict) co_return stopped_at_gates(command.workspace, *fate.verdict);
            co_return std::nullopt;  // the next snapshot tells what to do
        case Fate::Kind::timeout:
        case Fate::Kind::halted:
        case Fate::Kind::overloaded:
            break;
    }
    co_return pending(submission);
}

// The answer to a command that no other try can help: what it changes lives, or is to live,
// elsewhere. A seal is for good, the end of an import is waited for.
std::optional<Answer> Submitter::Impl::stopped_at_gates(const domain::WorkspaceId& workspace,
                                                        Verdict verdict) {
    if (verdict == Verdict::out_of_turn)
        return Unavailable{Unavailable::Why::journal, "the journal is being imported"};
    if (verdict != Verdict::sealed) return std::nullopt;
    if (sealed.size() >= sealed_max) sealed.clear();
    sealed.insert(workspace);
    return Unavailable{Unavailable::Why::sealed, {}};
}

std::optional<Unavailable> Submitter::Impl::stop_of(const domain::WorkspaceId& workspace) const {
    if (sealed.contains(workspace)) return Unavailable{Unavailable::Why::sealed, {}};
    if (shared.pauses == nullptr) return std::nullopt;
    const auto pause = shared.pauses->of_commands(workspace);
    if (!pause) return std::nullopt;
    return Unavailable{Unavailable::Why::paused, pause->reason, pause->since};
}

// One round of load, decide, append. Empty: go round again.
Task<std::optional<Answer>> Submitter::Impl::attempt(Submission& submission,
                                                     platform::Deadline deadline, bool& cached) {
    const auto& command = submission.command;
    // Under its key it may be settled already.
    cached = cached && !(command.keyed && stop_of(command.workspace));
    if (halted(submission.partition)) {
        co_return Unavailable{Unavailable::Why::halted,
                              *shared.outcomes.known_halt(submission.partition)};
    }
    Basis basis;
    if (cached) {
        auto step = load_guards(command);
        auto guarded = co_await step;
        if (!guarded.ok()) co_return Unavailable{why_of(guarded.error()), {}};
        basis = std::move(guarded).value();
    } else {
        if (command.at_least) {
            platform::Completion<bool> wait(executor, [&](auto resolve) {
                shared.outcomes.reach(*command.at_least, deadline, resolve);
            });
            const bool reached = co_await wait;
            if (!reached) co_return Unavailable{Unavailable::Why::lag, {}};
        }
        auto step = snapshot(
            {command.workspace,
             command.keyed || submission.was_appended() ? std::optional(command.id) : std::nullopt,
             submission.changes_existing() || submission.was_appended() ? command.target : "",
             command.reads_categories, command.at_least, command.also});
        auto taken = co_await step;
        if (!taken.ok()) co_return Unavailable{why_of(taken.error()), {}};
        if (taken->is_behind) co_return Unavailable{Unavailable::Why::lag, {}};
        if (taken->replay) co_return answer_of(std::move(*taken->replay), command);
        basis = {taken->workspace, taken->categories, taken->target, true, taken->also};
        remember(command, basis);
        if (command.creates_workspace) basis.workspace = nullptr;
    }
    auto next = make_try(submission, basis, shared);
    if (next.answer && !basis.is_snapshot) {
        cached = false;  // only an append may rest on cached state
        co_return std::nullopt;
    }
    if (next.answer) co_return std::move(*next.answer);
    if (is_past(deadline)) co_return late_answer(submission);
    auto step = append(submission, std::move(next), deadline);
    co_return co_await step;
}

Task<std::optional<Answer>> Submitter::Impl::append(Submission& submission, Try next,
                                                    platform::Deadline deadline) {
    const auto& command = submission.command;
    if (auto stop = stop_of(command.workspace)) co_return std::move(*stop);
    if (next.value.size() > commit_bytes_max) {
        co_return Refused{
            {domain::RefusalCode::limit_reached, "the command is too large for one record", {}}};
    }
    const auto known = shared.outcomes.known_next(submission.partition);
    auto step = append_record(submission.partition, command.workspace.text(), std::move(next.value),
                              deadline, command.on_append);
    const AppendOutcome outcome = co_await step;
    switch (outcome.result) {
        case AppendResult::appended:
            if (outcome.position.offset < known) {
                report_lost_tail(submission.partition, outcome.position.offset, known);
                submission.has_unknown_try = true;
                break;
            }
            submission.tries.push_back(outcome.position.offset);
            break;
        case AppendResult::appended_somewhere:
        case AppendResult::unknown:
            submission.has_unknown_try = true;
            break;
        case AppendResult::refused:
            co_return Refused{
                {domain::RefusalCode::limit_reached, "the journal refused the record", {}}};
        case AppendResult::not_written:
            if (submission.has_unknown_try) co_return pending(submission);
            co_return Unavailable{Unavailable::Why::journal, {}};
    }
    submission.is_outstanding = true;
    submission.proposed = std::move(next.proposed);
    if (command.respond_async) co_return pending(submission);
    co_return std::nullopt;
}

// The acknowledgement, or "unknown" at the deadline: whoever waits is told in time, also while the
// journal is away. A later acknowledgement is found by the command's id.
Task<AppendOutcome> Submitter::Impl::append_record(std::int32_t partition, std::string key,
                                                   std::string value, platform::Deadline deadline,
                                                   std::function<void()> on_append) {
    Patience::Ticket ticket;
    platform::Completion<AppendOutcome> wait(executor, [&](auto resolve) {
        const auto is_told =
            std::make_shared<std::atomic_flag>();  // shared by journal and patience
        const AppendDone tell = [is_told, resolve](AppendOutcome outcome) {
            if (!is_told->test_and_set()) resolve(outcome);
        };
        // First, because the frame may be gone once the journal was asked.
        ticket = patience.wait_until(deadline, [tell] { tell({AppendResult::unknown, {}}); });
        const auto announce = std::move(on_append);
        shared.log.append(partition, std::move(key), std::move(value), tell);
        if (announce) announce();
    });
    const AppendOutcome outcome = co_await wait;
    patience.done(ticket);
    co_return outcome;
}

Task<sql::Result<Snapshot>> Submitter::Impl::snapshot(SnapshotQuery query) {
    const std::function<sql::Result<Snapshot>()> work = [&store = shared.store, query] {
        return take_snapshot(store, query);
    };
    sql::Result<Snapshot> overloaded =
        domain::Fail{sql::Error{sql::ErrorKind::busy, "too many reads are waiting"}};
    auto step = platform::run_on(shared.pool, executor, work, std::move(overloaded));
    auto taken = co_await step;
    co_return taken;
}

std::optional<Basis> Submitter::Impl::cached_basis(const Command& command) const {
    if (command.creates_workspace) return Basis{};
    const auto now = shared.clock.monotonic();
    Basis basis;
    basis.workspace = guards.find({command.workspace, std::string(domain::workspace_name)}, now);
    if (!basis.workspace) return std::nullopt;
    if (command.reads_categories) {
        basis.categories =
            guards.find({command.workspace, std::string(domain::categories_name)}, now);
        if (!basis.categories) return std::nullopt;
    }
    return basis;
}

Task<sql::Result<Basis>> Submitter::Impl::load_guards(const Command& command) {
    if (auto basis = cached_basis(command)) co_return std::move(*basis);
    auto step = guard_reads.read({command.workspace, command.reads_categories});
    auto found = co_await step;
    if (!found.ok()) co_return domain::Fail{found.error()};
    Basis basis{found->workspace, found->categories, nullptr, false};
    remember(command, basis);
    co_return basis;
}

void Submitter::Impl::remember(const Command& command, const Basis& basis) {
    const auto now = shared.clock.monotonic();
    if (basis.workspace)
        guards.put({command.workspace, std::string(domain::workspace_name)}, basis.workspace, now);
    if (basis.categories) {
        guards.put({command.workspace, std::string(domain::categories_name)}, basis.categories,
                   now);
    }
}

// The deadline has come, and no try is outstanding.
Answer Submitter::Impl::late_answer(const Submission& submission) const {
    if (submission.has_unknown_try) return pending(submission);
    if (!submission.tries.empty()) return LostRace{};
    return Unavailable{Unavailable::Why::overloaded,
                       "the deadline came before the command could be appended"};
}

Pending Submitter::Impl::pending(const Submission& submission) const {
    Pending answer;
    if (!submission.tries.empty())
        answer.position = {submission.partition, submission.tries.back()};
    answer.settle_after = shared.clock.now();
    answer.settle_after.micros += std::chrono::microseconds(shared.options.settle_delay).count();
    return answer;
}

// An acknowledgement below what was projected already: the log lost its tail. The partition stops.
void Submitter::Impl::report_lost_tail(std::int32_t partition, std::int64_t offset,
                                       std::int64_t known) {
    platform::log(
        platform::LogLevel::error, "journal acknowledged below the checkpoint",
        {{"partition", std::int64_t{partition}}, {"offset", offset}, {"checkpoint", known}});
    const auto halt = [&store = shared.store, partition, offset] {
        (void)store.transact(
            {sql::Access::project, std::nullopt}, [&](sql::Session& session) -> sql::Status {
                const std::array<sql::Value, 4> parameters{
                    std::int64_t{partition}, offset,
                    std::string(halt_cause_name(HaltCause::lost_tail)),
                    "an append was acknowledged at " + std::to_string(offset) +
                        ", below the checkpoint"};
                const auto changed = session.execute(
                    "UPDATE read.checkpoints SET halt_cause = $3, halt_detail = $4"
                    " WHERE log_partition = $1 AND next_offset > $2 AND halt_cause IS NULL",
                    parameters);
                if (!changed.ok()) return domain::Fail{changed.error()};
                return domain::Done{};
            });
    };
    if (!shared.pool.try_run(halt)) {
        platform::log(platform::LogLevel::error, "the lost tail could not be recorded", {});
    }
}

void Submitter::Impl::settle_later(Submission submission) {
    if (background >= shared.options.background_max)
        return;  // left to whoever asks for the operation
    ++background;
    const auto self = shared_from_this();
    platform::start(settle(std::move(submission)), [self](domain::Done) { --self->background; });
}

Task<domain::Done> Submitter::Impl::settle(Submission submission) {
    submission.command.respond_async = false;
    submission.is_background = true;
    const auto deadline = shared.clock.monotonic() + shared.options.settle_delay;
    auto step = carry(submission, deadline);
    const Answer answer = co_await step;
    auto problem = closing_problem(answer);
    // A try that is acknowledged but not judged yet is never closed here: it will be judged.
    const bool is_unknown = std::holds_alternative<Pending>(answer) && submission.has_unknown_try;
    if (is_unknown || std::holds_alternative<Unavailable>(answer)) problem = not_applied;
    if (problem) {
        auto closing = close(submission.command.workspace, submission.command.id, *problem);
        co_await closing;
    }
    co_return domain::Done{};
}

Task<domain::Done> Submitter::Impl::close(domain::WorkspaceId workspace, domain::CommandId command,
                                          Problem problem) {
    if (sealed.contains(workspace)) co_return domain::Done{};
    const auto partition = partition_of(workspace, shared.log.partition_count());
    auto step = append_record(partition, workspace.text(),
                              encode_close(shared.journal_identity, workspace, command, problem),
                              shared.clock.monotonic() + operation_wait, {});
    co_await step;  // if it failed, whoever asks for the operation closes it
    co_return domain::Done{};
}

Task<std::optional<OperationState>> Submitter::Impl::look_up(OperationQuery query) {
    auto step = snapshot({query.workspace, query.command, "", false});
    auto taken = co_await step;
    OperationState state;
    if (!taken.ok()) {
        why_of(taken.error());
        state.kind = OperationState::Kind::unavailable;
        co_return state;
    }
    if (!taken->replay) co_return std::nullopt;
    auto& replay = *taken->replay;
    state.position = replay.settled.position;
    if (replay.settled.fate == CommandFate::closed) {
        state.kind = OperationState::Kind::closed;
        state.problem = replay.problem;
    } else if (replay.settled.fingerprint != query.fingerprint) {
        state.kind = OperationState::Kind::key_reused;
    } else {
        state.kind = OperationState::Kind::applied;
        state.aggregate = replay.aggregate;
        state.target = std::move(replay.target);
        state.event_type = std::move(replay.event_type);
    }
    co_return state;
}

Task<OperationState> Submitter::Impl::operation(OperationQuery query) {
    const auto self = shared_from_this();
    auto first = look_up(query);
    auto found = co_await first;
    if (found) co_return std::move(*found);
    OperationState still_pending;
    if (shared.clock.now() < query.settle_after) co_return still_pending;
    auto closing = close(query.workspace, query.command, not_applied);
    co_await closing;
    Follow follow{{query.workspace, query.command},
                  partition_of(query.workspace, shared.log.partition_count()),
                  {},
                  true,
                  shared.clock.monotonic() + operation_wait};
    platform::Completion<Fate> wait(
        executor, [&](auto resolve) { shared.outcomes.follow(std::move(follow), resolve); });
    const Fate fate = co_await wait;
    if (fate.kind != Fate::Kind::applied && fate.kind != Fate::Kind::closed)
        co_return still_pending;
    auto second = look_up(query);
    found = co_await second;
    co_return found ? std::move(*found) : still_pending;
}

}  // namespace outlay::journal
