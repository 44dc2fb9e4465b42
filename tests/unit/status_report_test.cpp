// Promise: `outlay status` tells a halt with its cause, its next step and the command that may
// clear it, and what is sealed, paused and waiting.
#include "app/status_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/hash.hpp"
#include "platform/json/value.hpp"

namespace outlay::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr domain::Instant noon{1'795'000'000'000'000};

app::StatusReport report() {
    app::StatusReport made{"a place", noon, {}, {}};
    workers::PartitionStatus partition;
    partition.checkpoint.partition = 3;
    partition.checkpoint.next = 17;
    partition.checkpoint.mode = "active";
    partition.checkpoint.journal = "jrn";
    partition.end = 25;
    partition.lag = 8;
    partition.waiting_since = domain::Instant{noon.micros - 12'345'678};
    made.projection.partitions.push_back(partition);
    made.projection.lag = 8;
    return made;
}

void halt(app::StatusReport& made, const std::string& value) {
    auto& partition = made.projection.partitions.front();
    partition.checkpoint.halt = journal::HaltCause::head;
    partition.checkpoint.halt_detail = "record 17: event of exp_x";
    partition.remedy = journal::halt_remedy(journal::HaltCause::head);
    partition.halting = workers::halting_record({{3, 17}, noon, "key", value});
    made.projection.halted = 1;
}

TEST(StatusReport, counts_the_lag_in_records_and_seconds) {
    const auto text = app::status_text(report());
    EXPECT_THAT(text, HasSubstr("lag 8 records, 12.3 s, 0 partitions halted\n"));
    EXPECT_THAT(text, HasSubstr("journal jrn, 1 partitions, 25 records\n"));
    EXPECT_THAT(app::lag_json(report()), HasSubstr(R"("lag_millis":12345)"));
    EXPECT_THAT(text, Not(HasSubstr("paused:")));
}

TEST(StatusReport, does_not_claim_to_know_what_cannot_be_asked) {
    auto made = report();
    auto& partition = made.projection.partitions.front();
    partition.end.reset();
    partition.lag.reset();
    partition.waiting_since.reset();
    EXPECT_THAT(app::partitions_text(made), HasSubstr("           ?        ?         ?  active"));
}

TEST(StatusReport, tells_the_command_that_clears_a_halt) {
    auto made = report();
    const std::string value =
        R"({"v":1,"kind":"commit","workspace":"ws_a","command":"cmd_b","actor":{"member":"mem_c"},)"
        R"("events":[{"type":"expense.recorded"}]})";
    halt(made, value);
    const auto text = app::status_text(made);
    const auto command = "outlay journal skip 3:17 --hash " + journal::record_hash(value);
    EXPECT_THAT(text, HasSubstr("halted: head\n"));
    EXPECT_THAT(text, HasSubstr("a commit of ws_a, command cmd_b, by mem_c\n"));
    EXPECT_THAT(text, HasSubstr(command));
    const auto parsed = json::parse(app::status_json(made));
    ASSERT_TRUE(parsed.ok());
    EXPECT_THAT(app::status_json(made), HasSubstr(command));
}

TEST(StatusReport, shows_a_record_that_is_no_json) {
    auto made = report();
    halt(made, "\xFF{");
    EXPECT_THAT(app::status_text(made), HasSubstr("--hash " + journal::record_hash("\xFF{")));
}

TEST(StatusReport, lists_what_is_sealed_imported_paused_and_waiting) {
    auto made = report();
    const domain::WorkspaceId moved{platform::uuid_of_name({}, "moved")};
    made.overview.gates[1].is_importing = true;
    made.overview.gates[2].is_sealed = true;
    made.overview.gates[4].sealed.insert(moved);
    made.overview.pauses.push_back({{journal::Pausable::deliveries}, "too many", "op@host", noon});
    made.overview.backlog = {2, noon, 7, 3, domain::Instant{noon.micros - 2'000'000}, 5};
    const auto text = app::status_text(made);
    EXPECT_THAT(text, HasSubstr("partition 1 is being imported"));
    EXPECT_THAT(text, HasSubstr("partition 2 is sealed"));
    EXPECT_THAT(text, HasSubstr(moved.text() + " is sealed"));
    EXPECT_THAT(text,
                HasSubstr("paused: deliveries, since " + noon.text() + " by op@host: too many"));
    EXPECT_THAT(text, HasSubstr("outbox: 2 messages to lay out (for 0.0 s), 7 deliveries to come, "
                                "3 of them due (for 2.0 s), 5 dead\n"));
    EXPECT_TRUE(json::parse(app::status_json(made)).ok());
}

}  // namespace
}  // namespace outlay::tests
