// Outcomes by name.
#include "api/resources/command_meter.hpp"

#include "platform/metric_families.hpp"
#include "platform/trace.hpp"

namespace outlay::api {

namespace {

struct Name {
    std::string_view operator()(const journal::Applied& applied) const {
        return applied.replayed ? "replayed" : "applied";
    }
    std::string_view operator()(const journal::Refused&) const { return "refused"; }
    std::string_view operator()(const journal::KeyReused&) const { return "key_reused"; }
    std::string_view operator()(const journal::PreconditionFailed&) const {
        return "precondition_failed";
    }
    std::string_view operator()(const journal::LostRace&) const { return "conflict"; }
    std::string_view operator()(const journal::Closed&) const { return "closed"; }
    std::string_view operator()(const journal::Pending&) const { return "pending"; }
    std::string_view operator()(const journal::Unavailable& unavailable) const {
        using Why = journal::Unavailable::Why;
        switch (unavailable.why) {
            case Why::journal:
                return "journal_unavailable";
            case Why::store:
                return "store_unavailable";
            case Why::halted:
                return "halted";
            case Why::sealed:
                return "sealed";
            case Why::paused:
                return "paused";
            case Why::lag:
                return "lag";
            case Why::overloaded:
                return "overloaded";
        }
        return "";
    }
};

}  // namespace

std::string_view outcome_name(const journal::Answer& answer) {
    return std::visit(Name{}, answer);
}

platform::Task<journal::Answer> submit(Call& call, journal::Command command) {
    const std::string_view operation = call.request.head.operation;
    const bool is_traced = platform::is_traced(command.trace);
    platform::Span span;
    if (is_traced) {
        span = {command.trace, call.request.head.trace, "submit " + std::string(operation),
                platform::SpanKind::producer, call.node.clock.now().micros};
    }
    auto step = call.submitter().submit(std::move(command));
    journal::Answer answer = co_await step;
    metrics::counter(metrics::commands, {operation, outcome_name(answer)}).add();
    if (is_traced) {
        span.ended_at = call.node.clock.now().micros;
        span.attributes = {{"outlay.outcome", std::string(outcome_name(answer))}};
        platform::keep_span(std::move(span));
    }
    co_return answer;
}

}  // namespace outlay::api
