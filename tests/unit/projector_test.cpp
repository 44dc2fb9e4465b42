// Promise: what was written is projected once and in order; a restart, a second projector, a store
// that fails or forgets to answer, and records that do not count change nothing about the rows.
#include "workers/projector.hpp"
#include "workers/effects.hpp"

#include "platform/memory/journal.hpp"
#include "tests/unit/projector_author.hpp"
#include "tests/unit/projector_doubles.hpp"
#include "workers/status.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using workers::Projector;
using workers::ProjectorOptions;

class ProjectorTest : public testing::Test {
protected:
    ProjectorTest() { author_.write_genesis(); }

    Projector make(std::size_t records_max = 500) {
        ProjectorOptions options;
        options.limits = {.records_max = records_max, .bytes_max = 1 << 20, .wait = 0ms};
        return Projector({log_, log_, files_.store(), clock_, [this] { ++signals_; }}, options);
    }
    static void drain(Projector& projector) {
        while (projector.step()) {
        }
    }
    void project_all() {
        auto projector = make();
        drain(projector);
    }
    std::size_t count(const std::string& table) {
        return rows_of(files_.store(), "SELECT * FROM " + table).size();
    }

    ManualClock clock_;
    memory::MemoryJournal log_{2, clock_};
    Author author_{log_, clock_};
    SqliteProjectorStore files_;
    int signals_ = 0;
};

TEST_F(ProjectorTest, shows_an_expense_as_its_author_knows_it) {
    const auto home = author_.create_workspace();
    const auto food = author_.create_category(home, "Food");
    const auto id = author_.make_id<domain::ExpenseId>();
    domain::expense::RecordExpense command{
        {1250, currency("EUR")},   day("2026-11-20"), food, {}, "Cafe Central",
        domain::FreeText{"lunch"}, {"team", "trip"}};
    ASSERT_TRUE(author_.ask_expense(home, id, command));
    project_all();
    const auto owner = author_.people(home).members.begin()->first.value.text();
    EXPECT_EQ(rows_of(files_.store(),
                      "SELECT id, state, amount_minor, currency, spent_on, category, member, "
                      "merchant, note, tags, created_by, version FROM read.expenses"),
              Lines{id.value.text() + "|recorded|1250|EUR|2026-11-20|" + food.value.text() + "|" +
                    owner + "|Cafe Central|lunch|[\"team\",\"trip\"]|" + owner + "|1"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT tag FROM read.expense_tags"),
              (Lines{"team", "trip"}));
    EXPECT_EQ(
        rows_of(files_.store(), "SELECT spent_on, amount_minor, expense_count FROM read.spending"),
        Lines{"2026-11-20|1250|1"});
    EXPECT_GT(signals_, 0);
}

TEST_F(ProjectorTest, takes_a_voided_expense_out_of_the_sums_and_a_restored_one_in_again) {
    const auto home = author_.create_workspace();
    const auto id = author_.record(home, 700, "2026-11-20");
    author_.record(home, 300, "2026-11-20");
    ASSERT_TRUE(author_.ask_expense(home, id, domain::expense::VoidExpense{}));
    project_all();
    const std::string sums = "SELECT amount_minor, expense_count FROM read.spending";
    EXPECT_EQ(rows_of(files_.store(), sums), Lines{"300|1"});
    ASSERT_TRUE(author_.ask_expense(home, id, domain::expense::RestoreExpense{}));
    project_all();
    EXPECT_EQ(rows_of(files_.store(), sums), Lines{"1000|2"});
}

TEST_F(ProjectorTest, replaces_the_tags_of_an_amended_expense) {
    const auto home = author_.create_workspace();
    const auto id = author_.make_id<domain::ExpenseId>();
    domain::expense::RecordExpense command{
        {5, currency("EUR")}, day("2026-11-20"), {}, {}, {}, {}, {"a", "b"}};
    ASSERT_TRUE(author_.ask_expense(home, id, command));
    domain::expense::AmendExpense amend;
    amend.tags = std::vector<std::string>{"b", "c"};
    ASSERT_TRUE(author_.ask_expense(home, id, amend));
    project_all();
    EXPECT_EQ(rows_of(files_.store(), "SELECT tag FROM read.expense_tags"), (Lines{"b", "c"}));
    EXPECT_EQ(
        rows_of(files_.store(), "SELECT tag, amount_minor, expense_count FROM read.spending_tags"),
        (Lines{"a|0|0", "b|5|1", "c|5|1"}));
}

TEST_F(ProjectorTest, shows_the_members_who_are_present) {
    const auto home = author_.create_workspace();
    ASSERT_TRUE(author_.ask_workspace(
        home, domain::workspace::AddServiceAccount{"bot", domain::Role::member}));
    ASSERT_TRUE(author_.ask_workspace(
        home,
        domain::workspace::AddMember{author_.make_id<domain::UserId>(), domain::Role::viewer}));
    const auto& event = std::get<domain::workspace::Event>(author_.history().back().events.front());
    const auto viewer = std::get<domain::workspace::MemberAdded>(event).member;
    project_all();
    EXPECT_EQ(rows_of(files_.store(), "SELECT kind, name, role FROM read.members"),
              (Lines{"person||owner", "person||viewer", "service_account|bot|member"}));
    ASSERT_TRUE(author_.ask_workspace(home, domain::workspace::RemoveMember{viewer}));
    project_all();
    EXPECT_EQ(rows_of(files_.store(), "SELECT kind, name, role FROM read.members"),
              (Lines{"person||owner", "service_account|bot|member"}));
}

TEST_F(ProjectorTest, goes_on_where_the_last_one_stopped) {
    const auto home = author_.create_workspace();
    for (int i = 0; i < 20; ++i) author_.record(home, 100 + i, "2026-11-20");
    for (int i = 0; i < 10; ++i) {
        auto projector = make(3);
        projector.step();
    }
    project_all();
    EXPECT_EQ(count("read.expenses"), 20U);
    EXPECT_EQ(rows_of(files_.store(), "SELECT amount_minor FROM read.spending"), Lines{"2190"});
}

TEST_F(ProjectorTest, keeps_records_that_do_not_count_as_rejections) {
    const auto home = author_.create_workspace();
    const auto here = author_.partition_of(home);
    author_.record(home, 100, "2026-11-20");
    const auto twin = author_.last_value();
    author_.append(here, twin);
    author_.append(1 - here, twin);
    author_.append(here, "no json");
    author_.append(here, journal::encode_genesis("another journal", 2));
    auto stale = author_.empty_commit(home);
    stale.reads.push_back({"workspace", 0});
    author_.append(here, journal::encode(stale).value);
    project_all();
    EXPECT_EQ(rows_of(files_.store(), "SELECT verdict FROM read.rejections"),
              (Lines{"duplicate", "foreign", "malformed", "misrouted", "precondition"}));
    EXPECT_EQ(count("read.expenses"), 1U);
}

TEST_F(ProjectorTest, remembers_closed_commands_without_a_fingerprint) {
    const auto home = author_.create_workspace();
    const auto commit = author_.empty_commit(home);
    const auto here = author_.partition_of(home);
    author_.append(here,
                   journal::encode_close(Author::identity, home, commit.command, {"late", ""}));
    author_.append(here, journal::encode(commit).value);
    project_all();
    EXPECT_EQ(
        rows_of(files_.store(), "SELECT kind, fingerprint FROM read.commits WHERE command = $1",
                {commit.command.value.text()}),
        Lines{"close|~"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT verdict FROM read.rejections"), Lines{"closed"});
}

TEST_F(ProjectorTest, tells_its_lag) {
    const auto home = author_.create_workspace();
    project_all();
    for (int i = 0; i < 3; ++i) author_.record(home, 1, "2026-11-20");
    const auto status = workers::projection_status(files_.store(), &log_);
    ASSERT_TRUE(status.ok());
    EXPECT_EQ(status->generation, 1);
    EXPECT_EQ(status->partitions.size(), 2U);
    EXPECT_EQ(status->lag, 3);
    EXPECT_EQ(status->halted, 0);
}

TEST_F(ProjectorTest, is_stuck_only_when_there_is_lag_and_no_progress) {
    const auto home = author_.create_workspace();
    auto projector = make();
    drain(projector);
    clock_.advance(2h);
    EXPECT_TRUE(projector.stuck()) << "nothing ran for two hours";
    drain(projector);
    EXPECT_FALSE(projector.stuck()) << "there is no lag";
    author_.record(home, 1, "2026-11-20");
    clock_.advance(2h);
    drain(projector);
    EXPECT_FALSE(projector.stuck()) << "it made progress";
}

TEST_F(ProjectorTest, asks_for_effects_of_what_came_after_the_beginning_though_it_starts_later) {
    ASSERT_TRUE(workers::effects::begin_all(files_.store(), log_).ok());
    const auto home = author_.create_workspace();
    domain::budget::CreateBudget create{"All", {}, {100, currency("EUR")}, {}, {{100, {}}}};
    create.period.anchor = day("2026-11-01");
    ASSERT_TRUE(author_.ask_budget(home, author_.make_id<domain::BudgetId>(), create));
    author_.record(home, 100, "2026-11-20");
    ASSERT_TRUE(workers::effects::begin_all(files_.store(), log_).ok()) << "once is for ever";
    project_all();
    EXPECT_EQ(rows_of(files_.store(), "SELECT kind FROM outlay.outbox"), Lines{"alert.raised"});
}

TEST_F(ProjectorTest, asks_for_no_effects_of_what_a_new_store_found_in_the_log) {
    const auto home = author_.create_workspace();
    const auto budget = author_.make_id<domain::BudgetId>();
    domain::budget::CreateBudget create{"All", {}, {100, currency("EUR")}, {}, {{100, {}}}};
    create.period.anchor = day("2026-11-01");
    ASSERT_TRUE(author_.ask_budget(home, budget, create));
    const auto first = author_.record(home, 100, "2026-11-20");
    project_all();
    EXPECT_EQ(rows_of(files_.store(), "SELECT state FROM read.alerts"), Lines{"raised"});
    EXPECT_EQ(count("outlay.outbox"), 0U);
    ASSERT_TRUE(author_.ask_expense(home, first, domain::expense::VoidExpense{}));
    author_.record(home, 100, "2026-11-21");
    project_all();
    EXPECT_EQ(rows_of(files_.store(), "SELECT kind FROM outlay.outbox"),
              (Lines{"alert.raised", "alert.resolved"}));
}

// Tells the loss of partition 0 when it has been given back and started already.
class LateLoss final : public journal::Subscriptions {
public:
    explicit LateLoss(journal::Journal& log) : everybody_(log) {}
    std::unique_ptr<journal::Subscription> subscribe(journal::StartOffset start) override {
        return std::make_unique<Reader>(everybody_.subscribe(std::move(start)), is_lost_);
    }
    void lose() { is_lost_ = true; }

private:
    class Reader final : public journal::Subscription {
    public:
        Reader(std::unique_ptr<journal::Subscription> inner, bool& is_lost)
            : inner_(std::move(inner)), is_lost_(is_lost) {}
        journal::Delivery poll(const journal::ReadLimits& limits) override {
            if (std::exchange(is_lost_, false)) return journal::Revoked{0};
            return inner_->poll(limits);
        }
        void seek(std::int32_t partition, std::int64_t from) override {
            inner_->seek(partition, from);
        }
        void pause(std::int32_t partition) override { inner_->pause(partition); }
        void resume(std::int32_t partition) override { inner_->resume(partition); }
        void processed(std::int32_t partition, std::int64_t next) override {
            inner_->processed(partition, next);
        }

    private:
        std::unique_ptr<journal::Subscription> inner_;
        bool& is_lost_;
    };
    EveryPartition everybody_;
    bool is_lost_ = false;
};

TEST_F(ProjectorTest,
       sees_that_the_store_was_turned_back_also_where_a_partition_came_back_at_once) {
    LateLoss subscriptions(log_);
    Projector projector({log_, subscriptions, files_.store(), clock_, {}},
                        {.limits = {.wait = 0ms}});
    drain(projector);
    subscriptions.lose();
    while (author_.partition_of(author_.create_workspace()) != 0) {
    }
    drain(projector);
    ASSERT_TRUE(change(files_.store(), "UPDATE read.checkpoints SET last_hash = 'another'").ok());
    clock_.advance(3s);
    drain(projector);
    EXPECT_EQ(rows_of(files_.store(), "SELECT log_partition, halt_cause FROM read.checkpoints"),
              (Lines{"0|lost_tail", "1|lost_tail"}));
}

TEST_F(ProjectorTest, projects_on_its_own_thread_until_it_is_stopped) {
    const auto home = author_.create_workspace();
    for (int i = 0; i < 50; ++i) author_.record(home, 1, "2026-11-20");
    std::atomic<int> projected{0};
    Projector projector({log_, log_, files_.store(), clock_, [&] { ++projected; }},
                        {.limits = {.records_max = 10, .bytes_max = 1 << 20, .wait = 20ms}});
    projector.start();
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (count("read.expenses") < 50 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    projector.stop();
    EXPECT_EQ(count("read.expenses"), 50U);
    EXPECT_GE(projected, 6);
}

}  // namespace
}  // namespace outlay::tests
