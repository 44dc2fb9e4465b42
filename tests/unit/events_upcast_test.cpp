// Promise: data of an old schema version is lifted through every step in order, and each type has
// all of its steps.
#include "events/upcast.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "events/codec.hpp"
#include "platform/json/writer.hpp"

namespace outlay::events {
namespace {

// Version 1 had "cost"; version 2 calls it "amount"; version 3 has a currency beside it.
std::string rename_cost(const json::Value& data) {
    std::string text;
    json::Writer(text).begin_object().key("amount").raw(data.find("cost")->raw()).end_object();
    return text;
}
std::string add_currency(const json::Value& data) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .key("amount")
        .raw(data.find("amount")->raw())
        .field("currency", "EUR")
        .end_object();
    return text;
}
std::string never_called(const json::Value& /*data*/) {
    ADD_FAILURE() << "a step of another type was taken";
    return "{}";
}

constexpr Upcaster steps[] = {{"other", 1, never_called},
                              {"trip", 2, add_currency},
                              {"trip", 1, rename_cost},
                              {"trip", 3, never_called}};

std::string lifted_text(std::int64_t from, std::int64_t to, std::string_view data) {
    const auto value = json::parse(data);
    const Lifted lifted = upcast(steps, "trip", from, to, *value);
    EXPECT_EQ(lifted.data.raw(), json::canonical(lifted.data));
    return std::string(lifted.data.raw());
}

TEST(Upcast, takes_one_step_after_the_other) {
    EXPECT_EQ(lifted_text(1, 2, R"({"cost":7})"), R"({"amount":7})");
    EXPECT_EQ(lifted_text(2, 3, R"({"amount":7})"), R"({"amount":7,"currency":"EUR"})");
    EXPECT_EQ(lifted_text(1, 3, R"({"cost":7})"), R"({"amount":7,"currency":"EUR"})");
}

TEST(UpcastDeathTest, refuses_to_skip_a_step) {
    EXPECT_DEATH(lifted_text(4, 5, "{}"), "schema version without an upcaster");
}

TEST(Upcasters, lead_from_version_one_to_the_current_version_of_every_type) {
    for (const TypeVersion& type : known_types()) {
        for (std::int64_t from = 1; from < type.schema; ++from) {
            const auto count = std::ranges::count_if(upcasters(), [&](const Upcaster& step) {
                return step.type == type.name && step.from == from;
            });
            EXPECT_EQ(count, 1) << type.name << " from version " << from;
        }
    }
}

}  // namespace
}  // namespace outlay::events
