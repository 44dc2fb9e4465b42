// From basis to try: authorise and decide, then encode with versions, hashes and reads.
#include "journal/submission.hpp"

#include <algorithm>

namespace outlay::journal {

namespace {

const domain::workspace::Workspace no_workspace;
const domain::categories::Tree no_categories;

const domain::workspace::Workspace& workspace_in(const Basis& basis) {
    return basis.workspace ? std::get<domain::workspace::Workspace>(basis.workspace->state)
                           : no_workspace;
}

const domain::categories::Tree& categories_in(const Basis& basis) {
    return basis.categories ? std::get<domain::categories::Tree>(basis.categories->state)
                            : no_categories;
}

Versioned target_in(const Submission& submission, const Basis& basis) {
    if (basis.target) return *basis.target;
    const auto kind = domain::kind_of(submission.command.target);
    CHECK(kind.has_value(), "a target of no kind");
    return {domain::initial_state(*kind), {}};
}

domain::Context context_of(const Command& command, const domain::workspace::Workspace& workspace,
                           const SubmitShared& shared) {
    domain::Context context;
    context.command = command.id;
    context.derive = derived_id;
    context.now = shared.clock.now();
    if (command.creates_workspace) {
        // The founder's member id is the one that the decision gives to the first member.
        context.actor = {context.make_id<domain::MemberId>(1), command.principal.user};
    } else {
        context.actor = actor_of(command.principal, workspace);
    }
    const auto& zone = workspace.time_zone;
    context.today = shared.zones.local_day(zone.empty() ? "UTC" : zone, context.now);
    return context;
}

bool is_access_refusal(const domain::Refusal& refusal) {
    return refusal.code == domain::RefusalCode::not_found ||
           refusal.code == domain::RefusalCode::forbidden;
}

bool matches(const Command& command, std::uint64_t version) {
    if (command.must_be_new && version != 0) return false;
    if (!command.has_if_match) return true;
    if (version == 0) return false;
    const auto& wanted = command.if_match;
    return wanted.empty() || std::ranges::find(wanted, version) != wanted.end();
}

std::vector<Read> reads_of(const Command& command, const Basis& basis, bool is_noop,
                           std::uint64_t target_version) {
    std::vector<Read> reads;
    if (basis.workspace && command.target != domain::workspace_name) {
        reads.push_back({std::string(domain::workspace_name), basis.workspace->head.version});
    }
    if (command.reads_categories && basis.categories && command.target != domain::categories_name) {
        reads.push_back({std::string(domain::categories_name), basis.categories->head.version});
    }
    if (is_noop) reads.push_back({command.target, target_version});  // last: it names the subject
    return reads;
}

Try encode_try(const Submission& submission, const Basis& basis, const domain::Context& context,
               std::vector<Proposed> events, Versioned target, const SubmitShared& shared) {
    const auto& command = submission.command;
    ProposedCommit commit{shared.journal_identity,
                          command.workspace,
                          command.id,
                          command.fingerprint,
                          context.actor,
                          context.now,
                          reads_of(command, basis, events.empty(), target.head.version),
                          {},
                          command.trace};
    auto next = target.head;
    auto next_also = basis.also ? basis.also->head : Head{};
    for (auto& proposed : events) {
        const bool is_target = proposed.aggregate == command.target;
        CHECK(is_target || (basis.also && proposed.aggregate == command.also),
              "an event of an aggregate that the command does not name");
        auto& head = is_target ? next : next_also;
        commit.events.push_back(
            {proposed.aggregate, ++head.version, head.hash, std::move(proposed.event)});
    }
    auto encoded = encode(commit);
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
        const auto& event = commit.events[i];
        if (event.aggregate != command.target) continue;
        domain::evolve(
            target.state, event.event,
            {event_id(command.id, i), event.version, context.now, context.actor, command.id});
        target.head = {event.version, encoded.hashes[i]};
    }
    return {std::move(encoded.value), std::move(target), std::nullopt};
}

// A service account at home, but its key is not in force: it is nobody.
bool shows_dead_key(const Command& command, const domain::Context& context) {
    return command.principal.member && command.principal.workspace == command.workspace &&
           context.actor.member.value.is_nil();
}

Try answered(Answer answer) {
    return {{}, std::nullopt, std::move(answer)};
}

}  // namespace

domain::Actor actor_of(const Principal& principal, const domain::workspace::Workspace& workspace) {
    domain::Actor actor;
    actor.user = principal.user;
    if (principal.user) {
        workspace.member_of_user(*principal.user, &actor.member);
        return actor;
    }
    // A service account acts only while its key is in force in the workspace.
    if (!principal.member || !principal.key) return actor;
    const auto key = workspace.keys.find(*principal.key);
    if (key != workspace.keys.end() && key->second == *principal.member)
        actor.member = *principal.member;
    return actor;
}

Answer answer_of(Replay replay, const Command& command) {
    if (replay.settled.fate == CommandFate::closed) return Closed{std::move(replay.problem)};
    if (replay.settled.fingerprint != command.fingerprint) return KeyReused{};
    return Applied{replay.settled.position, true, std::move(replay.aggregate),
                   std::move(*replay.target), command.id};
}

Try make_try(const Submission& submission, const Basis& basis, const SubmitShared& shared) {
    const auto& command = submission.command;
    const auto& workspace = workspace_in(basis);
    auto target = target_in(submission, basis);
    const auto context = context_of(command, workspace, shared);
    if (shows_dead_key(command, context)) {
        return answered(Refused{
            {domain::RefusalCode::unauthenticated, "The API key is not in force any more.", {}}});
    }
    const Loaded loaded{workspace, categories_in(basis), target.state, target.head.version,
                        basis.also ? &basis.also->state : nullptr};
    auto decision = command.decide(loaded, context);
    if (!decision.ok() && is_access_refusal(decision.error()))
        return answered(Refused{decision.error()});
    const auto version = command.version_of ? command.version_of(target) : target.head.version;
    if (!matches(command, version)) return answered(PreconditionFailed{version});
    if (!decision.ok()) return answered(Refused{decision.error()});
    if (decision->empty() && !command.keyed) {
        return answered(
            Applied{std::nullopt, false, command.target, std::move(target), command.id});
    }
    return encode_try(submission, basis, context, std::move(decision).value(), std::move(target),
                      shared);
}

std::optional<Problem> closing_problem(const Answer& answer) {
    if (const auto* refused = std::get_if<Refused>(&answer)) {
        return Problem{"refused", refused->refusal.detail};
    }
    if (std::holds_alternative<PreconditionFailed>(answer)) {
        return Problem{"precondition_failed",
                       "the resource changed before the command could apply"};
    }
    if (std::holds_alternative<LostRace>(answer)) {
        return Problem{"conflict", "other commands changed the same resource until the deadline"};
    }
    return std::nullopt;
}

}  // namespace outlay::journal
