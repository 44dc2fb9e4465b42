// Guards and sealed rows of channels.
#include "api/resources/channel_access.hpp"

#include <array>
#include <set>

#include "api/resources/expense_filter.hpp"
#include "api/resources/flow_query.hpp"
#include "domain/workspace/authorise.hpp"
#include "views/channel_seals.hpp"

namespace outlay::api {

namespace {

using platform::Task;
using Verdict = std::optional<Problem>;

struct Sealed {
    domain::Uuid id;
    std::string text;
};

Verdict verdict_on(const platform::Egress& egress, const std::string& url) {
    const auto checked = egress.check(url);
    // A name that does not resolve at the moment may do so when there is something to send.
    if (checked.ok() || !checked.error().is_refused) return std::nullopt;
    return invalid_body({{"/url", "not_callable", checked.error().detail}});
}

Verdict role_objection(domain::Role role) {
    using domain::workspace::Action;
    if (domain::workspace::role_allows(role, Action::manage_channels)) return std::nullopt;
    return make_problem("forbidden", "Your role does not allow this.");
}

sql::Result<bool> has_room(sql::Session& session, const ChannelPreparation& wanted) {
    const std::array<sql::Value, 2> parameters{wanted.workspace.value.text(),
                                               wanted.channel.value.text()};
    const auto rows = session.query(
        "SELECT count(*) FROM read.channels WHERE workspace = $1 AND id <> $2", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    return rows->integer(0, 0) < channels_max;
}

sql::Result<Verdict> unknown_budgets(sql::Session& session, const ChannelPreparation& wanted) {
    if (wanted.budgets.empty()) return Verdict();
    std::vector<sql::Value> parameters{wanted.workspace.value.text()};
    for (const auto& budget : wanted.budgets) parameters.emplace_back(budget.value.text());
    const auto rows = session.query("SELECT id FROM read.budgets WHERE workspace = $1 AND id IN (" +
                                        sql::marks(2, wanted.budgets.size()) + ")",
                                    parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::set<domain::BudgetId> known;
    for (std::size_t row = 0; row < rows->size(); ++row) known.insert({rows->uuid(row, 0)});
    std::vector<domain::FieldError> unknown;
    for (std::size_t at = 0; at < wanted.budgets.size(); ++at) {
        if (known.contains(wanted.budgets[at])) continue;
        unknown.push_back({"/budgets/" + std::to_string(at), "unknown_entry",
                           "There is no such budget in the workspace."});
    }
    return unknown.empty() ? Verdict() : Verdict(invalid_body(std::move(unknown)));
}

sql::Status store_seals(sql::Session& session, const ChannelPreparation& wanted,
                        const std::vector<Sealed>& seals, domain::Instant now) {
    for (const auto& sealed : seals) {
        const std::array<sql::Value, 5> row{sealed.id.text(), wanted.workspace.value.text(),
                                            wanted.channel.value.text(), sealed.text,
                                            stored_instant(now)};
        const auto stored = session.execute(
            "INSERT INTO outlay.channel_seals (id, workspace, channel, sealed, created_at)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
            row);
        if (!stored.ok()) return domain::Fail{stored.error()};
    }
    return domain::Done{};
}

sql::Status reopen_lane(sql::Session& session, const LaneLook& look, domain::Instant now) {
    const std::array<sql::Value, 3> parameters{stored_instant(now), look.workspace.value.text(),
                                               look.channel.value.text()};
    const auto opened = session.execute(
        "UPDATE outlay.channel_lanes SET disabled_at = NULL, disabled_reason = NULL, failures = 0,"
        " failing_since = NULL, quiet_until = NULL, due_at = $1 WHERE workspace = $2"
        " AND channel = $3 AND disabled_at IS NOT NULL",
        parameters);
    if (!opened.ok()) return domain::Fail{opened.error()};
    return domain::Done{};
}

// What the lane rests for may have changed with the channel.
sql::Status wake_held_lane(sql::Session& session, const LaneLook& look, domain::Instant now) {
    const std::array<sql::Value, 3> parameters{stored_instant(now), look.workspace.value.text(),
                                               look.channel.value.text()};
    const auto woken = session.execute(
        "UPDATE outlay.channel_lanes SET held_until = NULL, due_at = $1 WHERE workspace = $2"
        " AND channel = $3 AND held_until IS NOT NULL",
        parameters);
    if (!woken.ok()) return domain::Fail{woken.error()};
    return domain::Done{};
}

sql::Status read_lane(sql::Session& session, const LaneLook& look, LaneState& lane) {
    const std::array<sql::Value, 2> parameters{look.workspace.value.text(),
                                               look.channel.value.text()};
    const auto rows = session.query(
        "SELECT disabled_at, disabled_reason FROM outlay.channel_lanes"
        " WHERE workspace = $1 AND channel = $2",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty() || rows->is_null(0, 0)) return domain::Done{};
    lane.disabled_at = instant_text(rows->text(0, 0));
    lane.disabled_reason = rows->optional_text(0, 1);
    return domain::Done{};
}

std::vector<Sealed> seals_of(const Call& call, const ChannelPreparation& wanted,
                             const domain::CommandId& command) {
    const auto& keys = call.node.seal_keys;
    const auto context = views::seal_context(wanted.workspace, wanted.channel);
    std::vector<Sealed> seals;
    if (wanted.address) {
        const auto& text = wanted.address->text;
        seals.push_back(
            {target_id(command, wanted.channel, text), platform::seal(keys, context, text)});
    }
    if (wanted.made != Made::nothing) {
        const auto id = secret_id(command, wanted.channel, wanted.made);
        const auto text =
            wanted.made == Made::secret ? channel_secret(call, id) : channel_code(call, id);
        seals.push_back({id, platform::seal(keys, context, text)});
    }
    return seals;
}

std::string secret_bytes(const Call& call, const domain::Uuid& sealed) {
    const auto bytes = platform::keyed_hash(call.node.root_secret, "channel-secret", sealed.text());
    return std::string(platform::bytes_of(bytes));
}

Task<Verdict> may_prepare(Call& call, ChannelPreparation wanted) {
    auto waiting = await_token(call);
    auto wrong = co_await waiting;
    if (wrong) co_return wrong;
    const std::function<sql::Result<Verdict>(sql::Session&)> question =
        [&call, wanted](sql::Session& session) -> sql::Result<Verdict> {
        auto objection = channels_objection(call, session, wanted.workspace);
        if (!objection.ok() || *objection) return objection;
        auto unknown = unknown_budgets(session, wanted);
        if (!unknown.ok() || *unknown || !wanted.is_new) return unknown;
        const auto room = has_room(session, wanted);
        if (!room.ok()) return domain::Fail{room.error()};
        if (*room) return Verdict();
        return Verdict(make_problem("limit_reached", "A workspace has at most 100 channels."));
    };
    auto step = in_store<Verdict>(call, {sql::Access::query, wanted.workspace}, question);
    const auto verdict = co_await step;
    co_return verdict.ok() ? *verdict : Verdict(problem_of(verdict.error()));
}

Task<Verdict> judge_url(Call& call, std::string url) {
    const auto& egress = call.node.egress;
    const std::function<Verdict()> work = [&egress, url] { return verdict_on(egress, url); };
    auto step = platform::run_on(call.node.pool, *call.request.executor, work,
                                 Verdict(make_problem("overloaded", "Try again in a moment.")));
    auto verdict = co_await step;
    co_return verdict;
}

}  // namespace

sql::Result<Verdict> channels_objection(const Call& call, sql::Session& session,
                                        const domain::WorkspaceId& workspace) {
    const auto acting = acting_member(session, workspace, call.who.principal);
    if (!acting.ok()) return domain::Fail{acting.error()};
    if (!*acting) return Verdict(stranger_problem(call, workspace));
    return role_objection((*acting)->role);
}

QueryBody for_managers(const Call& call, QueryBody body) {
    return [&call, body = std::move(body)](QueryContext& context) -> sql::Result<Response> {
        if (auto wrong = role_objection(context.role)) return problem(call, *wrong);
        return body(context);
    };
}

Task<Verdict> prepare_channel(Call& call, ChannelPreparation wanted, domain::CommandId command) {
    auto asking = may_prepare(call, wanted);
    auto wrong = co_await asking;
    if (wrong) co_return wrong;
    if (wanted.address && wanted.address->form != domain::channel::Form::mail) {
        auto judging = judge_url(call, wanted.address->url);
        wrong = co_await judging;
        if (wrong) co_return wrong;
    }
    const auto seals = seals_of(call, wanted, command);
    if (seals.empty()) co_return std::nullopt;
    const auto now = call.node.clock.now();
    const std::function<sql::Result<bool>(sql::Session&)> work =
        [wanted, seals, now](sql::Session& session) -> sql::Result<bool> {
        const auto done = store_seals(session, wanted, seals, now);
        if (!done.ok()) return domain::Fail{done.error()};
        return true;
    };
    auto step = in_store<bool>(call, {sql::Access::admin, std::nullopt}, work);
    const auto stored = co_await step;
    if (!stored.ok()) co_return problem_of(stored.error());
    co_return std::nullopt;
}

Task<Verdict> look_at_lane(Call& call, LaneLook look, bool is_replayed,
                           std::shared_ptr<LaneState> lane) {
    const auto now = call.node.clock.now();
    const std::function<sql::Result<bool>(sql::Session&)> work =
        [look, is_replayed, now, lane](sql::Session& session) -> sql::Result<bool> {
        sql::Status done = domain::Done{};
        if (!is_replayed) done = wake_held_lane(session, look, now);
        if (done.ok() && !is_replayed && look.reopens) done = reopen_lane(session, look, now);
        if (done.ok()) done = read_lane(session, look, *lane);
        if (!done.ok()) return domain::Fail{done.error()};
        return true;
    };
    const auto options = is_replayed ? sql::TransactionOptions{sql::Access::query, look.workspace}
                                     : sql::TransactionOptions{sql::Access::admin, std::nullopt};
    auto step = in_store<bool>(call, options, work);
    const auto seen = co_await step;
    if (!seen.ok()) co_return problem_of(seen.error());
    co_return std::nullopt;
}

domain::Uuid target_id(const domain::CommandId& command, const domain::ChannelId& channel,
                       const std::string& address) {
    return platform::uuid_of_name(command.value,
                                  "channel-target:" + channel.text() + ":" + address);
}

domain::Uuid secret_id(const domain::CommandId& command, const domain::ChannelId& channel,
                       Made made) {
    const std::string what = made == Made::code ? "channel-code:" : "channel-secret:";
    return platform::uuid_of_name(command.value, what + channel.text());
}

std::string channel_secret(const Call& call, const domain::Uuid& sealed) {
    return "whsec_" + platform::base64(secret_bytes(call, sealed));
}

std::string channel_public_key(const Call& call, const domain::Uuid& sealed) {
    return "whpk_" + platform::base64(platform::ed25519_public_key(secret_bytes(call, sealed)));
}

std::string channel_code(const Call& call, const domain::Uuid& sealed) {
    constexpr std::string_view letters =
        "ABCDEFGHJKMNPQRSTVWXYZ23456789";  // none looks like another
    constexpr std::size_t half = 4;
    const auto bytes = platform::keyed_hash(call.node.root_secret, "channel-code", sealed.text());
    std::string code;
    for (std::size_t at = 0; at < 2 * half; ++at) {
        if (at == half) code += '-';
        code += letters[bytes[at] % letters.size()];
    }
    return code;
}

}  // namespace outlay::api
