// A message on its way, and what came of an attempt to send it. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "domain/values/ids.hpp"
#include "journal/position.hpp"
#include "platform/http_client.hpp"
#include "workers/notifier/schedule.hpp"

namespace outlay::workers::notifier {

struct Message {
    domain::MessageId id;
    std::string kind;      // "alert.raised"
    domain::Instant at;    // when it happened
    std::string document;  // JSON
    std::optional<domain::BudgetId> budget{};
    std::string budget_name{};  // as it is now; "" : unknown
    // Of the record that it comes from; none: it comes from no fact.
    std::optional<journal::Position> position{};
};

// `final_statuses`: answers after which the endpoint is given up.
Attempt attempt_of(const domain::Result<platform::HttpAnswer, platform::HttpError>& answer,
                   std::span<const int> final_statuses);
views::DeliveryError class_of(platform::HttpFailure failure);
// Answers are anybody's bytes; the store keeps text.
std::string printable(std::string_view bytes);

}  // namespace outlay::workers::notifier
