// /v1/workspaces/{ws}/channels: register, list, read, update, pause, rotate the secret, remove.
#include <array>

#include "api/resources/call.hpp"
#include "api/resources/channel_access.hpp"
#include "api/resources/channel_body_reader.hpp"
#include "api/resources/page.hpp"
#include "domain/workspace/authorise.hpp"
#include "views/channel.hpp"

namespace outlay::api {

namespace {

namespace channel = domain::channel;
using domain::ChannelId;
using domain::WorkspaceId;
using platform::Task;

// Who vouches for an address that nobody confirmed answers for what is sent there.
template <typename Command>
bool is_for_owners(const Command& command) {
    if constexpr (requires { command.is_trusted; }) {
        return command.is_trusted;
    } else {
        return false;
    }
}

// The members whose alerts a command chooses.
std::vector<domain::MemberId> chosen_members(const channel::RegisterChannel& command) {
    return command.routing.members;
}
std::vector<domain::MemberId> chosen_members(const channel::EditChannel& command) {
    return command.members.value_or(std::vector<domain::MemberId>{});
}

// Whose hours count must be a person of the workspace, and whose alerts are chosen a member.
template <typename Command>
domain::Objection members_objection(const Command& command,
                                    const domain::workspace::Workspace& workspace) {
    if constexpr (requires { chosen_members(command); }) {
        using domain::RefusalCode;
        for (const auto& member : chosen_members(command)) {
            if (workspace.member(member) == nullptr)
                return domain::refusal_at(RefusalCode::member_unknown, "/members",
                                          "Must be members of the workspace.");
        }
        const auto& recipient = command.timing.recipient;
        if (!recipient || !*recipient) return std::nullopt;
        const auto* const member = workspace.member(**recipient);
        if (member != nullptr && member->user) return std::nullopt;
        return domain::refusal_at(RefusalCode::member_unknown, "/recipient",
                                  "Must be a person of the workspace.");
    } else {
        return std::nullopt;
    }
}

// Authorises, completes the command by what derives from its id, and asks the channel's rules.
template <typename Command, typename Complete>
journal::Decide decide_by(Command command, Complete complete) {
    return [command = std::move(command), complete = std::move(complete)](
               const journal::Loaded& loaded,
               const domain::Context& context) -> domain::Decision<std::vector<journal::Proposed>> {
        using domain::workspace::Action;
        const auto role =
            domain::workspace::authorise(loaded.workspace, context.actor, Action::manage_channels);
        if (!role.ok()) return domain::Fail{role.error()};
        if (is_for_owners(command) && *role != domain::Role::owner) {
            return domain::refuse(domain::RefusalCode::forbidden,
                                  "Only an owner may leave out the confirmation.");
        }
        auto completed = command;
        const auto id = complete(completed, context.command);
        const auto& state = std::get<channel::Channel>(loaded.target);
        if (auto objection = members_objection(command, loaded.workspace))
            return domain::Fail{std::move(*objection)};
        return propose(id.text(), channel::decide(state, completed, context));
    };
}

using ShownSecret = std::function<std::string(const domain::CommandId&, const ChannelId&)>;

// What only some webhooks show, and nobody else knows.
void show_public_key(const Call& call, views::ChannelView& view) {
    if (view.channel.signature == channel::Signature::v1a)
        view.public_key = channel_public_key(call, view.channel.secret);
}

void render_channel(Call& call, CommandSpec& spec, std::shared_ptr<LaneState> lane,
                    ShownSecret secret) {
    spec.render = [&call, lane = std::move(lane), secret = std::move(secret)](
                      const journal::Versioned& target, const std::string& aggregate,
                      const domain::CommandId& command) {
        const auto id = ChannelId::parse(aggregate);
        CHECK(id.has_value(), "a channel is named by its id");
        auto view =
            views::channel_view(*id, std::get<channel::Channel>(target.state), target.head.version);
        view.disabled_at = lane->disabled_at;
        view.disabled_reason = lane->disabled_reason;
        if (secret && view.channel.signature == channel::Signature::v1)
            view.secret = secret(command, *id);
        show_public_key(call, view);
        return views::channel_body(view);
    };
}

ChannelId made_by(const domain::CommandId& command) {
    return {journal::derived_id(command, 0)};
}

ShownSecret secret_shown_by(Call& call) {
    return [&call](const domain::CommandId& command, const ChannelId& id) {
        return channel_secret(call, secret_id(command, id, Made::secret));
    };
}

CommandSpec registration(Call& call, const WorkspaceId& workspace, NewChannel wanted,
                         std::string canonical_body) {
    CommandSpec spec;
    spec.workspace = workspace;
    spec.target = [](const domain::CommandId& command) { return made_by(command).text(); };
    spec.target_is_new = true;
    spec.canonical_body = std::move(canonical_body);
    const bool is_webhook = wanted.command.kind == channel::Kind::webhook;
    const auto made = is_webhook ? Made::secret : Made::code;
    const auto address = wanted.address;
    ChannelPreparation preparation{.workspace = workspace,
                                   .channel = {},
                                   .is_new = true,
                                   .address = address,
                                   .made = made,
                                   .budgets = wanted.command.routing.budgets};
    spec.before_append = [&call, preparation](const domain::CommandId& command) {
        auto prepared = preparation;
        prepared.channel = made_by(command);
        return prepare_channel(call, std::move(prepared), command);
    };
    spec.decide = decide_by(
        std::move(wanted.command),
        [address, made](channel::RegisterChannel& command, const domain::CommandId& id) {
            const auto channel = made_by(id);
            command.target = {address.shown, target_id(id, channel, address.text), address.headers};
            command.secret = secret_id(id, channel, made);
            return channel;
        });
    render_channel(call, spec, std::make_shared<LaneState>(),
                   is_webhook ? secret_shown_by(call) : nullptr);
    spec.status = 201;
    spec.location = [workspace](const std::string& aggregate, const domain::CommandId&) {
        return "/v1/workspaces/" + workspace.text() + "/channels/" + aggregate;
    };
    return spec;
}

Task<Response> create(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    if (!workspace) return answered(not_found(call));
    auto body =
        read_body(call, [&call](BodyReader& reader) { return read_new_channel(call, reader); });
    if (!body.ok()) return refused(call, body.error());
    return run_command(
        call, registration(call, *workspace, std::move(body->fields), std::move(body->canonical)));
}

// A command on the channel that the path names.
CommandSpec command_on(const WorkspaceId& workspace, const ChannelId& id,
                       std::string canonical_body) {
    CommandSpec spec;
    spec.workspace = workspace;
    spec.target = [id](const domain::CommandId&) { return id.text(); };
    spec.canonical_body = std::move(canonical_body);
    return spec;
}

// One whose answer shows the channel.
CommandSpec change(Call& call, const ChannelPreparation& wanted, std::string canonical_body,
                   bool reopens, const ShownSecret& secret) {
    auto spec = command_on(wanted.workspace, wanted.channel, std::move(canonical_body));
    spec.before_append = [&call, wanted](const domain::CommandId& command) {
        return prepare_channel(call, wanted, command);
    };
    const auto lane = std::make_shared<LaneState>();
    const LaneLook look{wanted.workspace, wanted.channel, reopens};
    spec.before_answer = [&call, look, lane](const journal::Applied& applied) {
        return look_at_lane(call, look, applied.replayed, lane);
    };
    render_channel(call, spec, lane, secret);
    return spec;
}

Task<Response> edit(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    const auto id = path_id<ChannelId>(call, "{id}");
    if (!workspace || !id) return answered(not_found(call));
    auto body = read_body(call, read_channel_edit);
    if (!body.ok()) return refused(call, body.error());
    const auto& wanted = body->fields;
    auto spec =
        change(call,
               {.workspace = *workspace,
                .channel = *id,
                .address = wanted.address,
                .made = wanted.address ? Made::code : Made::nothing,
                .budgets = wanted.command.budgets.value_or(std::vector<domain::BudgetId>{})},
               std::move(body->canonical),
               // How the old address did says nothing about a new one.
               wanted.command.paused == false || wanted.address.has_value(), nullptr);
    spec.decide = decide_by(
        wanted.command, [id = *id, address = wanted.address](channel::EditChannel& command,
                                                             const domain::CommandId& made) {
            if (address) {
                command.target = channel::NewTarget{
                    address->form,
                    {address->shown, target_id(made, id, address->text), address->headers},
                    secret_id(made, id, Made::code),
                    address->has_token};
            }
            return id;
        });
    return run_command(call, std::move(spec));
}

Task<Response> rotate(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    const auto id = path_id<ChannelId>(call, "{id}");
    if (!workspace || !id) return answered(not_found(call));
    auto spec = change(call, {.workspace = *workspace, .channel = *id, .made = Made::secret}, "",
                       false, secret_shown_by(call));
    spec.decide = decide_by(channel::RotateSecret{}, [id = *id](channel::RotateSecret& command,
                                                                const domain::CommandId& made) {
        command.secret = secret_id(made, id, Made::secret);
        return id;
    });
    return run_command(call, std::move(spec));
}

Task<Response> confirm(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    const auto id = path_id<ChannelId>(call, "{id}");
    if (!workspace || !id) return answered(not_found(call));
    auto body = read_body(call, [](BodyReader& reader) { return reader.required_string("code"); });
    if (!body.ok()) return refused(call, body.error());
    auto spec = change(call, {.workspace = *workspace, .channel = *id}, std::move(body->canonical),
                       false, nullptr);
    const channel::ConfirmChannel command{[&call, code = body->fields](const domain::Uuid& sealed) {
        return channel_code(call, sealed) == code;
    }};
    spec.decide = decide_by(
        command, [id = *id](channel::ConfirmChannel&, const domain::CommandId&) { return id; });
    return run_command(call, std::move(spec));
}

Task<Response> remove(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    const auto id = path_id<ChannelId>(call, "{id}");
    if (!workspace || !id) return answered(not_found(call));
    auto spec = command_on(*workspace, *id, "");
    spec.decide =
        decide_by(channel::RemoveChannel{},
                  [id = *id](channel::RemoveChannel&, const domain::CommandId&) { return id; });
    spec.status = 204;
    return run_command(call, std::move(spec));
}

constexpr std::string_view columns =
    "SELECT c.id, c.kind, c.description, c.events, c.shown, c.state, c.version, c.created_at,"
    " c.updated_at, l.disabled_at, l.disabled_reason, c.format, c.routing,"
    " c.timing, c.signature, c.headers, c.secret FROM read.channels c"
    " LEFT JOIN outlay.channel_lanes l ON l.channel = c.id WHERE c.workspace = $1";

views::ChannelView channel_row(const Call& call, const sql::Rows& rows, std::size_t row) {
    channel::Channel state;
    state.exists = true;
    const auto kind = views::channel_kind_of(rows.text(row, 1));
    CHECK(kind.has_value(), "a channel of an unknown kind");
    state.kind = *kind;
    state.description = rows.text(row, 2);
    state.events = views::patterns_of(rows.text(row, 3));
    state.target.shown = rows.text(row, 4);
    views::set_channel_state(state, rows.text(row, 5));
    if (const auto format = rows.optional_text(row, 11))
        state.format = views::channel_format_of(*format);
    state.routing = views::routing_of(rows.text(row, 12));
    state.timing = views::timing_of(rows.text(row, 13));
    state.signature = views::signature_of(rows.text(row, 14)).value_or(channel::Signature::v1);
    if (const auto headers = rows.optional_text(row, 15))
        state.target.headers = views::patterns_of(*headers);
    state.secret = rows.uuid(row, 16);
    state.created_at = views::instant_in(rows, row, 7);
    state.updated_at = views::instant_in(rows, row, 8);
    auto view = views::channel_view({rows.uuid(row, 0)}, state,
                                    static_cast<std::uint64_t>(rows.integer(row, 6)));
    if (!rows.is_null(row, 9)) view.disabled_at = instant_text(rows.text(row, 9));
    view.disabled_reason = rows.optional_text(row, 10);
    show_public_key(call, view);
    return view;
}

sql::Result<Response> answer_list(const Call& call, const QueryContext& context) {
    const std::array<sql::Value, 1> parameters{context.workspace.value.text()};
    const auto rows =
        context.session.query(std::string(columns) + " ORDER BY c.created_at, c.id", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<std::string> items;
    for (std::size_t row = 0; row < rows->size(); ++row)
        items.push_back(views::channel_body(channel_row(call, *rows, row)));
    return list_response(call, items, std::nullopt);
}

Task<Response> list(Call& call) {
    const QueryBody body = [&call](QueryContext& context) { return answer_list(call, context); };
    return run_query(call, for_managers(call, body));
}

Task<Response> read(Call& call) {
    const auto id = path_id<ChannelId>(call, "{id}");
    if (!id) return answered(not_found(call));
    const QueryBody body = [&call, id = *id](QueryContext& context) -> sql::Result<Response> {
        const std::array<sql::Value, 2> parameters{context.workspace.value.text(), id.value.text()};
        const auto rows =
            context.session.query(std::string(columns) + " AND c.id = $2", parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        if (rows->empty()) return not_found(call);
        const auto view = channel_row(call, *rows, 0);
        // A lane has no version: while the endpoint is given up, the answer has no ETag.
        if (view.disabled_at) return json_response(200, views::channel_body(view));
        return resource_response(view.version, views::channel_body(view));
    };
    return run_query(call, for_managers(call, body));
}

constexpr std::string_view collection = "/v1/workspaces/{ws}/channels";
constexpr std::string_view item = "/v1/workspaces/{ws}/channels/{id}";

constexpr std::array routes{
    Route{Method::post, collection, "registerChannel", create, BodyMode::buffered, json_body},
    Route{Method::get, collection, "listChannels", list},
    Route{Method::get, item, "getChannel", read},
    Route{Method::patch, item, "updateChannel", edit, BodyMode::buffered, patch_body},
    Route{Method::delete_, item, "removeChannel", remove},
    Route{Method::post, "/v1/workspaces/{ws}/channels/{id}/confirm", "confirmChannel", confirm,
          BodyMode::buffered, json_body},
    Route{Method::post, "/v1/workspaces/{ws}/channels/{id}/rotate_secret", "rotateChannelSecret",
          rotate},
};

}  // namespace

std::span<const Route> channel_routes() {
    return routes;
}

}  // namespace outlay::api
