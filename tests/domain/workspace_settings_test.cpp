// Promise: settings, archive and closed periods of a workspace change only by its rules.
#include "tests/domain/household.hpp"

namespace outlay::domain::workspace {
namespace {

using namespace spec;

using GivenWorkspace = Given<Workspace, Event>;

const CreateWorkspace create_home{"Home", currency("EUR"), "Europe/Berlin", id<UserId>(1)};

TEST(CreatingAWorkspace, makes_its_owner_the_first_member) {
    GivenWorkspace({})
        .when(create_home)
        .then({WorkspaceCreated{"Home", currency("EUR"), "Europe/Berlin", derived<MemberId>(1),
                                id<UserId>(1)}});
}

TEST(CreatingAWorkspace, collects_every_broken_field_rule) {
    GivenWorkspace({})
        .when(CreateWorkspace{" ", currency("EUR"), "", id<UserId>(1)})
        .then_invalid({"/name", "/time_zone"});
}

TEST(CreatingAWorkspace, checks_the_length_of_the_name_in_characters) {
    std::string umlauts;
    for (int i = 0; i < 100; ++i) umlauts += "ü";
    CreateWorkspace command = create_home;
    command.name = umlauts;
    EXPECT_TRUE(decide(Workspace{}, command, context_of(owner)).ok());
    command.name += "x";
    GivenWorkspace({}).when(command).then_invalid({"/name"});
}

TEST(CreatingAWorkspace, refuses_control_characters) {
    CreateWorkspace command = create_home;
    command.name = "Ho\nme";
    GivenWorkspace({}).when(command).then_invalid({"/name"});
}

TEST(CreatingAWorkspace, is_refused_where_one_exists) {
    given_household().when(create_home).then_refused(RefusalCode::already_exists);
}

TEST(CreatingAWorkspace, folds_to_a_state_with_settings_and_owner) {
    const Workspace state = given_household().state();
    EXPECT_TRUE(state.exists);
    EXPECT_EQ(state.name, "Home");
    EXPECT_EQ(state.base_currency, currency("EUR"));
    EXPECT_EQ(state.time_zone, "Europe/Berlin");
    EXPECT_EQ(state.created_at, Instant{1});
    EXPECT_EQ(state.updated_at, Instant{4});
    ASSERT_NE(state.member(owner), nullptr);
    EXPECT_EQ(state.member(owner)->role, Role::owner);
    EXPECT_EQ(state.member(owner)->user, id<UserId>(1));
}

TEST(ChangingSettings, says_only_what_changed) {
    given_household()
        .by(admin)
        .when(ChangeSettings{"House", currency("EUR"), "Asia/Kolkata"})
        .then({WorkspaceSettingsChanged{"House", std::nullopt, "Asia/Kolkata"}});
    given_household()
        .when(ChangeSettings{std::nullopt, currency("INR"), std::nullopt})
        .then({WorkspaceSettingsChanged{std::nullopt, currency("INR"), std::nullopt}});
}

TEST(ChangingSettings, says_where_weeks_and_fiscal_years_begin) {
    ChangeSettings command;
    command.week_start = Weekday::parse("sunday");
    command.fiscal_year_start = YearDay::parse("04-01");
    WorkspaceSettingsChanged changed;
    changed.week_start = command.week_start;
    changed.fiscal_year_start = command.fiscal_year_start;
    given_household().when(command).then({changed});
    given_household({changed}).when(command).then_nothing();
    command.week_start = Weekday{};
    command.fiscal_year_start = YearDay{};
    given_household().when(command).then_nothing();
}

TEST(ChangingSettings, without_a_difference_does_nothing) {
    given_household().when(ChangeSettings{}).then_nothing();
    given_household().when(ChangeSettings{"Home", currency("EUR"), "Europe/Berlin"}).then_nothing();
}

TEST(ChangingSettings, obeys_rules_and_roles) {
    given_household().when(ChangeSettings{"", {}, ""}).then_invalid({"/name", "/time_zone"});
    given_household()
        .by(member)
        .when(ChangeSettings{"House", {}, {}})
        .then_refused(RefusalCode::forbidden);
    given_household()
        .by(stranger)
        .when(ChangeSettings{"House", {}, {}})
        .then_refused(RefusalCode::not_found);
    given_household({WorkspaceArchived{}})
        .when(ChangeSettings{"House", {}, {}})
        .then_refused(RefusalCode::workspace_archived);
}

TEST(ChangingSettings, folds_into_the_state) {
    const Workspace state =
        given_household({WorkspaceSettingsChanged{"House", std::nullopt, "Asia/Kolkata"},
                         WorkspaceSettingsChanged{std::nullopt, currency("INR"), std::nullopt}})
            .state();
    EXPECT_EQ(state.name, "House");
    EXPECT_EQ(state.time_zone, "Asia/Kolkata");
    EXPECT_EQ(state.base_currency, currency("INR"));
}

TEST(ArchivingAWorkspace, is_the_owners_to_do_and_to_undo) {
    given_household().when(ArchiveWorkspace{}).then({WorkspaceArchived{}});
    given_household().by(admin).when(ArchiveWorkspace{}).then_refused(RefusalCode::forbidden);
    given_household({WorkspaceArchived{}}).when(RestoreWorkspace{}).then({WorkspaceRestored{}});
    given_household({WorkspaceArchived{}})
        .by(admin)
        .when(RestoreWorkspace{})
        .then_refused(RefusalCode::forbidden);
}

TEST(ArchivingAWorkspace, twice_does_nothing) {
    given_household({WorkspaceArchived{}}).when(ArchiveWorkspace{}).then_nothing();
    given_household().when(RestoreWorkspace{}).then_nothing();
    given_household({WorkspaceArchived{}, WorkspaceRestored{}})
        .when(RestoreWorkspace{})
        .then_nothing();
}

TEST(ArchivingAWorkspace, refuses_every_other_change) {
    const auto archived =
        given_household({ServiceAccountAdded{id<MemberId>(5), "bot", Role::member},
                         KeyIssued{id<KeyId>(1), id<MemberId>(5)}, WorkspaceArchived{}});
    const auto refused = RefusalCode::workspace_archived;
    archived.when(AddMember{id<UserId>(9), Role::member}).then_refused(refused);
    archived.when(AddServiceAccount{"bot", Role::member}).then_refused(refused);
    archived.when(ChangeRole{viewer, Role::member}).then_refused(refused);
    archived.when(RemoveMember{viewer}).then_refused(refused);
    archived.when(RemoveMember{owner}).then_refused(refused);
    archived.when(IssueKey{id<MemberId>(5)}).then_refused(refused);
    archived.when(RevokeKey{id<KeyId>(1)}).then_refused(refused);
    archived.when(ClosePeriod{day("2026-10-31")}).then_refused(refused);
    archived.when(ReopenPeriod{std::nullopt, "why"}).then_refused(refused);
}

TEST(ClosingAPeriod, moves_the_last_closed_day_forward) {
    given_household()
        .by(admin)
        .when(ClosePeriod{day("2026-10-31")})
        .then({PeriodClosed{day("2026-10-31")}});
    given_household({PeriodClosed{day("2026-09-30")}})
        .when(ClosePeriod{day("2026-10-31")})
        .then({PeriodClosed{day("2026-10-31")}});
}

TEST(ClosingAPeriod, that_is_closed_does_nothing) {
    const auto closed = given_household({PeriodClosed{day("2026-10-31")}});
    closed.when(ClosePeriod{day("2026-10-31")}).then_nothing();
    closed.when(ClosePeriod{day("2026-01-31")}).then_nothing();
}

TEST(ClosingAPeriod, obeys_rules_and_roles) {
    given_household()
        .by(member)
        .when(ClosePeriod{day("2026-10-31")})
        .then_refused(RefusalCode::forbidden);
    given_household().when(ClosePeriod{day("9999-12-31").plus_days(1)}).then_invalid({"/through"});
}

TEST(ReopeningAPeriod, needs_the_owner_and_a_reason) {
    const std::vector<Event> closed{PeriodClosed{day("2026-10-31")}};
    given_household(closed)
        .when(ReopenPeriod{day("2026-08-31"), "A receipt was found."})
        .then({PeriodReopened{day("2026-08-31"), "A receipt was found."}});
    given_household(closed)
        .when(ReopenPeriod{std::nullopt, "All of it."})
        .then({PeriodReopened{std::nullopt, "All of it."}});
    given_household(closed).when(ReopenPeriod{std::nullopt, " "}).then_invalid({"/reason"});
    given_household(closed)
        .when(ReopenPeriod{day("1900-01-01").plus_days(-1), ""})
        .then_invalid({"/through", "/reason"});
    given_household(closed)
        .by(admin)
        .when(ReopenPeriod{std::nullopt, "why"})
        .then_refused(RefusalCode::forbidden);
}

TEST(ReopeningAPeriod, that_is_open_does_nothing) {
    given_household().when(ReopenPeriod{std::nullopt, "why"}).then_nothing();
    given_household().when(ReopenPeriod{day("2026-08-31"), "why"}).then_nothing();
    const auto closed = given_household({PeriodClosed{day("2026-10-31")}});
    closed.when(ReopenPeriod{day("2026-10-31"), "why"}).then_nothing();
    closed.when(ReopenPeriod{day("2026-12-31"), "why"}).then_nothing();
}

TEST(ClosedPeriods, hold_every_day_up_to_the_last_closed_one) {
    EXPECT_FALSE(given_household().state().is_closed(day("1900-01-01")));
    const Workspace closed = given_household({PeriodClosed{day("2026-10-31")}}).state();
    EXPECT_TRUE(closed.is_closed(day("2026-10-31")));
    EXPECT_FALSE(closed.is_closed(day("2026-11-01")));
    const Workspace reopened =
        given_household({PeriodClosed{day("2026-10-31")}, PeriodReopened{std::nullopt, "why"}})
            .state();
    EXPECT_FALSE(reopened.is_closed(day("2026-10-31")));
}

}  // namespace
}  // namespace outlay::domain::workspace
