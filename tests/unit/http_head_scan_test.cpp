// Promise: the end of a head is found wherever the bytes are cut, and bounds hold for heads that
// never end.
#include <gtest/gtest.h>

#include "api/server/head_scan.hpp"
#include "api/server/limits.hpp"

namespace outlay::api {
namespace {

using Progress = HeadScan::Progress;

int status_of(const std::string& head) {
    HeadScan scan;
    return scan.advance(head) == Progress::refused ? scan.refusal().status : 0;
}

TEST(HttpHeadScan, finds_the_same_end_however_the_bytes_arrive) {
    const std::string head = "\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\nX: \tb c\r\n\r\n";
    const std::string bytes = head + "body\n";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        HeadScan scan;
        Progress progress = scan.advance(std::string_view(bytes).substr(0, cut));
        EXPECT_EQ(progress, cut < head.size() ? Progress::more : Progress::complete) << cut;
        if (progress == Progress::more) progress = scan.advance(bytes);
        ASSERT_EQ(progress, Progress::complete) << cut;
        EXPECT_EQ(scan.begin(), 4U);
        EXPECT_EQ(scan.end(), head.size());
    }
}

TEST(HttpHeadScan, a_refusal_does_not_depend_on_the_cut) {
    for (const std::string bytes :
         {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nA\rB: c\r\n\r\n",
          "\nGET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\n X: folded\r\n\r\n",
          "GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n", "\x16\x03\x01\x02"}) {
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            HeadScan scan;
            Progress progress = scan.advance(std::string_view(bytes).substr(0, cut));
            if (progress == Progress::more) progress = scan.advance(bytes);
            EXPECT_EQ(progress, Progress::refused) << bytes << cut;
            EXPECT_EQ(scan.refusal().status, 400);
        }
    }
}

TEST(HttpHeadScan, bounds_hold_before_the_end_is_seen) {
    const std::string line = "GET / HTTP/1.1\r\n";
    EXPECT_EQ(status_of("GET /" + std::string(limits::request_line_bytes_max, 'a')), 414);
    EXPECT_EQ(status_of(line + "X: " + std::string(limits::header_bytes_max, 'a')), 431);
    std::string fields;
    for (std::size_t i = 0; i < limits::header_fields_max; ++i) fields += "X: y\r\n";
    EXPECT_EQ(status_of(line + fields), 0);
    EXPECT_EQ(status_of(line + fields + "X: y\r\n"), 431);
    std::string empty_lines;
    for (std::size_t i = 0; i < limits::empty_lines_max; ++i) empty_lines += "\r\n";
    EXPECT_EQ(status_of(empty_lines), 0);
    EXPECT_EQ(status_of(empty_lines + "\r\n"), 400);
}

TEST(HttpHeadScan, the_longest_request_line_is_taken) {
    const std::string frame = "GET / HTTP/1.1";
    const std::string longest =
        "GET /" + std::string(limits::request_line_bytes_max - frame.size(), 'a') + " HTTP/1.1\r\n";
    EXPECT_EQ(status_of(longest), 0);
    EXPECT_EQ(status_of("GET /a" + longest.substr(5)), 414);
}

TEST(HttpHeadScan, knows_a_head_request_before_anything_else_is_known) {
    HeadScan scan;
    EXPECT_EQ(scan.advance("HEAD / HTTP/1.1\r\nbad line\n"), Progress::refused);
    EXPECT_TRUE(scan.is_head_request());
}

}  // namespace
}  // namespace outlay::api
