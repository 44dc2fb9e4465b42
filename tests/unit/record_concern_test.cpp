// Promise: a record that has a say in what becomes of a workspace is never passed over, however its
// text is written; another workspace's is, also if it speaks of the one that is asked for.
#include "journal/record_filter.hpp"
#include "platform/memory/journal.hpp"
#include "tests/unit/projector_author.hpp"

namespace outlay::tests {
namespace {

class RecordConcernTest : public testing::Test {
protected:
    RecordConcernTest() {
        author_.write_genesis();
        home_ = author_.create_workspace();
        other_ = author_.create_workspace();
    }
    // The last record of the journal, with a part of its text replaced.
    journal::Record last(const std::string& part = "", const std::string& by = "") {
        auto records = log_.read(0, *log_.end(0) - 1, {.wait = std::chrono::milliseconds{0}});
        CHECK(records.ok() && records->size() == 1, "one record");
        auto record = std::move(records->front());
        if (part.empty()) return record;
        const auto at = record.value.find(part);
        EXPECT_NE(at, std::string::npos) << record.value;
        record.value.replace(at, part.size(), by);
        return record;
    }

    ManualClock clock_;
    memory::MemoryJournal log_{1, clock_};
    Author author_{log_, clock_};
    domain::WorkspaceId home_;
    domain::WorkspaceId other_;
};

TEST_F(RecordConcernTest, tells_whose_a_commit_is) {
    author_.record(home_, 100, "2026-11-20");
    EXPECT_TRUE(journal::concerns(last(), home_));
    EXPECT_FALSE(journal::concerns(last(), other_));
}

TEST_F(RecordConcernTest, is_not_misled_by_an_id_in_a_text) {
    author_.record(other_, 100, "2026-11-20");
    const auto quoting = last("\"EUR\"", "\"EUR\",\"note\":\"see " + home_.text() + "\"");
    EXPECT_NE(quoting.value.find(home_.text()), std::string::npos);
    EXPECT_FALSE(journal::concerns(quoting, home_));
    EXPECT_TRUE(journal::concerns(quoting, other_));
}

TEST_F(RecordConcernTest, sees_through_escapes) {
    author_.record(home_, 100, "2026-11-20");
    EXPECT_TRUE(journal::concerns(last("\"ws_", "\"\\u0077s_"), home_));
    EXPECT_TRUE(journal::concerns(last("\"workspace\"", "\"\\u0077orkspace\""), home_));
    EXPECT_FALSE(journal::concerns(last("\"ws_", "\"\\u0077s_"), other_));
}

TEST_F(RecordConcernTest, lets_pass_what_belongs_to_no_workspace) {
    for (const auto& value :
         {journal::encode_genesis(Author::identity, 1), journal::encode_seal(Author::identity, {}),
          journal::encode_import_end(Author::identity, 1),
          journal::encode_skip(Author::identity, 1, "hash", "by hand"), std::string("junk")}) {
        EXPECT_TRUE(journal::concerns({{0, 7}, clock_.now(), "", value}, home_)) << value;
    }
}

TEST_F(RecordConcernTest, looks_into_what_was_imported) {
    author_.record(home_, 100, "2026-11-20");
    const auto record = last();
    const journal::Origin origin{std::string(Author::identity), record.position, clock_.now()};
    const auto decoded = journal::decode(record.value, "");
    const auto& commit = std::get<journal::Commit>(decoded);
    const auto moved =
        journal::encode_imported("new", {home_, commit.command, origin, record.value});
    EXPECT_TRUE(journal::concerns({{0, 9}, clock_.now(), "", moved}, home_));
    EXPECT_FALSE(journal::concerns({{0, 9}, clock_.now(), "", moved}, other_));
}

}  // namespace
}  // namespace outlay::tests
