// What may be done to a budget beside editing it: archive and restore, pause and resume, mute and
// unmute, adjust one period, move funds to another budget.
#include <array>

#include "api/resources/budget_body_reader.hpp"
#include "api/resources/budget_command.hpp"

namespace outlay::api {

namespace {

using namespace domain::budget;
using platform::Task;

struct Place {
    domain::WorkspaceId workspace;
    domain::BudgetId budget;
};

std::optional<Place> place_of(const Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    const auto id = path_id<domain::BudgetId>(call, "{id}");
    if (!workspace || !id) return std::nullopt;
    return Place{*workspace, *id};
}

template <typename Command>
Task<Response> plain(Call& call) {
    const auto place = place_of(call);
    if (!place) return answered(not_found(call));
    return run_command(call, budget_spec(place->workspace, place->budget, Command{}, ""));
}

template <typename Command, std::optional<Command> read(BodyReader&)>
Task<Response> with_body(Call& call) {
    const auto place = place_of(call);
    if (!place) return answered(not_found(call));
    auto body = read_body(call, read);
    if (!body.ok()) return refused(call, body.error());
    return run_command(call, budget_spec(place->workspace, place->budget, std::move(body->fields),
                                         std::move(body->canonical)));
}

std::optional<MuteBudget> read_mute(BodyReader& reader) {
    return MuteBudget{read_until(reader, false)};
}

std::optional<AdjustPeriod> read_adjustment(BodyReader& reader) {
    const auto day = reader.required_date("day");
    const auto amount = reader.required_money("amount");
    auto reason = read_reason(reader);
    if (!day || !amount) return std::nullopt;
    return AdjustPeriod{*day, *amount, std::move(reason)};
}

// The source is in the path.
std::optional<MoveFunds> read_move(BodyReader& reader) {
    const auto to = reader.required_id<domain::BudgetId>("to");
    const auto day = reader.required_date("day");
    const auto amount = reader.required_money("amount");
    auto reason = read_reason(reader);
    if (!to || !day || !amount) return std::nullopt;
    return MoveFunds{{}, *to, *day, *amount, std::move(reason)};
}

// One commit over both budgets: both change or none. The answer is the source.
domain::Decision<std::vector<journal::Proposed>> decide_move(const journal::Loaded& loaded,
                                                             const domain::Context& context,
                                                             const MoveFunds& command) {
    const auto role = domain::workspace::authorise(loaded.workspace, context.actor,
                                                   domain::workspace::Action::manage_budgets);
    if (!role.ok()) return domain::Fail{role.error()};
    CHECK(loaded.also != nullptr, "funds move between two budgets");
    auto moved =
        decide(std::get<Budget>(loaded.target), std::get<Budget>(*loaded.also), command, context);
    if (!moved.ok()) return domain::Fail{moved.error()};
    return std::vector<journal::Proposed>{
        {command.to.text(), domain::Event(domain::budget::Event(moved->to))},
        {command.from.text(), domain::Event(domain::budget::Event(moved->from))}};
}

Task<Response> move_funds(Call& call) {
    const auto place = place_of(call);
    if (!place) return answered(not_found(call));
    auto body = read_body(call, read_move);
    if (!body.ok()) return refused(call, body.error());
    auto command = std::move(body->fields);
    command.from = place->budget;
    CommandSpec spec;
    spec.workspace = place->workspace;
    spec.target = [name = place->budget.text()](const domain::CommandId&) { return name; };
    spec.also = command.to.text();
    spec.canonical_body = std::move(body->canonical);
    spec.decide = [command](const journal::Loaded& loaded, const domain::Context& context) {
        return decide_move(loaded, context, command);
    };
    spec.render = render_budget;
    return run_command(call, std::move(spec));
}

constexpr Route action(std::string_view pattern, std::string_view operation_id, Handler handler) {
    return Route{Method::post, pattern, operation_id, handler};
}
constexpr Route told_action(std::string_view pattern, std::string_view operation_id,
                            Handler handler) {
    return Route{Method::post, pattern, operation_id, handler, BodyMode::buffered, json_body};
}

constexpr std::array routes{
    action("/v1/workspaces/{ws}/budgets/{id}/archive", "archiveBudget", plain<ArchiveBudget>),
    action("/v1/workspaces/{ws}/budgets/{id}/restore", "restoreBudget", plain<RestoreBudget>),
    action("/v1/workspaces/{ws}/budgets/{id}/pause", "pauseBudget", plain<PauseBudget>),
    action("/v1/workspaces/{ws}/budgets/{id}/resume", "resumeBudget", plain<ResumeBudget>),
    told_action("/v1/workspaces/{ws}/budgets/{id}/mute", "muteBudget",
                with_body<MuteBudget, read_mute>),
    action("/v1/workspaces/{ws}/budgets/{id}/unmute", "unmuteBudget", plain<UnmuteBudget>),
    told_action("/v1/workspaces/{ws}/budgets/{id}/adjust", "adjustBudgetPeriod",
                with_body<AdjustPeriod, read_adjustment>),
    told_action("/v1/workspaces/{ws}/budgets/{id}/move-funds", "moveBudgetFunds", move_funds),
};

}  // namespace

std::span<const Route> budget_action_routes() {
    return routes;
}

}  // namespace outlay::api
