// Promise: a key opens what it was made for and nothing else; a disabled one stops within five
// seconds; an installation has one first owner, however many processes start at once.
#include <gtest/gtest.h>

#include <thread>

#include "api/auth/identity.hpp"
#include "api/auth/key_text.hpp"
#include "tests/unit/api_core_node.hpp"
#include "tests/unit/projector_world.hpp"

namespace outlay::tests {
namespace {

constexpr platform::Secret root_secret{5, 5, 5};

class IdentityTest : public testing::Test {
protected:
    std::optional<api::Credential> holder(const std::string& key) {
        auto found = loop_.run(identity_.authenticate(key, loop_));
        EXPECT_TRUE(found.ok());
        return found.ok() ? *found : std::nullopt;
    }
    api::NewKey new_key(std::uint8_t n) {
        domain::KeyId id;
        id.value.bytes[15] = n;
        return identity_.derive_key(id);
    }
    void disable(const char* table) {
        ASSERT_TRUE(change(store_.store(), std::string("UPDATE outlay.") + table +
                                               " SET disabled_at = '2026-01-01T00:00:00Z'")
                        .ok());
    }
    static domain::UserId user(std::uint8_t n) {
        domain::UserId id;
        id.value.bytes[15] = n;
        return id;
    }

    LoopExecutor loop_;
    ManualClock clock_;
    SqliteProjectorStore store_;
    platform::Pool pool_{2, 100};
    api::Identity identity_{store_.store(), pool_, clock_, root_secret};
};

TEST_F(IdentityTest, derives_the_same_key_from_the_same_id) {
    EXPECT_EQ(new_key(1).secret, new_key(1).secret);
    EXPECT_NE(new_key(1).secret, new_key(2).secret);
    EXPECT_EQ(new_key(1).secret.size(), 53U);
    EXPECT_TRUE(new_key(1).secret.starts_with("olk_"));
}

TEST_F(IdentityTest, knows_people_by_their_keys) {
    const auto key = new_key(1);
    ASSERT_TRUE(
        loop_.run(identity_.store_user(user(1), "Ada", "ada@example.com", key, loop_)).ok());
    const auto found = holder(key.secret);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->principal.user, user(1));
    EXPECT_EQ(found->key, key.id);
    EXPECT_FALSE(found->instance_owner);
    EXPECT_FALSE(found->principal.key.has_value());
}

TEST_F(IdentityTest, knows_service_accounts_with_workspace_and_key) {
    const auto key = new_key(2);
    domain::WorkspaceId workspace;
    workspace.value.bytes[0] = 1;
    domain::MemberId member;
    member.value.bytes[0] = 2;
    // Twice, as a retried request does.
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(loop_.run(identity_.store_service_key(key, workspace, member, loop_)).ok());
    }
    const auto found = holder(key.secret);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->principal.workspace, workspace);
    EXPECT_EQ(found->principal.member, member);
    EXPECT_EQ(found->principal.key, key.id);
}

TEST_F(IdentityTest, refuses_unknown_and_mistyped_keys) {
    const auto key = new_key(3);
    EXPECT_FALSE(holder(key.secret).has_value());
    EXPECT_FALSE(holder("").has_value());
    EXPECT_FALSE(holder("olk_short").has_value());
    ASSERT_TRUE(api::is_key_text(key.secret));
    for (std::size_t i = 0; i < key.secret.size(); ++i) {
        auto mistyped = key.secret;
        mistyped[i] = mistyped[i] == 'a' ? 'b' : 'a';
        EXPECT_FALSE(api::is_key_text(mistyped)) << i;
    }
}

TEST_F(IdentityTest, stores_no_secret) {
    const auto key = new_key(4);
    ASSERT_TRUE(
        loop_.run(identity_.store_user(user(4), "Ada", "ada@example.com", key, loop_)).ok());
    for (const auto& row : rows_of(store_.store(), "SELECT * FROM outlay.api_keys")) {
        EXPECT_EQ(row.find(key.secret.substr(0, 20)), std::string::npos);
    }
}

TEST_F(IdentityTest, stops_a_disabled_key_within_five_seconds) {
    const auto key = new_key(5);
    ASSERT_TRUE(
        loop_.run(identity_.store_user(user(5), "Ada", "ada@example.com", key, loop_)).ok());
    ASSERT_TRUE(holder(key.secret).has_value());
    disable("api_keys");
    clock_.advance(std::chrono::milliseconds{5000});
    EXPECT_FALSE(holder(key.secret).has_value());
}

TEST_F(IdentityTest, stops_the_keys_of_a_disabled_person) {
    const auto key = new_key(6);
    ASSERT_TRUE(
        loop_.run(identity_.store_user(user(6), "Ada", "ada@example.com", key, loop_)).ok());
    ASSERT_TRUE(holder(key.secret).has_value());
    disable("users");
    clock_.advance(std::chrono::milliseconds{5000});
    EXPECT_FALSE(holder(key.secret).has_value());
}

TEST_F(IdentityTest, remembers_for_a_while_that_a_key_is_unknown) {
    const auto key = new_key(7);
    EXPECT_FALSE(holder(key.secret).has_value());
    ASSERT_TRUE(
        loop_.run(identity_.store_user(user(7), "Ada", "ada@example.com", key, loop_)).ok());
    EXPECT_FALSE(holder(key.secret).has_value());
    clock_.advance(std::chrono::milliseconds{5000});
    EXPECT_TRUE(holder(key.secret).has_value());
}

TEST_F(IdentityTest, makes_one_first_owner) {
    const auto first = api::make_first_owner(store_.store(), clock_, root_secret);
    ASSERT_TRUE(first.ok());
    ASSERT_TRUE(first->has_value());
    const auto found = holder((*first)->secret);
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->instance_owner);
    const auto second = api::make_first_owner(store_.store(), clock_, root_secret);
    ASSERT_TRUE(second.ok());
    EXPECT_FALSE(second->has_value());
}

TEST_F(IdentityTest, makes_no_owner_whose_key_cannot_be_kept) {
    const auto lost = api::make_first_owner(store_.store(), clock_, root_secret, [](const auto&) {
        return domain::Status<std::string>(domain::Fail{std::string("no such folder")});
    });
    ASSERT_FALSE(lost.ok());
    EXPECT_EQ(lost.error().detail, "no such folder");
    EXPECT_EQ(rows_of(store_.store(), "SELECT id FROM outlay.users").size(), 0U);
    std::string kept;
    const auto made =
        api::make_first_owner(store_.store(), clock_, root_secret, [&kept](const api::NewKey& key) {
            kept = key.secret;
            return domain::Status<std::string>(domain::Done{});
        });
    ASSERT_TRUE(made.ok() && made->has_value());
    EXPECT_TRUE(holder(kept).has_value());
}

TEST_F(IdentityTest, makes_one_first_owner_among_many_starts) {
    std::atomic<int> made{0};
    std::vector<std::thread> starts;
    for (int i = 0; i < 8; ++i) {
        starts.emplace_back([&] {
            const auto owner = api::make_first_owner(store_.store(), clock_, root_secret);
            if (owner.ok() && owner->has_value()) ++made;
        });
    }
    for (auto& start : starts) start.join();
    EXPECT_EQ(made, 1);
    EXPECT_EQ(rows_of(store_.store(), "SELECT id FROM outlay.api_keys").size(), 1U);
}

TEST_F(IdentityTest, gives_a_rebuilt_store_the_same_owner_with_a_new_key) {
    SqliteProjectorStore rebuilt;
    const auto first = api::make_first_owner(store_.store(), clock_, root_secret);
    const auto again = api::make_first_owner(rebuilt.store(), clock_, root_secret);
    ASSERT_TRUE(first.ok() && first->has_value() && again.ok() && again->has_value());
    EXPECT_NE((*first)->secret, (*again)->secret);
    EXPECT_EQ(rows_of(store_.store(), "SELECT id FROM outlay.users"),
              rows_of(rebuilt.store(), "SELECT id FROM outlay.users"));
}

}  // namespace
}  // namespace outlay::tests
