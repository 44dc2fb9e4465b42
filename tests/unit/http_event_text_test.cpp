// Promise: whatever the data is, a reader of a text/event-stream gets it back line by line, and
// nothing in it passes for a field of the stream.
#include <gtest/gtest.h>

#include "api/http/event_text.hpp"

namespace outlay::api {
namespace {

TEST(EventText, has_id_type_and_data) {
    EXPECT_EQ(event_text({.id = "a1", .type = "alert.raised", .data = R"({"a":1})"}),
              "id: a1\nevent: alert.raised\ndata: {\"a\":1}\n\n");
    EXPECT_EQ(event_text({.type = "reset", .data = "{}"}), "event: reset\ndata: {}\n\n");
    EXPECT_EQ(event_text({.type = "empty"}), "event: empty\ndata: \n\n");
}

TEST(EventText, without_a_type_carries_the_id_alone) {
    EXPECT_EQ(event_text({.id = "a1", .data = "not sent"}), "id: a1\n\n");
}

TEST(EventText, splits_data_at_every_kind_of_line_end) {
    EXPECT_EQ(event_text({.type = "t", .data = "a\nevent: b\r\nid: c\rd\n"}),
              "event: t\ndata: a\ndata: event: b\ndata: id: c\ndata: d\ndata: \n\n");
}

}  // namespace
}  // namespace outlay::api
