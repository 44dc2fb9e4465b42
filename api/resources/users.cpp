// /v1/users and /v1/me: the people of an installation. They are identity's, not the journal's: an
// owner of the installation adds them, workspaces name them by id.
#include <array>

#include "api/auth/identity.hpp"
#include "api/http/idempotency.hpp"
#include "api/resources/body_reader.hpp"
#include "api/resources/call.hpp"
#include "api/resources/flow_query.hpp"
#include "api/resources/members_access.hpp"
#include "api/resources/page.hpp"
#include "platform/json/writer.hpp"

namespace outlay::api {

namespace {

using domain::UserId;
using platform::Task;

constexpr std::uint32_t user_index = 1;
constexpr std::uint32_t key_index = 2;
constexpr std::int64_t micros_per_milli = 1000;

struct User {
    UserId id;
    std::string name;
    std::optional<std::string> email;
    std::string created_at;
    bool disabled = false;
};

constexpr std::string_view user_columns = "id, name, email, created_at, disabled_at";

User user_row(const sql::Rows& rows, std::size_t row) {
    return {{rows.uuid(row, 0)},
            rows.text(row, 1),
            rows.optional_text(row, 2),
            instant_text(rows.text(row, 3)),
            !rows.is_null(row, 4)};
}

// What a user and the caller have in common; the object stays open.
void write_user(json::Writer& out, std::string_view object, const User& user) {
    out.begin_object()
        .field("object", object)
        .field("id", user.id.text())
        .field("name", user.name)
        .field("email", user.email)
        .field("disabled", user.disabled)
        .field("created_at", user.created_at)
        .field("updated_at", user.created_at)
        .field("version", std::int64_t{1});
}

std::string user_body(const User& user, std::string_view secret = {}) {
    std::string body;
    json::Writer out(body);
    write_user(out, "user", user);
    if (!secret.empty()) out.field("key", secret);
    out.end_object();
    return body;
}

sql::Result<std::optional<User>> find_user(sql::Session& session, const UserId& id) {
    const std::array<sql::Value, 1> parameters{id.value.text()};
    const auto rows = session.query(
        "SELECT " + std::string(user_columns) + " FROM outlay.users WHERE id = $1", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    return rows->empty() ? std::optional<User>{} : std::optional(user_row(*rows, 0));
}

std::optional<Response> owner_refusal(const Call& call) {
    if (call.who.instance_owner) return std::nullopt;
    return problem(call,
                   make_problem("forbidden", "Only an owner of the installation may do this."));
}

Task<sql::Result<std::optional<User>>> load_user(Call& call, UserId id) {
    using Found = std::optional<User>;
    const std::function<sql::Result<Found>(sql::Session&)> question = [id](sql::Session& session) {
        return find_user(session, id);
    };
    auto step = in_store<Found>(call, {sql::Access::lookup, std::nullopt}, question);
    auto found = co_await step;
    co_return found;
}

Response created(const User& user, const NewKey& key, bool is_replay) {
    auto response = json_response(201, user_body(user, key.secret));
    response.headers.add("Location", "/v1/users/" + user.id.text());
    if (is_replay) response.headers.add("Idempotent-Replayed", "true");
    return response;
}

// Users have no journal; what a key was used for is told by what it made.
// The stored user, if it is the one that was asked for: a twin with the same key may have come
// first.
Response answer_for(const Call& call, const User& stored, const Contact& contact, const NewKey& key,
                    bool is_replay) {
    if (stored.name == contact.name && stored.email == contact.email) {
        return created(stored, key, is_replay);
    }
    return problem(call,
                   make_problem("idempotency_key_reused",
                                "The Idempotency-Key was used before, with another request."));
}

Task<Response> add_user(Call& call, Contact contact, domain::CommandId command) {
    const UserId id{journal::derived_id(command, user_index)};
    const auto key = call.node.identity.derive_key({journal::derived_id(command, key_index)});
    auto looking = load_user(call, id);
    const auto before = co_await looking;
    if (!before.ok()) co_return problem(call, problem_of(before.error()));
    if (*before) co_return answer_for(call, **before, contact, key, true);
    auto storing = call.node.identity.store_user(id, contact.name, *contact.email, key,
                                                 *call.request.executor);
    const auto stored = co_await storing;
    if (!stored.ok()) co_return problem(call, problem_of(stored.error()));
    auto reading = load_user(call, id);
    const auto after = co_await reading;
    if (!after.ok()) co_return problem(call, problem_of(after.error()));
    CHECK(after->has_value(), "a user who was stored is not there");
    co_return answer_for(call, **after, contact, key, false);
}

Task<Response> create(Call& call) {
    if (auto refused = owner_refusal(call)) return answered(std::move(*refused));
    const auto key = idempotency_key_in(call.request.head.headers);
    if (!key.ok()) return refused(call, key.error());
    auto body = read_body(call, [](BodyReader& reader) {
        const auto name = reader.required_string("name");
        const auto email = reader.required_string("email");
        if (name && email) check_contact(*name, *email, reader);
        return std::optional(Contact{name.value_or(""), email});
    });
    if (!body.ok()) return refused(call, body.error());
    const auto caller = call.who.principal.identity();
    const auto command = *key ? journal::command_of_key(caller, caller, "users/" + **key)
                              : domain::CommandId{platform::random_uuid_v7(
                                    call.node.clock.now().micros / micros_per_milli)};
    return add_user(call, std::move(body->fields), command);
}

Task<Response> list(Call& call) {
    if (auto refused = owner_refusal(call)) return answered(std::move(*refused));
    QueryReader query(call.request.head.query);
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    if (!page.ok()) return refused(call, page.error());
    const InstanceQueryBody body = [&call,
                                    page = *page](sql::Session& session) -> sql::Result<Response> {
        Conditions conditions;
        if (!page.after.empty()) conditions.add("id > " + conditions.bind(page.after.front()));
        const auto rows = session.query("SELECT " + std::string(user_columns) +
                                            " FROM outlay.users" + conditions.text() +
                                            " ORDER BY id LIMIT " + std::to_string(page.limit + 1),
                                        conditions.parameters());
        if (!rows.ok()) return domain::Fail{rows.error()};
        return page_response(
            call, page, *rows, [&](std::size_t row) { return user_body(user_row(*rows, row)); },
            [&](std::size_t row) { return std::vector{rows->text(row, 0)}; });
    };
    return run_instance_query(call, body);
}

Task<Response> read(Call& call) {
    const auto id = path_id<UserId>(call, "{id}");
    const bool is_self = id && call.who.principal.user == id;
    if (!is_self) {
        if (auto refused = owner_refusal(call)) co_return std::move(*refused);
    }
    if (!id) co_return not_found(call);
    auto step = load_user(call, *id);
    const auto found = co_await step;
    if (!found.ok()) co_return problem(call, problem_of(found.error()));
    if (!*found) co_return not_found(call);
    co_return resource_response(1, user_body(**found));
}

// A service account, as its workspace knows it.
sql::Result<Response> answer_account(const Call& call, sql::Session& session) {
    const auto& who = call.who.principal;
    const auto acting = acting_member(session, *who.workspace, who);
    if (!acting.ok()) return domain::Fail{acting.error()};
    if (!*acting) return problem(call, stranger_problem(call, *who.workspace));
    const auto loaded = journal::load(session, *who.workspace, domain::workspace_name);
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    const auto* const account =
        std::get<domain::workspace::Workspace>(loaded->state).member(*who.member);
    CHECK(account != nullptr, "a key in force of nobody");
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("object", "service_account")
        .field("id", who.member->text())
        .field("name", account->name)
        .field("role", role_name(account->role))
        .field("workspace", who.workspace->text())
        .field("instance_owner", false)
        .field("key_id", call.who.key.text())
        .field("created_at", account->added_at.text())
        .field("updated_at", account->updated_at.text())
        .field("version", static_cast<std::int64_t>(account->version))
        .end_object();
    return json_response(200, std::move(body));
}

sql::Result<Response> answer_person(const Call& call, sql::Session& session) {
    const auto found = find_user(session, *call.who.principal.user);
    if (!found.ok()) return domain::Fail{found.error()};
    if (!*found) return problem(call, make_problem("unauthenticated", "The user is gone."));
    std::string body;
    json::Writer out(body);
    write_user(out, "user", **found);
    out.field("instance_owner", call.who.instance_owner)
        .field("key_id", call.who.key.text())
        .end_object();
    return json_response(200, std::move(body));
}

Task<Response> me(Call& call) {
    const InstanceQueryBody body = [&call](sql::Session& session) {
        return call.who.principal.user ? answer_person(call, session)
                                       : answer_account(call, session);
    };
    return run_instance_query(call, body);
}

constexpr std::array routes{
    Route{Method::post, "/v1/users", "createUser", create, BodyMode::buffered, json_body},
    Route{Method::get, "/v1/users", "listUsers", list}.taking("limit,cursor"),
    Route{Method::get, "/v1/users/{id}", "getUser", read},
    Route{Method::get, "/v1/me", "getCaller", me},
};

}  // namespace

std::span<const Route> user_routes() {
    return routes;
}

}  // namespace outlay::api
