// Promise: nobody grants, takes or touches more power than they hold, and a workspace never loses
// its last owner.
#include "tests/domain/household.hpp"

namespace outlay::domain::workspace {
namespace {

using namespace spec;

const UserId somebody = id<UserId>(9);
const MemberId bot = id<MemberId>(5);
const MemberId root_bot = id<MemberId>(6);
const MemberId second_owner = id<MemberId>(7);
const KeyId bot_key = id<KeyId>(5);
const KeyId root_key = id<KeyId>(6);

const std::vector<Event> with_accounts{
    ServiceAccountAdded{bot, "bot", Role::member}, KeyIssued{bot_key, bot},
    ServiceAccountAdded{root_bot, "root", Role::owner}, KeyIssued{root_key, root_bot}};
const std::vector<Event> with_second_owner{MemberAdded{second_owner, id<UserId>(7), Role::owner}};

TEST(AddingAMember, gives_a_derived_id) {
    given_household()
        .by(admin)
        .when(AddMember{somebody, Role::member})
        .then({MemberAdded{derived<MemberId>(0), somebody, Role::member}});
}

TEST(AddingAMember, grants_at_most_the_role_of_the_actor) {
    given_household()
        .by(admin)
        .when(AddMember{somebody, Role::admin})
        .then({MemberAdded{derived<MemberId>(0), somebody, Role::admin}});
    given_household()
        .by(admin)
        .when(AddMember{somebody, Role::owner})
        .then_refused(RefusalCode::forbidden);
    given_household()
        .when(AddMember{somebody, Role::owner})
        .then({MemberAdded{derived<MemberId>(0), somebody, Role::owner}});
    given_household()
        .by(member)
        .when(AddMember{somebody, Role::viewer})
        .then_refused(RefusalCode::forbidden);
    given_household()
        .by(stranger)
        .when(AddMember{somebody, Role::viewer})
        .then_refused(RefusalCode::not_found);
}

TEST(AddingAMember, who_is_one_does_nothing_or_is_refused) {
    given_household().when(AddMember{id<UserId>(3), Role::member}).then_nothing();
    given_household()
        .when(AddMember{id<UserId>(3), Role::admin})
        .then_refused(RefusalCode::member_exists);
}

TEST(AddingAMember, who_left_makes_a_new_member) {
    given_household({MemberRemoved{member}})
        .when(AddMember{id<UserId>(3), Role::member})
        .then({MemberAdded{derived<MemberId>(0), id<UserId>(3), Role::member}});
}

TEST(AddingAServiceAccount, issues_its_first_key) {
    given_household()
        .by(admin)
        .when(AddServiceAccount{"bot", Role::member})
        .then({ServiceAccountAdded{derived<MemberId>(0), "bot", Role::member},
               KeyIssued{derived<KeyId>(1), derived<MemberId>(0)}});
}

TEST(AddingAServiceAccount, obeys_rules_and_roles) {
    given_household().when(AddServiceAccount{"", Role::member}).then_invalid({"/name"});
    given_household()
        .by(admin)
        .when(AddServiceAccount{"bot", Role::owner})
        .then_refused(RefusalCode::forbidden);
    given_household()
        .by(member)
        .when(AddServiceAccount{"bot", Role::viewer})
        .then_refused(RefusalCode::forbidden);
}

const QuietHours nights{*TimeOfDay::parse("22:00"), *TimeOfDay::parse("07:00")};

ChangeHours hours(const MemberId& of) {
    return {of, std::optional<std::string>("Asia/Tokyo"), std::optional(nights)};
}

TEST(ChangingHours, is_everybodys_own_matter_and_the_admins) {
    for (const auto& by : {member, admin}) {
        given_household()
            .by(by)
            .when(hours(member))
            .then({MemberHoursChanged{member, "Asia/Tokyo", nights}});
    }
    given_household().by(member).when(hours(admin)).then_refused(RefusalCode::forbidden);
    given_household().by(admin).when(hours(owner)).then_refused(RefusalCode::forbidden);
    given_household().when(hours(id<MemberId>(77))).then_refused(RefusalCode::not_found);
    given_household(with_accounts).when(hours(bot)).then_refused(RefusalCode::state_conflict);
}

TEST(ChangingHours, keeps_what_is_left_out) {
    const std::vector<Event> set{MemberHoursChanged{member, "Asia/Tokyo", nights}};
    given_household(set).when(hours(member)).then_nothing();
    given_household(set)
        .when(ChangeHours{member, std::optional<std::string>{}, {}})
        .then({MemberHoursChanged{member, {}, nights}});
    given_household(set)
        .when(ChangeHours{member, {}, std::optional<QuietHours>{}})
        .then({MemberHoursChanged{member, "Asia/Tokyo", {}}});
    given_household()
        .when(ChangeHours{member, {}, std::optional(QuietHours{nights.from, nights.from})})
        .then_invalid({"/quiet_hours"});
}

TEST(ChangingARole, records_the_new_one) {
    given_household()
        .by(admin)
        .when(ChangeRole{member, Role::admin})
        .then({MemberRoleChanged{member, Role::admin}});
    given_household()
        .by(admin)
        .when(ChangeRole{admin, Role::viewer})
        .then({MemberRoleChanged{admin, Role::viewer}});
    EXPECT_EQ(
        given_household({MemberRoleChanged{member, Role::admin}}).state().member(member)->role,
        Role::admin);
}

TEST(ChangingARole, to_the_same_one_does_nothing) {
    given_household().by(admin).when(ChangeRole{member, Role::member}).then_nothing();
    given_household().when(ChangeRole{owner, Role::owner}).then_nothing();
}

TEST(ChangingARole, stays_within_the_power_of_the_actor) {
    const auto refused = RefusalCode::forbidden;
    given_household().by(admin).when(ChangeRole{member, Role::owner}).then_refused(refused);
    given_household().by(admin).when(ChangeRole{admin, Role::owner}).then_refused(refused);
    given_household(with_second_owner)
        .by(admin)
        .when(ChangeRole{owner, Role::admin})
        .then_refused(refused);
    given_household().by(admin).when(ChangeRole{owner, Role::owner}).then_refused(refused);
    given_household().by(member).when(ChangeRole{member, Role::viewer}).then_refused(refused);
}

TEST(ChangingARole, needs_a_member) {
    given_household().when(ChangeRole{stranger, Role::member}).then_refused(RefusalCode::not_found);
}

TEST(ChangingARole, keeps_the_last_owner) {
    given_household().when(ChangeRole{owner, Role::admin}).then_refused(RefusalCode::last_owner);
    given_household(with_second_owner)
        .when(ChangeRole{owner, Role::viewer})
        .then({MemberRoleChanged{owner, Role::viewer}});
}

TEST(ChangingARole, does_not_count_a_service_account_as_the_owner_who_stays) {
    given_household(with_accounts)
        .when(ChangeRole{owner, Role::admin})
        .then_refused(RefusalCode::last_owner);
    given_household(with_accounts)
        .when(ChangeRole{root_bot, Role::viewer})
        .then({MemberRoleChanged{root_bot, Role::viewer}});
}

TEST(RemovingAMember, is_for_admins_within_their_power) {
    given_household().by(admin).when(RemoveMember{member}).then({MemberRemoved{member}});
    given_household(with_second_owner)
        .when(RemoveMember{second_owner})
        .then({MemberRemoved{second_owner}});
    given_household(with_second_owner)
        .by(admin)
        .when(RemoveMember{second_owner})
        .then_refused(RefusalCode::forbidden);
    given_household().by(member).when(RemoveMember{viewer}).then_refused(RefusalCode::forbidden);
    given_household().by(stranger).when(RemoveMember{viewer}).then_refused(RefusalCode::not_found);
    given_household().when(RemoveMember{stranger}).then_refused(RefusalCode::not_found);
}

TEST(RemovingAMember, keeps_the_last_owner) {
    given_household().when(RemoveMember{owner}).then_refused(RefusalCode::last_owner);
    given_household(with_accounts).when(RemoveMember{owner}).then_refused(RefusalCode::last_owner);
    given_household(with_second_owner).when(RemoveMember{owner}).then({MemberRemoved{owner}});
}

TEST(RemovingAMember, lets_every_person_leave) {
    for (const MemberId& person : {viewer, member, admin}) {
        given_household().by(person).when(RemoveMember{person}).then({MemberRemoved{person}});
    }
    given_household(with_accounts)
        .by(bot)
        .when(RemoveMember{bot})
        .then_refused(RefusalCode::forbidden);
}

TEST(RemovingAMember, ends_all_its_keys) {
    const Workspace state =
        given_household(after(with_accounts, {KeyIssued{id<KeyId>(8), bot}, MemberRemoved{bot}}))
            .state();
    EXPECT_EQ(state.member(bot), nullptr);
    EXPECT_EQ(state.keys, (std::map<KeyId, MemberId>{{root_key, root_bot}}));
}

TEST(IssuingAKey, is_for_service_accounts_within_the_actors_power) {
    const auto given = given_household(with_accounts);
    auto by_admin = given_household(with_accounts).by(admin);
    by_admin.when(IssueKey{bot}).then({KeyIssued{derived<KeyId>(0), bot}});
    by_admin.when(IssueKey{root_bot}).then_refused(RefusalCode::forbidden);
    given.when(IssueKey{root_bot}).then({KeyIssued{derived<KeyId>(0), root_bot}});
    given.when(IssueKey{member}).then_refused(RefusalCode::state_conflict);
    given.when(IssueKey{stranger}).then_refused(RefusalCode::not_found);
    given_household(with_accounts).by(bot).when(IssueKey{bot}).then_refused(RefusalCode::forbidden);
}

TEST(RevokingAKey, ends_it_for_good) {
    auto by_admin = given_household(with_accounts).by(admin);
    by_admin.when(RevokeKey{bot_key}).then({KeyRevoked{bot_key}});
    by_admin.when(RevokeKey{root_key}).then_refused(RefusalCode::forbidden);
    by_admin.when(RevokeKey{id<KeyId>(77)}).then_refused(RefusalCode::not_found);
    const auto revoked = given_household(after(with_accounts, {KeyRevoked{bot_key}}));
    EXPECT_FALSE(revoked.state().keys.contains(bot_key));
    revoked.when(RevokeKey{bot_key}).then_refused(RefusalCode::not_found);
}

TEST(Members, are_found_by_their_user) {
    const Workspace state = given_household(with_accounts).state();
    MemberId found;
    ASSERT_NE(state.member_of_user(id<UserId>(3), &found), nullptr);
    EXPECT_EQ(found, member);
    EXPECT_EQ(state.member_of_user(somebody), nullptr);
    EXPECT_EQ(state.member(bot)->name, "bot");
    EXPECT_EQ(state.member(bot)->user, std::nullopt);
}

TEST(Members, remember_when_they_came_and_when_they_changed) {
    const Workspace state = given_household({MemberRoleChanged{member, Role::admin}}).state();
    EXPECT_EQ(state.member(member)->added_at, Instant{3});
    EXPECT_EQ(state.member(member)->updated_at, Instant{5});
    EXPECT_EQ(state.member(member)->version, 5U);
    EXPECT_EQ(state.member(viewer)->version, 4U);
}

TEST(Members, change_with_their_keys) {
    // Versions 5 to 8 add the accounts with a key each; 9 and 10 concern the keys of one of them.
    const Workspace issued =
        given_household(after(with_accounts, {KeyIssued{id<KeyId>(8), bot}})).state();
    EXPECT_EQ(issued.member(bot)->added_at, Instant{5});
    EXPECT_EQ(issued.member(bot)->version, 9U);
    const Workspace revoked =
        given_household(after(with_accounts, {KeyIssued{id<KeyId>(8), bot}, KeyRevoked{bot_key}}))
            .state();
    EXPECT_EQ(revoked.member(bot)->version, 10U);
    EXPECT_EQ(revoked.member(bot)->updated_at, Instant{10});
    EXPECT_EQ(revoked.member(root_bot)->version, 8U);
}

TEST(Members, that_are_gone_are_not_brought_back_by_events) {
    const Workspace state =
        given_household({MemberRemoved{member}, MemberRoleChanged{member, Role::owner}}).state();
    EXPECT_EQ(state.member(member), nullptr);
}

}  // namespace
}  // namespace outlay::domain::workspace
