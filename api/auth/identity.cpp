// Keys in, holders out. What the store says is believed for a few seconds, also that a key is
// unknown.
#include "api/auth/identity.hpp"

#include <array>

#include "api/auth/identity_tables.hpp"
#include "api/auth/key_text.hpp"

namespace outlay::api {

namespace {

using platform::Task;

constexpr std::chrono::seconds cache_age_max{5};
// Entries of one half of the cache. Above, the least recently stored are looked up again.
constexpr std::size_t cache_half_max = 10'000;

sql::Value uuid_cell(const domain::Uuid& id) {
    return id.text();
}

// Who holds a key: a person, or a service account of a workspace.
struct Holder {
    std::optional<domain::UserId> user;
    std::optional<domain::WorkspaceId> workspace;
    std::optional<domain::MemberId> member;
    bool instance_owner = false;
};

sql::Status add_key(sql::Session& session, const NewKey& key, const Holder& holder,
                    domain::Instant now) {
    const auto maybe = [](const auto& id) {
        return id ? uuid_cell(id->value) : sql::Value{sql::Null{}};
    };
    const std::array<sql::Value, 8> row{
        uuid_cell(key.id.value), key_hash(key.secret),
        maybe(holder.user),      maybe(holder.workspace),
        maybe(holder.member),    std::int64_t{holder.instance_owner ? 1 : 0},
        key_last4(key.secret),   now.text()};
    return session.write(tables::api_keys, sql::OnConflict::ignore, row);
}

sql::Result<bool> has_owner(sql::Session& session) {
    const auto owners =
        session.query("SELECT id FROM outlay.api_keys WHERE instance_owner LIMIT 1");
    if (!owners.ok()) return domain::Fail{owners.error()};
    return !owners->empty();
}

sql::Status as_status(const sql::Result<bool>& result) {
    if (!result.ok()) return domain::Fail{result.error()};
    return domain::Done{};
}

Credential credential_of(const sql::Rows& rows) {
    Credential holder;
    holder.key = {rows.uuid(0, 0)};
    if (!rows.is_null(0, 1)) holder.principal.user = domain::UserId{rows.uuid(0, 1)};
    if (!rows.is_null(0, 2)) holder.principal.workspace = domain::WorkspaceId{rows.uuid(0, 2)};
    if (!rows.is_null(0, 3)) holder.principal.member = domain::MemberId{rows.uuid(0, 3)};
    holder.instance_owner = rows.integer(0, 4) != 0;
    // The journal knows the keys of service accounts; those of people are identity's alone.
    if (!holder.principal.user) holder.principal.key = holder.key;
    return holder;
}

}  // namespace

NewKey key_of(const platform::Secret& root_secret, const domain::KeyId& id) {
    return {id, key_text(platform::keyed_hash(root_secret, "api-key", id.text()))};
}

struct Identity::Cached {
    std::optional<Credential> holder;
    std::chrono::steady_clock::time_point asked_at;
};

Identity::Identity(sql::Store& store, platform::Pool& pool, const platform::Clock& clock,
                   platform::Secret root_secret)
    : store_(store),
      pool_(pool),
      clock_(clock),
      root_secret_(root_secret),
      young_(std::make_unique<Cache>()),
      old_(std::make_unique<Cache>()) {}

Identity::~Identity() = default;

Task<sql::Result<std::optional<Credential>>> Identity::authenticate(std::string bearer,
                                                                    platform::Executor& executor) {
    if (!is_key_text(bearer)) co_return std::optional<Credential>{};
    const auto hash = key_hash(bearer);
    if (auto known = cached(hash)) co_return *known;
    // The age counts from before the question: what is true later was not asked.
    const auto asked_at = clock_.monotonic();
    const std::function<Found()> question = [this, hash] { return look_up(hash); };
    Found overloaded =
        domain::Fail{sql::Error{sql::ErrorKind::busy, "the queue of blocking work is full"}};
    auto step = platform::run_on(pool_, executor, question, std::move(overloaded));
    auto found = co_await step;
    if (found.ok()) remember(hash, *found, asked_at);
    co_return found;
}

std::optional<std::optional<Credential>> Identity::cached(const std::string& hash) {
    const auto oldest = clock_.monotonic() - cache_age_max;
    const std::lock_guard lock(mutex_);
    for (const auto* cache : {young_.get(), old_.get()}) {
        const auto found = cache->find(hash);
        if (found != cache->end() && found->second.asked_at > oldest) return found->second.holder;
    }
    return std::nullopt;
}

void Identity::remember(const std::string& hash, const std::optional<Credential>& holder,
                        std::chrono::steady_clock::time_point asked_at) {
    const std::lock_guard lock(mutex_);
    if (young_->size() >= cache_half_max) {
        old_ = std::move(young_);
        young_ = std::make_unique<Cache>();
    }
    young_->insert_or_assign(hash, Cached{holder, asked_at});
}

Identity::Found Identity::look_up(const std::string& hash) const {
    std::optional<Credential> holder;
    const auto status = store_.transact(
        {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
            const std::array<sql::Value, 1> parameters{hash};
            const auto rows = session.query(
                "SELECT k.id, k.user_id, k.workspace, k.member, k.instance_owner FROM "
                "outlay.api_keys k"
                " LEFT JOIN outlay.users u ON u.id = k.user_id"
                " WHERE k.hash = $1 AND k.disabled_at IS NULL AND u.disabled_at IS NULL",
                parameters);
            if (!rows.ok()) return domain::Fail{rows.error()};
            if (!rows->empty()) holder = credential_of(*rows);
            return domain::Done{};
        });
    if (!status.ok()) return domain::Fail{status.error()};
    return holder;
}

NewKey Identity::derive_key(const domain::KeyId& id) const {
    return key_of(root_secret_, id);
}

Task<sql::Status> Identity::write(sql::TransactionBody body, platform::Executor& executor) {
    const std::function<sql::Status()> work = [this, body = std::move(body)] {
        return store_.transact({sql::Access::admin, std::nullopt}, body);
    };
    sql::Status overloaded =
        domain::Fail{sql::Error{sql::ErrorKind::busy, "the queue of blocking work is full"}};
    auto step = platform::run_on(pool_, executor, work, std::move(overloaded));
    auto status = co_await step;
    co_return status;
}

Task<sql::Status> Identity::store_service_key(NewKey key, domain::WorkspaceId workspace,
                                              domain::MemberId member,
                                              platform::Executor& executor) {
    const Holder holder{std::nullopt, workspace, member, false};
    const sql::TransactionBody body = [key = std::move(key), holder,
                                       now = clock_.now()](sql::Session& session) {
        return add_key(session, key, holder, now);
    };
    auto step = write(body, executor);
    auto status = co_await step;
    co_return status;
}

Task<sql::Status> Identity::store_user(domain::UserId user, std::string name, std::string email,
                                       NewKey key, platform::Executor& executor) {
    const sql::TransactionBody body = [user, name = std::move(name), email = std::move(email),
                                       key = std::move(key),
                                       now = clock_.now()](sql::Session& session) -> sql::Status {
        const sql::Value mail = email.empty() ? sql::Value{sql::Null{}} : sql::Value{email};
        const std::array<sql::Value, 4> row{uuid_cell(user.value), name, mail, now.text()};
        auto status = session.write(tables::users, sql::OnConflict::ignore, row);
        if (!status.ok()) return status;
        return add_key(session, key, {user, std::nullopt, std::nullopt, false}, now);
    };
    auto step = write(body, executor);
    auto status = co_await step;
    co_return status;
}

sql::Result<std::optional<NewKey>> make_first_owner(sql::Store& store, const platform::Clock& clock,
                                                    const platform::Secret& root_secret,
                                                    const KeepKey& keep) {
    const auto now = clock.now();
    const auto seed = platform::keyed_hash(root_secret, "first-owner", "user");
    domain::Uuid space;
    std::copy_n(seed.begin(), space.bytes.size(), space.bytes.begin());
    const domain::UserId owner{platform::uuid_of_name(space, "first-owner")};
    const auto key = key_of(root_secret, {platform::random_uuid_v7(now.micros / 1000)});
    bool is_made = false;
    const auto status = store.transact(
        {sql::Access::admin, std::nullopt}, [&](sql::Session& session) -> sql::Status {
            is_made = false;
            auto exists = has_owner(session);
            if (!exists.ok() || *exists) return as_status(exists);
            // Of several processes that come here at once, the one whose row stays makes the owner;
            // the others wait for it here and then see its key.
            const std::array<sql::Value, 3> row{uuid_cell(owner.value), std::string("Owner"),
                                                now.text()};
            const auto added = session.execute(
                "INSERT INTO outlay.users (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT "
                "(id) DO NOTHING",
                row);
            if (!added.ok()) return domain::Fail{added.error()};
            exists = has_owner(session);
            if (!exists.ok() || *exists) return as_status(exists);
            if (keep) {
                if (auto kept = keep(key); !kept.ok())
                    return domain::Fail{sql::Error{sql::ErrorKind::failed, kept.error()}};
            }
            is_made = true;
            return add_key(session, key, {owner, std::nullopt, std::nullopt, true}, now);
        });
    if (!status.ok()) return domain::Fail{status.error()};
    return is_made ? std::optional<NewKey>(key) : std::nullopt;
}

}  // namespace outlay::api
