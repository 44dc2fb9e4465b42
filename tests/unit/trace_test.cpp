// Promise: a trace is continued as W3C says, spans reach a collector as OTLP/JSON, and a collector
// that is away costs neither time nor memory.
#include "platform/trace.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>

#include "app/trace_settings.hpp"
#include "platform/json/value.hpp"
#include "platform/metric_families.hpp"
#include "platform/trace/exporter.hpp"
#include "platform/trace/otlp.hpp"

namespace outlay::platform {
namespace {

const std::string sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const std::string unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

// Takes what it is sent, or answers with an error, or lets everybody wait.
class Collector final : public HttpClient {
public:
    domain::Result<HttpAnswer, HttpError> post(const HttpRequest& request) const override {
        std::unique_lock lock(mutex_);
        ++asked_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return answers_; });
        if (is_away_) return domain::Fail{HttpError{HttpFailure::connect, "nobody listens"}};
        requests_.push_back(request);
        return HttpAnswer{200, "{}", {}};
    }
    void set(bool answers, bool is_away) {
        const std::lock_guard lock(mutex_);
        answers_ = answers;
        is_away_ = is_away;
        changed_.notify_all();
    }
    void wait_until_asked() const {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return asked_ > 0; });
    }
    std::vector<HttpRequest> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable int asked_ = 0;
    mutable std::vector<HttpRequest> requests_;
    bool answers_ = true;
    bool is_away_ = false;
};

SpanExporterOptions options_with(TraceSampling sampling, std::size_t batch_max = 1) {
    SpanExporterOptions options;
    options.url = "http://collector.example/v1/traces";
    options.headers = {{"api-key", "k"}};
    options.resource = {{{"service.name", "outlay"}}, "0.1.0", {{"messaging.system", "kafka"}}};
    options.sampling = sampling;
    options.queue_max = 8;
    options.batch_max = batch_max;
    return options;
}

std::uint64_t counted(std::string_view result) {
    return metrics::counter(metrics::spans, {result}).value();
}

Span span_in(const std::string& trace, const std::string& name) {
    return {trace, "", name, SpanKind::server, 1'000'000, 1'002'500};
}

TEST(Trace, reads_what_a_traceparent_says) {
    const auto parsed = TraceParent::parse(sampled);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->trace_id, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(parsed->span_id, "b7ad6b7169203331");
    EXPECT_TRUE(parsed->is_sampled);
    EXPECT_FALSE(TraceParent::parse(unsampled)->is_sampled);
    EXPECT_TRUE(TraceParent::parse("cc" + sampled.substr(2) + "-more"));
    EXPECT_FALSE(TraceParent::parse(sampled + "-more"));
    EXPECT_FALSE(TraceParent::parse("ff" + sampled.substr(2)));
    EXPECT_FALSE(TraceParent::parse(""));
}

TEST(Trace, without_an_exporter_decisions_of_others_are_handed_on_and_none_is_made) {
    EXPECT_TRUE(span_below(sampled).ends_with("-01"));
    EXPECT_TRUE(span_below(unsampled).ends_with("-00"));
    EXPECT_TRUE(span_below("").ends_with("-00"));
    EXPECT_TRUE(span_below("nonsense").ends_with("-00"));
    EXPECT_EQ(span_below(sampled).substr(0, 36), sampled.substr(0, 36));
    EXPECT_NE(span_below(sampled), span_below(sampled));
    EXPECT_FALSE(is_traced(sampled));
}

TEST(Trace, samplers_decide_as_they_are_named) {
    const Collector collector;
    {
        const SpanExporter all(collector, options_with({1, true}));
        EXPECT_TRUE(span_below("").ends_with("-01"));
        EXPECT_TRUE(span_below(unsampled).ends_with("-00"));
    }
    {
        const SpanExporter none(collector, options_with({0, false}));
        EXPECT_TRUE(span_below("").ends_with("-00"));
        EXPECT_TRUE(span_below(sampled).ends_with("-00"));
    }
    const SpanExporter some(collector, options_with({0.25, false}));
    int taken = 0;
    constexpr int draws = 4000;
    for (int at = 0; at < draws; ++at) taken += span_below("").ends_with("-01") ? 1 : 0;
    EXPECT_GT(taken, draws / 5);
    EXPECT_LT(taken, draws * 3 / 10);
}

TEST(Trace, spans_reach_the_collector) {
    const Collector collector;
    {
        const SpanExporter exporter(collector, options_with({1, true}));
        auto span = span_in(sampled, "GET /v1/workspaces/{ws}");
        span.parent = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
        span.kind = SpanKind::producer;
        span.attributes = {{"http.response.status_code", std::int64_t{201}},
                           {"outlay.outcome", std::string("applied")}};
        span.is_error = true;
        keep_span(span);
        keep_span(span_in(unsampled, "not sampled"));
    }
    const auto requests = collector.requests();
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests[0].url, "http://collector.example/v1/traces");
    EXPECT_EQ(requests[0].headers[0], (std::pair<std::string, std::string>{"api-key", "k"}));
    EXPECT_EQ(requests[0].body,
              R"({"resourceSpans":[{"resource":{"attributes":[)"
              R"({"key":"service.name","value":{"stringValue":"outlay"}}]},)"
              R"("scopeSpans":[{"scope":{"name":"outlay","version":"0.1.0"},"spans":[{)"
              R"("traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",)"
              R"("parentSpanId":"00f067aa0ba902b7","name":"GET /v1/workspaces/{ws}","kind":4,)"
              R"("startTimeUnixNano":"1000000000","endTimeUnixNano":"1002500000","attributes":[)"
              R"({"key":"http.response.status_code","value":{"intValue":"201"}},)"
              R"({"key":"outlay.outcome","value":{"stringValue":"applied"}},)"
              R"({"key":"messaging.system","value":{"stringValue":"kafka"}}],)"
              R"("status":{"code":2}}]}]}]})");
}

TEST(Trace, a_collector_that_hangs_holds_nobody_up) {
    Collector collector;
    collector.set(false, false);
    const auto dropped = counted("dropped");
    const SpanExporter exporter(collector, options_with({1, true}));
    keep_span(span_in(sampled, "first"));
    collector.wait_until_asked();
    // One batch is on its way, eight spans fit the queue; the rest is dropped at once.
    for (int at = 0; at < 20; ++at) keep_span(span_in(sampled, "more"));
    EXPECT_EQ(counted("dropped") - dropped, 12U);
    collector.set(true, false);
}

TEST(Trace, what_a_collector_does_not_take_is_counted_and_forgotten) {
    Collector collector;
    collector.set(true, true);
    const auto failed = counted("failed");
    {
        const SpanExporter exporter(collector, options_with({1, true}));
        for (int at = 0; at < 5; ++at) keep_span(span_in(sampled, "lost"));
    }
    EXPECT_GE(counted("failed") - failed, 1U);
    EXPECT_TRUE(collector.requests().empty());
}

std::optional<app::TraceSettings> settings_of(std::map<std::string, std::string> variables) {
    return app::trace_settings([&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
}

TEST(Trace, variables_say_whether_and_where) {
    EXPECT_FALSE(settings_of({}));
    EXPECT_FALSE(settings_of(
        {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"}, {"OTEL_SDK_DISABLED", "true"}}));
    EXPECT_FALSE(settings_of(
        {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"}, {"OTEL_TRACES_EXPORTER", "none"}}));
    EXPECT_EQ(settings_of({{"OTEL_TRACES_EXPORTER", "otlp"}})->exporter.url,
              "http://localhost:4318/v1/traces");
    EXPECT_EQ(settings_of({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/"}})->exporter.url,
              "http://c:4318/v1/traces");
    EXPECT_EQ(settings_of({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"},
                           {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/in"}})
                  ->exporter.url,
              "https://t/in");
}

TEST(Trace, variables_say_how) {
    const auto settings = settings_of({{"OTEL_TRACES_EXPORTER", "otlp"},
                                       {"OTEL_EXPORTER_OTLP_HEADERS", "a=1, b=x%20y%2Cz"},
                                       {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250"},
                                       {"OTEL_TRACES_SAMPLER", "traceidratio"},
                                       {"OTEL_TRACES_SAMPLER_ARG", "0.5"},
                                       {"OTEL_BSP_MAX_QUEUE_SIZE", "100"},
                                       {"OTEL_BSP_SCHEDULE_DELAY", "50"},
                                       {"OTEL_SERVICE_NAME", "books"},
                                       {"OTEL_RESOURCE_ATTRIBUTES", "service.name=x,zone=a"}});
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    ASSERT_TRUE(settings);
    const auto& exporter = settings->exporter;
    EXPECT_EQ(exporter.headers, (Pairs{{"a", "1"}, {"b", "x y,z"}}));
    EXPECT_EQ(settings->timeout.count(), 250);
    EXPECT_EQ(exporter.sampling.ratio, 0.5);
    EXPECT_FALSE(exporter.sampling.follows_parent);
    EXPECT_EQ(exporter.queue_max, 100U);
    EXPECT_EQ(exporter.batch_max, 100U);
    EXPECT_EQ(exporter.pause.count(), 50);
    EXPECT_EQ(exporter.resource.attributes, (Pairs{{"zone", "a"}, {"service.name", "books"}}));
    EXPECT_TRUE(settings->complaints.empty());
}

TEST(Trace, a_variable_that_says_nothing_sensible_is_named_and_left_aside) {
    const auto settings = settings_of({{"OTEL_TRACES_EXPORTER", "otlp"},
                                       {"OTEL_TRACES_SAMPLER", "sometimes"},
                                       {"OTEL_EXPORTER_OTLP_TIMEOUT", "soon"},
                                       {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}});
    ASSERT_TRUE(settings);
    ASSERT_EQ(settings->complaints.size(), 3U);
    EXPECT_TRUE(settings->complaints[0].starts_with("OTEL_TRACES_SAMPLER "));
    EXPECT_EQ(settings->timeout.count(), 10'000);
    EXPECT_EQ(settings->exporter.sampling.ratio, 1);
}

}  // namespace
}  // namespace outlay::platform
