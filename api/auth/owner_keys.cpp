// The rows of outlay.api_keys that belong to the owner.
#include "api/auth/owner_keys.hpp"

#include <array>

#include "api/auth/identity_tables.hpp"
#include "api/auth/key_text.hpp"

namespace outlay::api {

sql::Result<std::vector<OwnerKey>> owner_keys(sql::Session& session) {
    const auto rows = session.query(
        "SELECT id, last4, created_at, disabled_at FROM outlay.api_keys WHERE instance_owner"
        " ORDER BY created_at, id");
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<OwnerKey> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        found.push_back(
            {{rows->uuid(row, 0)}, rows->text(row, 1), rows->text(row, 2), !rows->is_null(row, 3)});
    }
    return found;
}

NewKey new_owner_key(const platform::Secret& root_secret, domain::Instant now) {
    constexpr std::int64_t micros_per_milli = 1000;
    return key_of(root_secret, {platform::random_uuid_v7(now.micros / micros_per_milli)});
}

sql::Status add_owner_key(sql::Session& session, const NewKey& key, domain::Instant now) {
    const auto owner = session.query(
        "SELECT user_id FROM outlay.api_keys WHERE instance_owner ORDER BY created_at, id LIMIT 1");
    if (!owner.ok()) return domain::Fail{owner.error()};
    if (owner->empty())
        return domain::Fail{sql::Error{sql::ErrorKind::failed, "there is no owner yet"}};
    const std::array<sql::Value, 1> user{owner->text(0, 0)};
    const auto opened =
        session.execute("UPDATE outlay.users SET disabled_at = NULL WHERE id = $1", user);
    if (!opened.ok()) return domain::Fail{opened.error()};
    const std::array<sql::Value, 8> row{
        key.id.value.text(), key_hash(key.secret), owner->text(0, 0),     sql::Null{},
        sql::Null{},         std::int64_t{1},      key_last4(key.secret), now.text()};
    return session.write(tables::api_keys, sql::OnConflict::fail, row);
}

sql::Result<std::int64_t> end_other_owner_keys(sql::Session& session, const domain::KeyId& kept,
                                               domain::Instant now) {
    const std::array<sql::Value, 2> parameters{now.text(), kept.value.text()};
    return session.execute(
        "UPDATE outlay.api_keys SET disabled_at = $1"
        " WHERE instance_owner AND disabled_at IS NULL AND id <> $2",
        parameters);
}

}  // namespace outlay::api
