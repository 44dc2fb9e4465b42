// Promise: a message is tried on the published schedule until it is delivered or visibly dead, an
// endpoint is left alone when it asks for it, and requests carry the signature that receivers
// check.
#include "workers/notifier/retry_schedule.hpp"

#include <gtest/gtest.h>

#include <set>

#include "workers/notifier/manners.hpp"
#include "workers/notifier/request_log.hpp"
#include "workers/notifier/webhook.hpp"

namespace outlay::workers::notifier {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using domain::channel::Signature;

const domain::DeliveryId delivery{platform::uuid_of_name({}, "delivery")};
constexpr domain::Instant now{1'795'162'500'000'000};

Attempt failed(std::optional<int> status = 500) {
    return {.end = End::failed, .status = status, .error = "no"};
}

const RetrySchedule usual;

TEST(RetrySchedule, follows_the_published_pauses_within_a_tenth) {
    const std::vector<Pause> published{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
    Pause whole{0};
    for (std::size_t at = 0; at < published.size(); ++at) {
        const auto pause =
            usual.pause_after(static_cast<std::int64_t>(at) + 1, delivery, std::nullopt);
        ASSERT_TRUE(pause.has_value());
        EXPECT_GE(*pause, published[at] * 9 / 10) << at;
        EXPECT_LE(*pause, published[at] * 11 / 10) << at;
        whole += *pause;
    }
    EXPECT_EQ(usual.pause_after(10, delivery, std::nullopt), std::nullopt);
    EXPECT_EQ(usual.pause_after(11, delivery, 1s), std::nullopt);
    EXPECT_NEAR(static_cast<double>(whole / 1h), 75.6, 8.0);
}

TEST(RetrySchedule, spreads_what_failed_together_and_is_the_same_after_a_restart) {
    std::set<Pause> pauses;
    for (int number = 0; number < 100; ++number) {
        const domain::DeliveryId one{platform::uuid_of_name({}, std::to_string(number))};
        pauses.insert(*usual.pause_after(2, one, std::nullopt));
        EXPECT_EQ(usual.pause_after(2, one, std::nullopt),
                  RetrySchedule{}.pause_after(2, one, std::nullopt));
    }
    EXPECT_GT(pauses.size(), 50U);
}

TEST(RetrySchedule, gives_an_endpoint_the_longer_pause_that_it_asks_for) {
    EXPECT_EQ(usual.pause_after(1, delivery, 3600s), Pause(3600s));
    EXPECT_LT(*usual.pause_after(2, delivery, 1s), Pause(331s));
    EXPECT_GT(*usual.pause_after(2, delivery, 1s), Pause(269s));
    EXPECT_EQ(usual.pause_after(1, delivery, 24h * 365), Pause(24h)) << "capped";
}

TEST(RetrySchedule, begins_with_minutes_where_a_kind_of_channel_needs_them) {
    const auto least = manners_of(domain::channel::Kind::pagerduty).retry_least;
    EXPECT_GE(*usual.pause_after(1, delivery, std::nullopt, least), Pause(108s));
    EXPECT_LE(*usual.pause_after(1, delivery, std::nullopt, least), Pause(132s));
    EXPECT_GE(*usual.pause_after(2, delivery, std::nullopt, least), Pause(270s));
    EXPECT_EQ(usual.pause_after(10, delivery, std::nullopt, least), std::nullopt);
}

TEST(RetrySchedule, is_read_strictly) {
    const auto read = RetrySchedule::parse("90s,2m,168h");
    ASSERT_TRUE(read.ok()) << read.error();
    EXPECT_EQ(read->pauses(), (std::vector<std::chrono::seconds>{90s, 2min, 168h}));
    for (const char* wrong : {"", ",", "5s,", ",5s", "5", "s", "5 s", " 5s", "5s, 5m", "0s", "-1s",
                              "+1s", "1.5m", "5d", "5S", "169h", "99999999999999999999h"}) {
        EXPECT_FALSE(RetrySchedule::parse(wrong).ok()) << wrong;
    }
    std::string many = "1s";
    for (int number = 2; number <= 30; ++number) many += ",1s";
    EXPECT_TRUE(RetrySchedule::parse(many).ok());
    EXPECT_FALSE(RetrySchedule::parse(many + ",1s").ok());
    EXPECT_TRUE(RetrySchedule::parse("168h,168h,168h,168h,48h").ok());
    EXPECT_FALSE(RetrySchedule::parse("168h,168h,168h,168h,49h").ok()) << "messages are forgotten";
}

TEST(EndpointHealth, is_new_again_after_a_success) {
    const auto sick = health_after({}, failed(), now);
    EXPECT_EQ(sick.failures, 1);
    EXPECT_EQ(sick.failing_since, now);
    EXPECT_EQ(health_after(sick, {.end = End::delivered, .status = 204}, now), Health{});
}

TEST(EndpointHealth, earns_rest_after_five_failures_in_a_row) {
    Health health;
    for (int number = 1; number <= 12; ++number) {
        health = health_after(health, failed(), now);
        EXPECT_EQ(health.may_be_called(now), number < 5) << number;
    }
    EXPECT_TRUE(health.may_be_called(later(now, 15min)));
    EXPECT_FALSE(health.may_be_called(later(now, 14min)));
}

TEST(EndpointHealth, follows_a_wish_for_rest_at_once) {
    auto busy = failed(429);
    busy.retry_after = 120s;
    const auto health = health_after({}, busy, now);
    EXPECT_FALSE(health.may_be_called(later(now, 119s)));
    EXPECT_TRUE(health.may_be_called(later(now, 120s)));
}

TEST(EndpointHealth, ends_by_410_or_after_five_days_without_a_success) {
    const auto gone = health_after({}, {.end = End::gone, .status = 410}, now);
    EXPECT_EQ(gone.disabled_reason, "gone");
    EXPECT_FALSE(gone.may_be_called(later(now, 24h * 365)));
    auto health = health_after({}, failed(), now);
    health = health_after(health, failed(), later(now, 119h));
    EXPECT_FALSE(health.disabled_at.has_value());
    health = health_after(health, failed(), later(now, 120h));
    EXPECT_EQ(health.disabled_reason, "failing");
    EXPECT_EQ(health.disabled_at, later(now, 120h));
}

const auto gone = manners_of(domain::channel::Kind::webhook).final_statuses;

TEST(WebhookAnswers, count_as_delivered_from_200_to_299_only) {
    const auto of = [](int status) {
        return attempt_of(platform::HttpAnswer{status, "x", {}}, gone);
    };
    for (const int status : {200, 201, 202, 204, 299}) EXPECT_EQ(of(status).end, End::delivered);
    for (const int status : {100, 199, 301, 302, 307, 400, 401, 404, 429, 500, 503})
        EXPECT_EQ(of(status).end, End::failed) << status;
    EXPECT_EQ(of(410).end, End::gone);
    EXPECT_EQ(of(500).error, "the endpoint answered 500");
    const auto garbage =
        attempt_of(platform::HttpAnswer{200, std::string("a\0\xff\x1b", 4), {}}, gone);
    EXPECT_EQ(garbage.answer, "a???") << "what an endpoint answers is kept as plain text";
}

TEST(WebhookAnswers, that_never_came_name_the_kind_of_failure) {
    const auto of = [](platform::HttpFailure kind) {
        return attempt_of(domain::Fail{platform::HttpError{kind, "why"}}, gone);
    };
    EXPECT_EQ(of(platform::HttpFailure::timeout).error, "timeout: why");
    EXPECT_EQ(of(platform::HttpFailure::refused).error, "refused: why");
    EXPECT_EQ(of(platform::HttpFailure::tls).end, End::failed);
    EXPECT_EQ(of(platform::HttpFailure::tls).status, std::nullopt);
}

// The example of the specification.
TEST(WebhookSignature, is_that_of_the_specification) {
    EXPECT_EQ(
        webhook_signature(Signature::v1, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                          "msg_p5jXN8AQM9LWM0D4loKWxJek", 1'614'265'330, R"({"test": 2432232314})"),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    for (const char* wrong : {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!"}) {
        EXPECT_EQ(webhook_signature(Signature::v1, wrong, "msg_1", 1, "{}"), std::nullopt) << wrong;
    }
}

// A key pair of another size than 32 bytes is none.
TEST(WebhookSignature, by_a_key_pair_is_checked_with_the_public_key) {
    const std::string seed(platform::ed25519_seed_bytes, '\x07');
    const auto signature =
        webhook_signature(Signature::v1a, "whsec_" + platform::base64(seed), "msg_1", 12, "{}");
    ASSERT_TRUE(signature.has_value());
    EXPECT_EQ(*signature,
              "v1a," + platform::base64(platform::ed25519_signature(seed, "msg_1.12.{}")));
    EXPECT_EQ(
        webhook_signature(Signature::v1a, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "m", 1, ""),
        std::nullopt);
}

TEST(WebhookRequest, has_the_header_fields_of_the_address) {
    const Message message{{platform::uuid_of_name({}, "m")}, "alert.raised", now, "{}"};
    const std::vector<std::string> secrets{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    const auto request =
        webhook_request(message, "https://a.example/\nAuthorization: Bearer a: b\nX-Route: 7",
                        {.secrets = secrets}, now);
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(request->url, "https://a.example/");
    ASSERT_EQ(request->headers.size(), 6U);
    EXPECT_EQ(request->headers[4], std::pair("Authorization"s, "Bearer a: b"s));
    EXPECT_EQ(request->headers[5], std::pair("X-Route"s, "7"s));
}

TEST(WebhookRequest, keeps_id_and_body_over_attempts_and_is_signed_by_every_secret) {
    const Message message{{platform::uuid_of_name({}, "m")}, "alert.raised", now, R"({"a":1})"};
    const std::vector<std::string> secrets{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                           "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    const auto first = webhook_request(message, "https://a.example/", {.secrets = secrets}, now);
    const auto second =
        webhook_request(message, "https://a.example/", {.secrets = secrets}, later(now, 5s));
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->body, second->body);
    EXPECT_EQ(first->body,
              R"({"type":"alert.raised","timestamp":")" + now.text() + R"(","data":{"a":1}})");
    EXPECT_EQ(first->headers[1], second->headers[1]) << "webhook-id";
    EXPECT_NE(first->headers[2], second->headers[2]) << "webhook-timestamp";
    EXPECT_NE(first->headers[3], second->headers[3]) << "webhook-signature";
    const auto& signatures = first->headers[3].second;
    EXPECT_EQ(signatures.find("v1,"), 0U);
    EXPECT_NE(signatures.find(" v1,"), std::string::npos);
    EXPECT_EQ(message.id.text().find('.'), std::string::npos);
}

TEST(WebhookRequest, is_verified_as_receivers_do_it) {
    const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const std::string other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const Message message{{platform::uuid_of_name({}, "m")}, "alert.raised", now, R"({"a":1})"};
    const std::vector<std::string> secrets{other, secret};
    const auto request = webhook_request(message, "https://a.example/", {.secrets = secrets}, now);
    ASSERT_TRUE(request.has_value());
    EXPECT_TRUE(is_signed_by(*request, secret, now));
    EXPECT_TRUE(is_signed_by(*request, other, later(now, 5min)));
    EXPECT_FALSE(is_signed_by(*request, secret, later(now, 302s))) << "too old";
    EXPECT_FALSE(is_signed_by(*request, "whsec_" + platform::base64("another one"), now));
    EXPECT_FALSE(is_signed_by(*request, "none", now));
    for (const std::size_t field : {1U, 2U, 3U}) {
        auto changed = *request;
        changed.headers[field].second += "1";
        EXPECT_FALSE(is_signed_by(changed, secret, now)) << changed.headers[field].first;
    }
    auto changed = *request;
    changed.body += " ";
    EXPECT_FALSE(is_signed_by(changed, secret, now));
}

TEST(LoggedFields, keep_what_changes_and_no_secret) {
    EXPECT_EQ(logged_fields({{"Content-Type", "application/json"},
                             {"webhook-id", "msg_1"},
                             {"webhook-timestamp", "12"},
                             {"webhook-signature", "v1,abc= v1a,def="},
                             {"Authorization", "Bearer a"},
                             {"X-Route", "7"}}),
              R"({"Content-Type":"application/json","webhook-id":"msg_1",)"
              R"("webhook-timestamp":"12","webhook-signature":"v1,*** v1a,***",)"
              R"("Authorization":"***","X-Route":"***"})");
}

}  // namespace
}  // namespace outlay::workers::notifier
