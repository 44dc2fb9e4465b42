// `outlay admin owner-key` and `outlay admin recover`: how whoever runs an installation gets in.
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "api/auth/owner_keys.hpp"
#include "app/key_file.hpp"
#include "app/operator.hpp"
#include "app/place.hpp"
#include "app/roles.hpp"
#include "app/root_secret.hpp"
#include "platform/json/writer.hpp"
#include "workers/operator_audit.hpp"

namespace outlay::app {

namespace {

using Keys = std::vector<api::OwnerKey>;
const sql::TransactionOptions as_admin{sql::Access::admin, std::nullopt};

// The key that is made, and what becomes of the others.
enum class Others { stay, end };

std::string detail_of(const api::NewKey& key, std::int64_t ended) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .field("key", key.id.text())
        .field("ended", ended)
        .end_object();
    return text;
}

// The key is kept before it counts: if that fails, nothing is changed.
sql::Result<std::int64_t> bring_in(sql::Store& store, const api::NewKey& key, Others others,
                                   domain::Instant now, const api::KeepKey& keep) {
    std::int64_t ended = 0;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        if (auto added = api::add_owner_key(session, key, now); !added.ok()) return added;
        if (others == Others::end) {
            const auto count = api::end_other_owner_keys(session, key.id, now);
            if (!count.ok()) return domain::Fail{count.error()};
            ended = *count;
        }
        const auto* const action = others == Others::end ? "recover" : "owner_key";
        auto noted = workers::note(session, {operator_name(), action, detail_of(key, ended), now});
        if (!noted.ok()) return noted;
        if (const auto kept = keep(key); !kept.ok())
            return domain::Fail{sql::Error{sql::ErrorKind::failed, kept.error()}};
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return ended;
}

Outcome<Keys> read_keys(sql::Store& store) {
    Keys keys;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        auto found = api::owner_keys(session);
        if (!found.ok()) return domain::Fail{found.error()};
        keys = std::move(found).value();
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{"the store: " + done.error().detail};
    if (keys.empty())
        return domain::Fail{
            std::string("there is no owner yet; `outlay migrate` or the first start "
                        "of `outlay serve` makes one")};
    return keys;
}

void print_keys(const Keys& keys, bool as_json) {
    if (!as_json) {
        std::printf("%-32s  %-5s  %-28s  %s\n", "key", "ends", "made", "state");
        for (const auto& key : keys)
            std::printf("%-32s  %-5s  %-28s  %s\n", key.id.text().c_str(), key.last4.c_str(),
                        key.created_at.c_str(), key.is_ended ? "ended" : "works");
        std::fflush(stdout);
        return;
    }
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& key : keys) {
        out.begin_object()
            .field("id", key.id.text())
            .field("last4", key.last4)
            .field("created_at", key.created_at)
            .field("works", !key.is_ended)
            .end_object();
    }
    out.end_array();
    std::cout << text << "\n";
}

// "" : it is printed.
std::string file_for(const Settings& settings, Others others) {
    if (!settings.owner_key_file.empty()) return settings.owner_key_file;
    const bool replaces = others == Others::end && !settings.data_dir.empty();
    return replaces ? settings.data_dir + "/owner.key" : "";
}

void print_made(const Settings& settings, const api::NewKey& key, const std::string& file,
                std::int64_t ended) {
    if (settings.json) {
        std::string text;
        json::Writer(text)
            .begin_object()
            .field("id", key.id.text())
            .field("key", file.empty() ? std::optional(key.secret) : std::nullopt)
            .field("file", file.empty() ? std::nullopt : std::optional(file))
            .field("ended", ended)
            .end_object();
        std::cout << text << "\n";
        return;
    }
    if (file.empty())
        std::cout << "Owner's API key, printed this once:\n  " << key.secret << "\n";
    else
        std::cout << "The owner's new API key is in " << file << ".\n";
    if (ended > 0)
        std::cout << ended << (ended == 1 ? " other key ends" : " other keys end")
                  << "; running servers refuse them within 5 seconds.\n";
}

int make_key(const Settings& settings, sql::Store& store, Others others) {
    const platform::SystemClock clock;
    const auto secret = existing_root_secret(settings);
    if (!secret.ok()) return fail(secret.error());
    const auto file = file_for(settings, others);
    const auto now = clock.now();
    const auto key = api::new_owner_key(*secret, now);
    const auto keep = [&file](const api::NewKey& made) -> domain::Status<std::string> {
        if (file.empty()) return domain::Done{};
        return write_key_file(file, made.secret);
    };
    const auto ended = bring_in(store, key, others, now, keep);
    if (!ended.ok()) return fail("the store: " + ended.error().detail);
    print_made(settings, key, file, *ended);
    return 0;
}

}  // namespace

int owner_keys(const Settings& settings) {
    const auto store = needed_store(settings);
    if (!store.ok()) return fail(store.error());
    const auto keys = read_keys(**store);
    if (!keys.ok()) return fail(keys.error());
    if (!settings.list) return make_key(settings, **store, Others::stay);
    print_keys(*keys, settings.json);
    return 0;
}

int recover_owner(const Settings& settings) {
    const auto store = needed_store(settings);
    if (!store.ok()) return fail(store.error());
    auto keys = read_keys(**store);
    if (!keys.ok()) return fail(keys.error());
    if (!settings.dry_run) return make_key(settings, **store, Others::end);
    std::erase_if(*keys, [](const api::OwnerKey& key) { return key.is_ended; });
    print_keys(*keys, settings.json);
    std::cerr << "outlay: these would end; nothing was changed\n";
    return 0;
}

}  // namespace outlay::app
