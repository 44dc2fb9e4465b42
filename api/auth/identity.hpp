// Identity: which API key belongs to whom. Only hashes are stored. Looked-up keys are cached for at
// most 5 s, so a disabled key stops working within that time on every node. Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/resources/call.hpp"

namespace outlay::api {

struct NewKey {
    domain::KeyId id;
    std::string secret;  // the whole key as the client sends it, e.g. "olk_..."; shown once
};

// The key with this id: it derives from the root secret.
NewKey key_of(const platform::Secret& root_secret, const domain::KeyId& id);

class Identity {
public:
    Identity(sql::Store& store, platform::Pool& pool, const platform::Clock& clock,
             platform::Secret root_secret);
    ~Identity();
    Identity(const Identity&) = delete;
    Identity& operator=(const Identity&) = delete;

    // The holder of a bearer token; empty for an unknown, disabled or malformed one. An error means
    // the store is away.
    platform::Task<sql::Result<std::optional<Credential>>> authenticate(
        std::string bearer, platform::Executor& executor);
    // Keys derive from the root secret and an id that derives from the command which issues them: a
    // retried request yields the same key.
    NewKey derive_key(const domain::KeyId& id) const;
    // Idempotent.
    platform::Task<sql::Status> store_service_key(NewKey key, domain::WorkspaceId workspace,
                                                  domain::MemberId member,
                                                  platform::Executor& executor);
    platform::Task<sql::Status> store_user(domain::UserId user, std::string name, std::string email,
                                           NewKey key, platform::Executor& executor);

private:
    struct Cached;
    using Cache = std::unordered_map<std::string, Cached>;  // by hash of the key
    using Found = sql::Result<std::optional<Credential>>;

    std::optional<std::optional<Credential>> cached(const std::string& hash);
    void remember(const std::string& hash, const std::optional<Credential>& holder,
                  std::chrono::steady_clock::time_point asked_at);
    Found look_up(const std::string& hash) const;
    platform::Task<sql::Status> write(sql::TransactionBody body, platform::Executor& executor);

    sql::Store& store_;
    platform::Pool& pool_;
    const platform::Clock& clock_;
    platform::Secret root_secret_;
    std::mutex mutex_;
    // Two halves bound the cache: when the young one is full it becomes the old one, and the old
    // one is forgotten.
    std::unique_ptr<Cache> young_;
    std::unique_ptr<Cache> old_;
};

// Puts a new key where its holder finds it; the error is a sentence for an operator.
using KeepKey = std::function<domain::Status<std::string>(const NewKey&)>;

// Makes the owner of the installation if there is none yet (blocking; used at first start and by
// `outlay migrate`). Answers the key, or empty if an owner exists. The key is kept before the owner
// is: if that fails there is no owner, and the next start makes one. The owner's user id derives
// from the root secret: after the store was lost and is rebuilt from the journal, the new key opens
// the workspaces of the old owner.
sql::Result<std::optional<NewKey>> make_first_owner(sql::Store& store, const platform::Clock& clock,
                                                    const platform::Secret& root_secret,
                                                    const KeepKey& keep = {});

}  // namespace outlay::api
