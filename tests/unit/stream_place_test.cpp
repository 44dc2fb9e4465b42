// Promise: the id of an event leads back to its place, in its workspace and its journal only, and
// nothing else does.
#include <gtest/gtest.h>

#include "api/resources/stream_place.hpp"

namespace outlay::api {
namespace {

constexpr platform::Secret secret{1, 2, 3};
const domain::WorkspaceId home{platform::uuid_of_name({}, "home")};
const domain::WorkspaceId away{platform::uuid_of_name({}, "away")};
const StreamPlace place{1042, platform::uuid_of_name({}, "message")};

TEST(StreamPlace, is_found_again) {
    for (const auto& one : {place, StreamPlace{}, end_of(0), end_of(7)}) {
        const auto opened =
            open_place(secret, "jrn_1", home, seal_place(secret, "jrn_1", home, one));
        ASSERT_TRUE(std::holds_alternative<StreamPlace>(opened));
        EXPECT_EQ(std::get<StreamPlace>(opened), one);
    }
}

TEST(StreamPlace, of_another_journal_is_told_apart) {
    const auto token = seal_place(secret, "jrn_1", home, place);
    EXPECT_TRUE(std::holds_alternative<ForeignToken>(open_place(secret, "jrn_2", home, token)));
}

TEST(StreamPlace, means_nothing_elsewhere_or_changed) {
    const auto token = seal_place(secret, "jrn_1", home, place);
    const auto is_malformed = [](const OpenedPlace& opened) {
        return std::holds_alternative<MalformedToken>(opened);
    };
    EXPECT_TRUE(is_malformed(open_place(secret, "jrn_1", away, token)));
    EXPECT_TRUE(is_malformed(open_place({9}, "jrn_1", home, token)));
    for (std::size_t at = 0; at < token.size(); ++at) {
        auto changed = token;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        EXPECT_TRUE(is_malformed(open_place(secret, "jrn_1", home, changed))) << at;
        EXPECT_TRUE(is_malformed(open_place(secret, "jrn_1", home, token.substr(0, at)))) << at;
    }
    EXPECT_TRUE(
        is_malformed(open_place(secret, "jrn_1", home, seal_position(secret, "jrn_1", {0, 1042}))));
}

TEST(StreamPlace, of_the_end_is_after_all_messages_of_the_records_before) {
    EXPECT_EQ(end_of(8).offset, 7);
    EXPECT_GT(end_of(8).message, place.message);
}

}  // namespace
}  // namespace outlay::api
