// Promise: what changes expenses and budgets is told as the history shows it, to workspaces in
// which a channel chooses it at that point of the log, and to no others.
#include "domain/channel/message_types.hpp"
#include "events/codec.hpp"
#include "journal/history.hpp"
#include "platform/json/value.hpp"
#include "tests/unit/projector_household.hpp"
#include "views/event.hpp"

namespace outlay::tests {
namespace {

using domain::channel::EditChannel;
using domain::channel::Kind;
using domain::channel::RegisterChannel;
using domain::channel::RemoveChannel;

class ChangeFeedTest : public Household {
protected:
    domain::ChannelId listen(std::vector<std::string> events, Kind kind = Kind::webhook) {
        const auto id = author_.make_id<domain::ChannelId>();
        RegisterChannel command;
        command.kind = kind;
        command.events = std::move(events);
        command.is_trusted = true;
        EXPECT_TRUE(author_.ask_channel(home_, id, command));
        return id;
    }
    domain::ExpenseId record() { return author_.record(home_, 1, "2026-11-20"); }
    Lines told(const std::string& what = "kind") {
        project();
        return rows_of(files_.store(), "SELECT " + what + " FROM outlay.outbox");
    }
    // As GET .../history shows them.
    Lines history_of(const std::string& aggregate) {
        Lines shown;
        const auto done = files_.store().transact(
            {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
                const auto entries = journal::history(session, home_, aggregate);
                if (!entries.ok()) return domain::Fail{entries.error()};
                for (const auto& entry : *entries) {
                    shown.push_back(views::event_body(
                        {entry.type, aggregate, entry.meta, entry.position, entry.data}));
                }
                return domain::Done{};
            });
        EXPECT_TRUE(done.ok());
        std::ranges::sort(shown);
        return shown;
    }
};

TEST(ChangeTypes, are_the_events_of_expenses_and_budgets) {
    std::set<std::string_view> named;
    for (const auto& [name, schema] : events::known_types()) {
        const bool is_of_them = name.starts_with("expense.") || name.starts_with("budget.");
        if (is_of_them && name != "budget.day_passed") named.insert(name);
    }
    const std::set<std::string_view> table(domain::channel::change_types.begin(),
                                           domain::channel::change_types.end());
    EXPECT_EQ(table, named);
}

TEST_F(ChangeFeedTest, is_empty_where_no_channel_chooses_it) {
    listen({"alert.*", "operations.*"});
    listen({"*"}, Kind::slack);
    const auto id = record();
    ASSERT_TRUE(author_.ask_expense(home_, id, domain::expense::VoidExpense{}));
    create_budget({});
    EXPECT_EQ(told(), Lines{});
}

TEST_F(ChangeFeedTest, tells_events_as_the_history_shows_them) {
    listen({"expense.*", "budget.*"});
    const auto id = record();
    domain::expense::AmendExpense amend;
    amend.amount = {7, currency("EUR")};
    ASSERT_TRUE(author_.ask_expense(home_, id, amend));
    ASSERT_TRUE(author_.ask_expense(home_, id, domain::expense::VoidExpense{}));
    const auto budget = create_budget({});
    ASSERT_TRUE(author_.ask_budget(home_, budget, domain::budget::ArchiveBudget{}));
    EXPECT_EQ(told(), (Lines{"budget.archived", "budget.created", "expense.amended",
                             "expense.recorded", "expense.voided"}));
    auto shown = history_of(id.text());
    const auto budgets = history_of(budget.text());
    shown.insert(shown.end(), budgets.begin(), budgets.end());
    std::ranges::sort(shown);
    EXPECT_EQ(told("payload"), shown);
    EXPECT_EQ(rows_of(files_.store(), "SELECT member FROM outlay.outbox WHERE budget IS NULL"),
              Lines(3, std::get<domain::expense::Expense>(author_.state(home_, id.text()))
                           .member.value.text()));
    EXPECT_EQ(rows_of(files_.store(), "SELECT budget FROM outlay.outbox WHERE member IS NULL"),
              Lines(2, budget.value.text()));
}

TEST_F(ChangeFeedTest, begins_and_ends_with_the_choice_within_a_batch_and_between_batches) {
    const auto live = [this](const std::function<void()>& between) {
        record();
        const auto channel = listen({"alert.*"});
        between();
        record();
        EXPECT_TRUE(author_.ask_channel(home_, channel, EditChannel{.events = {{"expense.*"}}}));
        between();
        record();  // told
        create_budget({});
        EXPECT_TRUE(author_.ask_channel(home_, channel, EditChannel{.paused = true}));
        between();
        record();  // told: it may be asked for later
        EXPECT_TRUE(author_.ask_channel(home_, channel, EditChannel{.events = {{"budget.*"}}}));
        between();
        record();
        create_budget({});  // told
        EXPECT_TRUE(author_.ask_channel(home_, channel, RemoveChannel{}));
        between();
        record();
        create_budget({});
    };
    const Lines once{"budget.created", "expense.recorded", "expense.recorded"};
    live([] {});
    EXPECT_EQ(told(), once) << "in one batch";
    live([this] { project(); });
    EXPECT_EQ(told().size(), 2 * once.size()) << "batch by batch, by another projector each";
}

TEST_F(ChangeFeedTest, is_of_one_workspace) {
    listen({"expense.*"});
    const auto other = author_.create_workspace();
    author_.record(other, 1, "2026-11-20");
    EXPECT_EQ(told(), Lines{});
}

TEST_F(ChangeFeedTest, leaves_out_what_is_too_long_to_send) {
    listen({"budget.scope_changed"});
    const auto budget = create_budget({});
    domain::budget::EditBudget edit;
    edit.scope.emplace();
    for (int number = 0; number < 100; ++number)
        edit.scope->merchants.push_back(std::to_string(number) + std::string(190, 'm'));
    ASSERT_TRUE(author_.ask_budget(home_, budget, edit));
    const auto documents = told("payload");
    ASSERT_EQ(documents.size(), 1U);
    const auto document = json::parse(documents.front());
    ASSERT_TRUE(document.ok());
    EXPECT_TRUE(document->find("data")->is_null());
    EXPECT_EQ(document->find("subject")->text(), budget.text());
}

}  // namespace
}  // namespace outlay::tests
