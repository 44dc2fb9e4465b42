// Promise: every action is open to exactly the roles that the design names, and outsiders learn
// nothing.
#include "domain/workspace/authorise.hpp"

#include <map>

#include "tests/domain/household.hpp"

namespace outlay::domain::workspace {
namespace {

using namespace spec;

struct Row {
    Action action;
    std::string_view allowed;  // the roles that may, by first letter: viewer, member, admin, owner
    bool in_archive;           // also while the workspace is archived
};

const std::vector<Row> matrix{
    {Action::read, "vmao", true},           {Action::record_expenses, "mao", false},
    {Action::manage_others, "ao", false},   {Action::manage_categories, "mao", false},
    {Action::manage_budgets, "ao", false},  {Action::acknowledge_alerts, "mao", false},
    {Action::manage_members, "ao", false},  {Action::manage_settings, "ao", false},
    {Action::close_periods, "ao", false},   {Action::reopen_periods, "o", false},
    {Action::archive_workspace, "o", true}, {Action::leave_workspace, "vmao", false},
    {Action::manage_channels, "ao", false},
};

struct Person {
    char letter;
    MemberId id;
    Role role;
};
const std::vector<Person> people{{'v', viewer, Role::viewer},
                                 {'m', member, Role::member},
                                 {'a', admin, Role::admin},
                                 {'o', owner, Role::owner}};

Actor actor(const MemberId& id) {
    return Actor{id, std::nullopt};
}

TEST(Authorise, follows_the_matrix_of_roles_and_actions) {
    const Workspace workspace = given_household().state();
    for (const Row& row : matrix) {
        for (const Person& person : people) {
            SCOPED_TRACE(std::to_string(static_cast<int>(row.action)) + person.letter);
            const bool allowed = row.allowed.find(person.letter) != std::string_view::npos;
            const auto answer = authorise(workspace, actor(person.id), row.action);
            EXPECT_EQ(role_allows(person.role, row.action), allowed);
            ASSERT_EQ(answer.ok(), allowed);
            if (allowed) {
                EXPECT_EQ(*answer, person.role);
            } else {
                EXPECT_EQ(answer.error().code, RefusalCode::forbidden);
            }
        }
    }
}

TEST(Authorise, allows_nothing_but_reading_and_restoring_in_an_archived_workspace) {
    const Workspace workspace = given_household({WorkspaceArchived{}}).state();
    for (const Row& row : matrix) {
        SCOPED_TRACE(static_cast<int>(row.action));
        const auto answer = authorise(workspace, actor(owner), row.action);
        ASSERT_EQ(answer.ok(), row.in_archive);
        if (!row.in_archive) {
            EXPECT_EQ(answer.error().code, RefusalCode::workspace_archived);
        }
    }
}

TEST(Authorise, answers_strangers_and_for_missing_workspaces_alike) {
    const auto to_stranger = authorise(given_household().state(), actor(stranger), Action::read);
    const auto for_nothing = authorise(Workspace{}, actor(owner), Action::read);
    ASSERT_FALSE(to_stranger.ok());
    ASSERT_FALSE(for_nothing.ok());
    EXPECT_EQ(to_stranger.error().code, RefusalCode::not_found);
    EXPECT_EQ(for_nothing.error().code, RefusalCode::not_found);
    EXPECT_EQ(to_stranger.error().detail, for_nothing.error().detail);
}

TEST(Authorise, forgets_a_removed_member) {
    const Workspace workspace = given_household({MemberRemoved{admin}}).state();
    const auto answer = authorise(workspace, actor(admin), Action::read);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, RefusalCode::not_found);
}

}  // namespace
}  // namespace outlay::domain::workspace
