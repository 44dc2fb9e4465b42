// Promise: a channel carries what it was asked to carry, is paused and resumed without a trace of
// its secrets, and once removed it never comes back.
#include "domain/channel/decide.hpp"

#include "domain/channel/message_types.hpp"
#include "tests/domain/decider_spec.hpp"

namespace outlay::domain::channel {
namespace {

using namespace spec;

const Target target{"https://hooks.example.org/a", id<ChannelId>(1).value};
const Target moved{"https://hooks.example.org/b", id<ChannelId>(2).value};
const Uuid secret = id<ChannelId>(3).value;
const Uuid newer_secret = id<ChannelId>(4).value;
const std::vector<std::string> alerts{"alert.*"};
const ChannelRegistered registered{Kind::webhook, "Home", alerts, target, secret};

Given<Channel, Event> given(const std::vector<Event>& events) {
    return Given<Channel, Event>(events);
}

TEST(RegisteringAChannel, names_the_sealed_forms_only) {
    given({})
        .when(RegisterChannel{Kind::webhook, "Home", alerts, target, secret})
        .then({registered});
}

TEST(RegisteringAChannel, checks_description_and_choice_of_messages) {
    const auto with = [](std::string description, std::vector<std::string> events) {
        return RegisterChannel{Kind::webhook, std::move(description), std::move(events), target,
                               secret};
    };
    given({})
        .when(with("", {"*"}))
        .then({ChannelRegistered{Kind::webhook, "", {"*"}, target, secret}});
    given({}).when(with("a\tb", alerts)).then_invalid({"/description"});
    given({}).when(with(std::string(101, 'x'), alerts)).then_invalid({"/description"});
    given({}).when(with("", {})).then_invalid({"/events"});
    given({}).when(with("", {"alert.raised", "budget"})).then_invalid({"/events/1"});
    given({}).when(with("", std::vector<std::string>(21, "*"))).then_invalid({"/events"});
    given({registered}).when(with("", alerts)).then_refused(RefusalCode::already_exists);
}

TEST(RegisteringAChannel, lets_programs_alone_choose_changes) {
    const auto with = [](Kind kind, std::vector<std::string> events) {
        RegisterChannel command;
        command.kind = kind;
        command.events = std::move(events);
        command.is_trusted = true;
        if (kind == Kind::ntfy) command.target.shown = "https://ntfy.example.org/money";
        return command;
    };
    for (const auto kind : {Kind::slack, Kind::pagerduty, Kind::email, Kind::ntfy}) {
        given({}).when(with(kind, {"*", "expense.*"})).then_invalid({"/events/1"});
        given({}).when(with(kind, {"budget.created"})).then_invalid({"/events/0"});
        ChannelRegistered chat;
        chat.kind = kind;
        chat.events = {"*"};
        if (kind == Kind::ntfy) chat.target.shown = "https://ntfy.example.org/***";
        given({}).when(with(kind, {"*"})).then({chat});
        given({chat}).when(EditChannel{.events = {{"budget.*"}}}).then_invalid({"/events/0"});
        EXPECT_FALSE(carries_changes(kind, chat.events));
    }
    ChannelRegistered hook;
    hook.events = {"expense.*", "budget.renamed"};
    given({}).when(with(Kind::webhook, hook.events)).then({hook});
    EXPECT_TRUE(carries(Kind::webhook, hook.events, "expense.refunded"));
    EXPECT_FALSE(carries(Kind::webhook, hook.events, "budget.created"));
    EXPECT_FALSE(carries_changes(Kind::webhook, alerts));
}

TEST(EditingAChannel, tells_all_that_it_is_from_now_on) {
    given({registered})
        .when(EditChannel{.description = "Flat"})
        .then({ChannelUpdated{"Flat", alerts, target}});
    given({registered})
        .when(EditChannel{.events = {{"alert.raised"}}, .target = NewTarget{Form::url, moved}})
        .then({ChannelUpdated{"Home", {"alert.raised"}, moved}});
    given({registered}).when(EditChannel{.description = "Home", .events = alerts}).then({});
    given({registered}).when(EditChannel{.events = {{"mail.*"}}}).then_invalid({"/events/0"});
}

TEST(EditingAChannel, pauses_and_resumes_once) {
    given({registered}).when(EditChannel{.paused = true}).then({ChannelPaused{}});
    given({registered}).when(EditChannel{.paused = false}).then({});
    given({registered, ChannelPaused{}}).when(EditChannel{.paused = true}).then({});
    given({registered, ChannelPaused{}})
        .when(EditChannel{.description = "Flat", .paused = false})
        .then({ChannelUpdated{"Flat", alerts, target}, ChannelResumed{}});
}

TEST(RotatingASecret, keeps_the_one_before_for_a_while) {
    given({registered}).when(RotateSecret{newer_secret}).then({ChannelSecretRotated{newer_secret}});
    const auto state = given({registered, ChannelSecretRotated{newer_secret}}).state();
    EXPECT_EQ(state.secret, newer_secret);
    EXPECT_EQ(state.previous_secret, secret);
    EXPECT_TRUE(state.rotated_at.has_value());
}

TEST(RemovingAChannel, is_for_ever_and_may_be_repeated) {
    given({registered}).when(RemoveChannel{}).then({ChannelRemoved{}});
    const std::vector<Event> gone{registered, ChannelRemoved{}};
    given(gone).when(RemoveChannel{}).then({});
    given(gone).when(EditChannel{.paused = true}).then_refused(RefusalCode::not_found);
    given(gone).when(RotateSecret{newer_secret}).then_refused(RefusalCode::not_found);
    given(gone)
        .when(RegisterChannel{Kind::webhook, "", alerts, target, secret})
        .then_refused(RefusalCode::already_exists);
    given({}).when(RemoveChannel{}).then_refused(RefusalCode::not_found);
}

TEST(MessageTypes, are_chosen_by_type_family_or_all) {
    for (const char* pattern : {"*", "alert.*", "alert.raised"}) {
        EXPECT_TRUE(is_pattern(pattern)) << pattern;
        EXPECT_TRUE(selects(pattern, "alert.raised")) << pattern;
    }
    EXPECT_FALSE(selects("alert.raised", "alert.resolved"));
    for (const char* pattern : {"", "alert", "alert.", ".*", "aler.*", "alert.r*", "**"}) {
        EXPECT_FALSE(is_pattern(pattern)) << pattern;
    }
}

// The path of a chat's hook is its secret.
const Target masked{"https://hooks.example.org/***", target.sealed};
const Target masked_move{"https://hooks.example.org/***", moved.sealed};
const ChannelRegistered waiting{Kind::slack, "", alerts, masked, secret, Format::teams, {}, true};

TEST(ConfirmingAChannel, is_asked_of_every_kind_but_webhooks_unless_an_owner_vouches) {
    RegisterChannel wanted{Kind::slack, "", alerts, target, secret, Format::teams};
    given({}).when(wanted).then({waiting});
    wanted.is_trusted = true;
    auto trusted = waiting;
    trusted.unconfirmed.reset();
    given({}).when(wanted).then({trusted});
    given({waiting})
        .when(EditChannel{.is_trusted = true})
        .then({ChannelUpdated{"", alerts, masked}});
}

TEST(ConfirmingAChannel, takes_the_code_that_was_sent_and_no_other) {
    const ConfirmChannel right{[](const Uuid& of) { return of == secret; }};
    const ConfirmChannel wrong{[](const Uuid&) { return false; }};
    given({waiting}).when(right).then({ChannelConfirmed{}});
    given({waiting}).when(wrong).then_invalid({"/code"});
    given({waiting, ChannelConfirmed{}}).when(wrong).then({});
    given({}).when(right).then_refused(RefusalCode::not_found);
}

TEST(ConfirmingAChannel, starts_again_with_another_target) {
    const EditChannel move{.target = NewTarget{Form::url, moved, newer_secret}};
    const ChannelUpdated event{"", alerts, masked_move, {}, true, newer_secret};
    given({waiting, ChannelConfirmed{}}).when(move).then({event});
    const ConfirmChannel newer{[](const Uuid& of) { return of == newer_secret; }};
    given({waiting, ChannelConfirmed{}, event}).when(newer).then({ChannelConfirmed{}});
}

TEST(AChannelsAddress, is_of_the_sort_that_its_kind_has) {
    given({waiting}).when(EditChannel{.target = NewTarget{Form::mail, moved}}).then_invalid({""});
    given({waiting})
        .when(EditChannel{.target = NewTarget{Form::url, moved, newer_secret, true}})
        .then_invalid({"/token"});
    given({waiting}).when(RotateSecret{newer_secret}).then_refused(RefusalCode::state_conflict);
    RegisterChannel webhook{Kind::webhook, "", alerts, target, secret, Format::slack};
    given({}).when(webhook).then_invalid({"/format"});
}

TEST(AChannelsAddress, of_ntfy_ends_in_a_topic_when_it_is_made_and_when_it_is_changed) {
    const auto at = [](std::string shown) { return Target{std::move(shown), moved.sealed}; };
    RegisterChannel ntfy{Kind::ntfy, "", alerts, at("https://ntfy.example.org/money"), secret};
    ntfy.is_trusted = true;
    const ChannelRegistered made{Kind::ntfy, "", alerts, at("https://ntfy.example.org/***"),
                                 secret};
    given({}).when(ntfy).then({made});
    for (const char* url : {"https://ntfy.example.org", "https://ntfy.example.org/",
                            "https://ntfy.example.org/money/", "https://ntfy.example.org/a.b",
                            "https://ntfy.example.org/money?***", "nowhere"}) {
        ntfy.target = at(url);
        given({}).when(ntfy).then_invalid({"/url"});
        given({made})
            .when(EditChannel{.target = NewTarget{Form::url, at(url), newer_secret}})
            .then_invalid({"/url"});
    }
    const auto longest = "https://ntfy.example.org/" + std::string(64, 'a');
    ntfy.target = at(longest);
    given({}).when(ntfy).then({made});
    ntfy.target = at(longest + "a");
    given({}).when(ntfy).then_invalid({"/url"});
    EditChannel move{.target = NewTarget{Form::url, at("https://other.example.org/A-b_9")}};
    move.is_trusted = true;
    given({made}).when(move).then(
        {ChannelUpdated{"", alerts, at("https://other.example.org/***"), {}, {}, Uuid{}}});
}

const Digest morning{Every::day, *TimeOfDay::parse("08:00"), {}};
const std::optional<Digest> no_digest{};

RegisterChannel mail_with(TimingEdit timing) {
    RegisterChannel command{Kind::email, "", alerts, target, secret};
    command.timing = std::move(timing);
    command.is_trusted = true;
    return command;
}

TEST(TimingAChannel, is_told_as_it_is_from_now_on) {
    const Timing timing{id<MemberId>(3), morning, 30, RateLimit{20, Span::hour}};
    ChannelRegistered told{Kind::email, "", alerts, target, secret};
    told.timing = timing;
    given({})
        .when(mail_with(
            {timing.recipient, timing.digest, timing.unacknowledged_minutes, timing.rate_limit}))
        .then({told});
    EditChannel edit;
    edit.timing.digest = no_digest;
    auto less = timing;
    less.digest.reset();
    ChannelUpdated updated{"", alerts, target};
    updated.timing = less;
    given({told}).when(edit).then({updated});
    given({told, updated}).when(edit).then_nothing();
}

TEST(TimingAChannel, has_bounds_and_is_for_people_where_it_speaks_of_people) {
    given({})
        .when(mail_with({.unacknowledged_minutes = 0}))
        .then_invalid({"/unacknowledged_minutes"});
    given({})
        .when(mail_with({.rate_limit = RateLimit{0, Span::hour}}))
        .then_invalid({"/rate_limit/messages"});
    auto friday = morning;
    friday.weekday = Weekday::parse("friday");
    given({}).when(mail_with({.digest = friday})).then_invalid({"/digest/weekday"});
    RegisterChannel webhook{Kind::webhook, "", alerts, target, secret};
    webhook.timing = {.recipient = id<MemberId>(3), .digest = morning};
    given({}).when(webhook).then_invalid({"/digest", "/recipient"});
}

// Who wants digests only chooses no types.
TEST(TimingAChannel, lets_a_digest_be_all_there_is) {
    auto command = mail_with({.digest = morning});
    command.events = {};
    ChannelRegistered told{Kind::email, "", {}, target, secret};
    told.timing = Timing{{}, morning, {}, {}};
    given({}).when(command).then({told});
    EditChannel edit;
    edit.timing.digest = no_digest;
    given({told}).when(edit).then_invalid({"/events"});
}

TEST(RoutingAChannel, replaces_the_lists_that_are_named_and_keeps_the_others) {
    const auto budget = id<BudgetId>(7);
    const auto member = id<MemberId>(8);
    const ChannelUpdated first{"Home", alerts, target, Routing{{Severity::critical}, {budget}, {}}};
    given({registered})
        .when(EditChannel{.severities = {{Severity::critical}}, .budgets = {{budget}}})
        .then({first});
    given({registered, first})
        .when(EditChannel{.budgets = std::vector<BudgetId>{}, .members = {{member}}})
        .then(
            {ChannelUpdated{"Home", alerts, target, Routing{{Severity::critical}, {}, {member}}}});
    given({registered, first})
        .when(
            EditChannel{.severities = std::vector<Severity>{}, .budgets = std::vector<BudgetId>{}})
        .then({ChannelUpdated{"Home", alerts, target}});
    given({registered})
        .when(EditChannel{.members = std::vector<MemberId>(101, member)})
        .then_invalid({"/members"});
}

}  // namespace
}  // namespace outlay::domain::channel
