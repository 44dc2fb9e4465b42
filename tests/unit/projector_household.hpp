// A household whose budgets are projected from a journal in memory into a store of SQLite files.
// Limits are 10.00 a month; today is the 20th of November 2026 unless a test says otherwise.
#pragma once

#include <gtest/gtest.h>

#include "platform/memory/journal.hpp"
#include "tests/unit/projector_author.hpp"
#include "workers/projector.hpp"

namespace outlay::tests {

class Household : public testing::Test {
protected:
    Household() {
        author_.write_genesis();
        home_ = author_.create_workspace();
        // Effects from here on: the store has seen the journal while it was nearly empty.
        project();
    }
    domain::BudgetId create_budget(std::vector<domain::budget::NewThreshold> thresholds,
                                   domain::budget::Scope scope = {}) {
        const auto id = author_.make_id<domain::BudgetId>();
        domain::budget::CreateBudget command{
            "Budget", std::move(scope), {1000, currency("EUR")}, {}, std::move(thresholds)};
        command.period.anchor = day("2026-01-01");
        EXPECT_TRUE(author_.ask_budget(home_, id, command));
        return id;
    }
    void project() {
        workers::ProjectorOptions options;
        options.limits.wait = std::chrono::milliseconds{0};
        workers::Projector projector({log_, log_, files_.store(), clock_, {}}, options);
        while (projector.step()) {
        }
    }

    ManualClock clock_;
    memory::MemoryJournal log_{1, clock_};
    Author author_{log_, clock_};
    SqliteProjectorStore files_;
    domain::WorkspaceId home_;
};

}  // namespace outlay::tests
