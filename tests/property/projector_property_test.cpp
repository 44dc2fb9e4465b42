// Promise: read models are a function of the log alone. Any batching, crash, double delivery,
// second projector or failing store comes to the same rows, and those rows equal what an
// independent fold and an independent oracle make of the same history.
#include <thread>

#include "events/codec.hpp"
#include "platform/json/value.hpp"
#include "platform/memory/journal.hpp"
#include "tests/property/projector_oracle.hpp"
#include "tests/property/projector_random_history.hpp"
#include "tests/unit/projector_doubles.hpp"
#include "workers/projector.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using property::RandomInput;
using workers::Projector;
using workers::ProjectorOptions;

constexpr int steps_of_history = 160;

class ProjectorProperty : public testing::Test {
protected:
    void write_history() {
        RandomHistory history(random_, author_);
        history.pick_alert = [this](const domain::WorkspaceId& workspace)
            -> std::optional<std::pair<domain::BudgetId, domain::AlertId>> {
            follow();
            const auto alerts = oracle_.alerts_of(workspace);
            if (alerts.empty()) return std::nullopt;
            return random_.pick(alerts);
        };
        history.live(steps_of_history);
        follow();
    }
    void follow() {
        for (; followed_ < author_.history().size(); ++followed_) {
            oracle_.follow(author_.history()[followed_]);
        }
    }

    ProjectorOptions options(std::size_t records_max) {
        ProjectorOptions chosen;
        chosen.limits = {.records_max = records_max, .bytes_max = 1 << 20, .wait = 0ms};
        return chosen;
    }
    // Effects from the first record on, however late the store was made.
    static void allow_effects(sql::Store& store) {
        for (int partition = 0; partition < 2; ++partition) {
            ASSERT_TRUE(change(store, "INSERT INTO outlay.effects_from VALUES ($1, 0)",
                               {std::int64_t{partition}})
                            .ok());
        }
    }
    // Until nothing comes any more, however long pauses are; never ends on a halt.
    void drain(Projector& projector) {
        for (int quiet = 0; quiet < 3;) {
            quiet = projector.step() ? 0 : quiet + 1;
            clock_.advance(3s);
        }
    }
    void project(sql::Store& store, std::size_t records_max) {
        allow_effects(store);
        Projector projector({log_, log_, store, clock_, {}}, options(records_max));
        drain(projector);
    }
    void project_with_accidents(SqliteProjectorStore& files);

    RandomInput random_;
    ManualClock clock_;
    memory::MemoryJournal log_{2, clock_};
    EveryPartition everybody_{log_};
    Author author_{log_, clock_};
    BudgetOracle oracle_;
    std::size_t followed_ = 0;
};

// Projectors come and go; some go on although another one has taken over; the store fails now and
// then; fetching is interrupted.
void ProjectorProperty::project_with_accidents(SqliteProjectorStore& files) {
    allow_effects(files.store());
    FaultyStore store(files.store(), [this] {
        if (!random_.one_in(8)) return StoreFault::none;
        return static_cast<StoreFault>(random_.number(1, 4));
    });
    std::vector<std::unique_ptr<Projector>> projectors;
    for (int i = 0; i < 40; ++i) {
        if (projectors.empty() || random_.one_in(4)) {
            const auto size = random_.pick(std::vector<std::size_t>{1, 2, 3, 7, 40, 500});
            projectors.push_back(std::make_unique<Projector>(
                workers::ProjectorParts{log_, everybody_, store, clock_, {}}, options(size)));
        }
        const auto chosen = static_cast<std::size_t>(
            random_.number(0, static_cast<std::int64_t>(projectors.size()) - 1));
        for (auto left = random_.number(1, 5); left > 0; --left) projectors[chosen]->step();
        clock_.advance(std::chrono::milliseconds{random_.number(0, 3000)});
        if (random_.one_in(3)) projectors.erase(projectors.begin() + static_cast<long>(chosen));
    }
    projectors.clear();
    Projector last({log_, log_, files.store(), clock_, {}}, options(500));
    log_.interrupt(0);
    drain(last);
}

TEST_F(ProjectorProperty, any_batching_crash_or_duplication_gives_the_same_rows) {
    write_history();
    SqliteProjectorStore reference;
    project(reference.store(), 500);
    const auto expected = dump_of(reference.store());
    EXPECT_GT(expected.at("read.commits").size(), 50U);
    for (const std::size_t records_max : {1U, 13U}) {
        SqliteProjectorStore files;
        project(files.store(), records_max);
        EXPECT_EQ(dump_of(files.store()), expected) << "batches of " << records_max;
    }
    for (int run = 0; run < 4; ++run) {
        SqliteProjectorStore files;
        project_with_accidents(files);
        EXPECT_EQ(dump_of(files.store()), expected) << "run " << run;
    }
}

TEST_F(ProjectorProperty, two_projectors_on_one_store_never_apply_twice) {
    write_history();
    SqliteProjectorStore reference;
    project(reference.store(), 500);
    SqliteProjectorStore files;
    allow_effects(files.store());
    platform::SystemClock clock;
    const auto make = [&](std::size_t records_max) {
        auto chosen = options(records_max);
        chosen.retry_pause = 1ms;
        return std::make_unique<Projector>(
            workers::ProjectorParts{log_, everybody_, files.store(), clock, {}}, chosen);
    };
    auto one = make(2);
    auto two = make(3);
    one->start();
    two->start();
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    const auto is_done = [&] {
        std::int64_t next = 0;
        for (const auto& line :
             rows_of(files.store(), "SELECT next_offset FROM read.checkpoints")) {
            next += std::stoll(line);
        }
        return next == *log_.end(0) + *log_.end(1);
    };
    while (!is_done() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    one->stop();
    two->stop();
    EXPECT_EQ(dump_of(files.store()), dump_of(reference.store()));
}

TEST_F(ProjectorProperty, usage_and_alerts_equal_those_of_an_independent_oracle) {
    std::size_t raised = 0;
    for (int i = 0; i < 3; ++i) {
        ManualClock clock;
        memory::MemoryJournal log(2, clock);
        Author author(log, clock);
        BudgetOracle oracle;
        std::size_t followed = 0;
        const auto follow = [&] {
            for (; followed < author.history().size(); ++followed) {
                oracle.follow(author.history()[followed]);
            }
        };
        RandomHistory history(random_, author);
        history.pick_alert = [&](const domain::WorkspaceId& workspace)
            -> std::optional<std::pair<domain::BudgetId, domain::AlertId>> {
            follow();
            const auto alerts = oracle.alerts_of(workspace);
            if (alerts.empty()) return std::nullopt;
            return random_.pick(alerts);
        };
        history.live(2 * steps_of_history);
        follow();
        SqliteProjectorStore files;
        allow_effects(files.store());
        Projector projector({log, log, files.store(), clock, {}},
                            options(static_cast<std::size_t>(random_.number(1, 60))));
        drain(projector);
        raised += oracle.raised();
        EXPECT_EQ(rows_of(files.store(),
                          "SELECT budget, period_start, spent_minor, expense_count FROM "
                          "read.budget_usage WHERE expense_count <> 0 OR spent_minor <> 0"),
                  oracle.usage());
        EXPECT_EQ(rows_of(files.store(),
                          "SELECT id, budget, threshold, period_start, crossing, spent_minor, "
                          "limit_minor, state, log_offset FROM read.alerts"),
                  oracle.alerts());
        Lines told;
        for (const auto& line : oracle.outbox()) {
            const domain::Uuid alert = *domain::Uuid::parse(line.substr(0, 36));
            told.push_back(platform::uuid_of_name(alert, line.substr(37)).text());
        }
        std::ranges::sort(told);
        EXPECT_EQ(rows_of(files.store(), "SELECT id FROM outlay.outbox WHERE NOT is_change"), told);
    }
    EXPECT_GT(raised, 0U);
}

// The facts that a channel chose when they happened: type, offset, event and its version.
Lines changes_of(const std::vector<Written>& history) {
    using domain::channel::Channel;
    std::map<domain::WorkspaceId, std::map<std::string, Channel>> channels;
    Lines chosen;
    for (const auto& written : history) {
        auto& listening = channels[written.workspace];
        if (const auto* channel = std::get_if<Channel>(&written.after))
            listening[written.aggregate] = *channel;
        for (std::size_t at = 0; at < written.events.size(); ++at) {
            const std::string type(events::type_name(written.events[at]));
            const bool is_chosen = std::ranges::any_of(listening, [&](const auto& entry) {
                const Channel& channel = entry.second;
                return channel.exists && channel.kind == domain::channel::Kind::webhook &&
                       std::ranges::any_of(channel.events, [&](const std::string& pattern) {
                           return pattern == "*" || pattern == type ||
                                  pattern == type.substr(0, type.find('.')) + ".*";
                       });
            });
            const bool is_change = (type.starts_with("expense.") || type.starts_with("budget.")) &&
                                   type != "budget.day_passed";
            if (!is_change || !is_chosen) continue;
            const auto id = at == 0 ? written.meta.id : journal::event_id(written.meta.command, at);
            chosen.push_back(type + "|" + std::to_string(written.position.offset) + "|" +
                             id.text() + "|" + std::to_string(written.meta.version + at));
        }
    }
    std::ranges::sort(chosen);
    return chosen;
}

TEST_F(ProjectorProperty, the_change_feed_tells_what_a_channel_chose_when_it_happened) {
    write_history();
    SqliteProjectorStore files;
    project(files.store(), static_cast<std::size_t>(random_.number(1, 60)));
    Lines told;
    for (const auto& line :
         rows_of(files.store(),
                 "SELECT kind, log_offset, payload FROM outlay.outbox WHERE is_change")) {
        const auto document = json::parse(line.substr(line.find('{')));
        ASSERT_TRUE(document.ok()) << line;
        told.push_back(line.substr(0, line.find('{')) + document->find("id")->text() + "|" +
                       std::to_string(*document->find("version")->integer()));
    }
    std::ranges::sort(told);
    EXPECT_EQ(told, changes_of(author_.history()));
}

// What the author's states say, in the form of rows.
struct Folded {
    Lines expenses;
    Lines refunds;
    Lines spending;
    Lines merchants;
    Lines tags;
};

Folded fold(const std::vector<Written>& history) {
    std::map<std::string, domain::expense::Expense> expenses;
    for (const auto& written : history) {
        if (std::holds_alternative<domain::expense::Expense>(written.after)) {
            expenses[written.aggregate] = std::get<domain::expense::Expense>(written.after);
        }
    }
    using Sum = std::pair<std::int64_t, std::int64_t>;
    std::map<std::string, Sum> cells;
    std::map<std::string, Sum> merchants;
    std::map<std::string, Sum> tags;
    Folded folded;
    for (const auto& [name, expense] : expenses) {
        const bool counts = expense.status == domain::expense::Status::recorded;
        const auto category = expense.category.value_or(domain::CategoryId{}).value.text();
        folded.expenses.push_back(
            domain::ExpenseId::parse(name)->value.text() + (counts ? "|recorded|" : "|voided|") +
            std::to_string(expense.amount->minor) + "|" + expense.spent_on.text() + "|" +
            std::to_string(expense.refunded_minor()));
        for (const auto& refund : expense.refunds) {
            const bool is_original = refund.counts_in == domain::expense::CountsIn::original;
            const auto day = is_original ? expense.spent_on : refund.received_on;
            folded.refunds.push_back(domain::ExpenseId::parse(name)->value.text() + "|" +
                                     refund.id.value.text() + "|" +
                                     (refund.stands ? "recorded|" : "taken_back|") +
                                     std::to_string(refund.amount.minor) + "|" +
                                     (refund.stands && counts ? day.text() : "~"));
        }
        if (!counts) continue;
        const auto money = "|" + std::string(expense.amount->currency.code());
        const auto post = [&](domain::Date on, std::int64_t minor, int expense_count) {
            const auto add = [&](auto& sums, const std::string& key) {
                auto& sum = sums[on.text() + "|" + key + money];
                sum.first += minor;
                sum.second += expense_count;
            };
            add(cells, category + "|" + expense.member.value.text());
            add(merchants, expense.merchant.value_or(""));
            for (const auto& tag : expense.tags) add(tags, tag);
            if (expense.tags.empty()) add(tags, "");
        };
        post(expense.spent_on, expense.amount->minor, 1);
        for (const auto& refund : expense.refunds) {
            if (!refund.stands) continue;
            const bool is_original = refund.counts_in == domain::expense::CountsIn::original;
            post(is_original ? expense.spent_on : refund.received_on, -refund.amount.minor, 0);
        }
    }
    const auto lines = [](const std::map<std::string, Sum>& sums) {
        Lines found;
        for (const auto& [key, sum] : sums) {
            found.push_back(key + "|" + std::to_string(sum.first) + "|" +
                            std::to_string(sum.second));
        }
        std::ranges::sort(found);
        return found;
    };
    std::ranges::sort(folded.expenses);
    std::ranges::sort(folded.refunds);
    folded.spending = lines(cells);
    folded.merchants = lines(merchants);
    folded.tags = lines(tags);
    return folded;
}

// The two workspaces of a history share cells only if their keys were equal, which leaves out the
// workspace: members differ, and for merchants and tags the query adds up.
TEST_F(ProjectorProperty, sums_equal_an_independent_fold_of_the_journal) {
    write_history();
    SqliteProjectorStore files;
    project(files.store(), static_cast<std::size_t>(random_.number(1, 100)));
    const auto expected = fold(author_.history());
    EXPECT_EQ(
        rows_of(files.store(),
                "SELECT id, state, amount_minor, spent_on, refunded_minor FROM read.expenses"),
        expected.expenses);
    EXPECT_EQ(rows_of(files.store(),
                      "SELECT expense, id, state, amount_minor, counts_on FROM read.refunds"),
              expected.refunds);
    const auto sums = [](const std::string& columns, const std::string& table) {
        return "SELECT " + columns + ", sum(amount_minor), sum(expense_count) FROM read." + table +
               " GROUP BY " + columns + " HAVING sum(expense_count) <> 0 OR sum(amount_minor) <> 0";
    };
    EXPECT_EQ(rows_of(files.store(), sums("spent_on, category, member, currency", "spending")),
              expected.spending);
    EXPECT_EQ(rows_of(files.store(), sums("spent_on, merchant, currency", "spending_merchants")),
              expected.merchants);
    EXPECT_EQ(rows_of(files.store(), sums("spent_on, tag, currency", "spending_tags")),
              expected.tags);
}

}  // namespace
}  // namespace outlay::tests
