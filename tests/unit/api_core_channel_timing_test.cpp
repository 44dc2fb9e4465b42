// Promise: when and how a channel is sent things is shown as it was asked for, can be taken back,
// and what makes no sense is refused by name.
#include <gtest/gtest.h>

#include "tests/unit/api_core_node.hpp"

namespace outlay::tests {
namespace {

class ChannelTiming : public testing::Test {
protected:
    Answered register_mail(const std::string& more) {
        return api.post(workspace + "/channels",
                        R"({"kind":"email","to":"a@example.org","verify":false)" + more + "}");
    }
    Answered register_webhook(const std::string& more) {
        return api.post(workspace + "/channels",
                        R"({"kind":"webhook","url":"https://hooks.example.org/x")" + more + "}");
    }

    ApiNode api;
    std::string workspace = api.workspace();
    std::string member = api.get(workspace + "/members").data("id").front();
};

TEST_F(ChannelTiming, is_shown_as_it_was_asked_for_and_taken_back_by_null) {
    const auto made = register_mail(
        R"(,"recipient":")" + member +
        R"(","digest":{"every":"week","weekday":"friday","at":"08:00"},)"
        R"("unacknowledged_minutes":30,)"
        R"("rate_limit":{"messages":5,"per":"hour"})");
    ASSERT_EQ(made.status(), 201) << made.response.body;
    EXPECT_EQ(made.text("recipient"), member);
    EXPECT_EQ(made.text("digest.weekday"), "friday");
    EXPECT_EQ(made.text("digest.at"), "08:00");
    EXPECT_EQ(made.text("unacknowledged_minutes"), "30");
    EXPECT_EQ(made.text("rate_limit.messages"), "5");
    const auto path = workspace + "/channels/" + made.text("id");
    EXPECT_EQ(api.get(path).response.body, made.response.body);
    const auto edited = api.patch(
        path,
        R"({"recipient":null,"digest":null,"unacknowledged_minutes":null,"rate_limit":null})");
    ASSERT_EQ(edited.status(), 200) << edited.response.body;
    for (const auto* name : {"recipient", "digest", "unacknowledged_minutes", "rate_limit"})
        EXPECT_EQ(edited.text(name), "") << name;
    EXPECT_EQ(api.get(path).response.body, edited.response.body);
}

TEST_F(ChannelTiming, that_makes_no_sense_is_refused) {
    for (const auto* wrong :
         {R"(,"recipient":"mem_01h455vb4pex5vsknk084sn02q")",
          R"(,"digest":{"every":"month","at":"08:00"})", R"(,"digest":{"every":"day"})",
          R"(,"digest":{"every":"day","at":"8"})",
          R"(,"digest":{"every":"day","at":"08:00","weekday":"friday"})",
          R"(,"unacknowledged_minutes":0)", R"(,"unacknowledged_minutes":10081)",
          R"(,"rate_limit":{"messages":0,"per":"hour"})",
          R"(,"rate_limit":{"messages":1,"per":"year"})", R"(,"rate_limit":7)", R"(,"events":[])",
          R"(,"signature":"v1a")", R"(,"headers":{"X-A":"b"})"})
        EXPECT_EQ(register_mail(wrong).status(), 422) << wrong;
    EXPECT_EQ(register_mail(R"(,"events":[],"digest":{"every":"day","at":"08:00"})").status(), 201);
    EXPECT_EQ(register_webhook(R"(,"digest":{"every":"day","at":"08:00"})").status(), 422);
    EXPECT_EQ(register_webhook(R"(,"recipient":")" + member + "\"").status(), 422);
}

TEST_F(ChannelTiming, keeps_the_values_of_header_fields_to_itself) {
    const auto made =
        register_webhook(R"(,"headers":{"Authorization":"Bearer geheim","X-Route":"7"})");
    ASSERT_EQ(made.status(), 201) << made.response.body;
    EXPECT_EQ(made.text("headers.Authorization"), "***");
    const auto path = workspace + "/channels/" + made.text("id");
    const auto read = api.get(path);
    EXPECT_EQ(read.text("headers.X-Route"), "***");
    EXPECT_EQ(read.response.body.find("geheim"), std::string::npos);
    EXPECT_EQ(api.patch(path, R"({"headers":{"X-Route":"8"}})").status(), 422) << "without a url";
    EXPECT_EQ(api.patch(path, R"({"url":"https://hooks.example.org/y"})").text("headers.X-Route"),
              "");
    for (const auto* wrong :
         {R"({"Host":"a"})", R"({"content-length":"1"})", R"({"Webhook-Id":"1"})", R"({"a b":"c"})",
          R"({"X":""})", R"({"X":"a\nb"})", R"({"X":7})", R"({"":"x"})", R"([])"})
        EXPECT_EQ(register_webhook(std::string(R"(,"headers":)") + wrong).status(), 422) << wrong;
}

TEST_F(ChannelTiming, shows_the_public_key_of_a_pair_and_never_the_other) {
    const auto made = register_webhook(R"(,"signature":"v1a")");
    ASSERT_EQ(made.status(), 201) << made.response.body;
    EXPECT_EQ(made.text("signature"), "v1a");
    EXPECT_EQ(made.text("secret"), "");
    const auto key = made.text("public_key");
    EXPECT_TRUE(key.starts_with("whpk_")) << key;
    const auto path = workspace + "/channels/" + made.text("id");
    EXPECT_EQ(api.get(path).text("public_key"), key);
    const auto rotated = api.post(path + "/rotate_secret");
    EXPECT_EQ(rotated.status(), 200) << rotated.response.body;
    EXPECT_NE(rotated.text("public_key"), key);
    EXPECT_EQ(rotated.text("secret"), "");
    EXPECT_EQ(api.get(path).text("public_key"), rotated.text("public_key"));
}

}  // namespace
}  // namespace outlay::tests
