// Which messages a list or a stream tells. Changes of expenses and budgets are told only to who
// asks for them by type: whether they are there at all depends on the channels that a workspace
// has. Values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http/query.hpp"
#include "api/resources/page.hpp"

namespace outlay::api {

struct MessageChoice {
    std::vector<std::string> types{};  // empty: everything but changes
    bool has_changes = false;

    // Conditions on outlay.outbox m. Messages to a single channel are none of these.
    void add_to(Conditions& where) const;
};

// Types and families, separated by commas.
MessageChoice read_message_choice(QueryReader& query, std::string_view parameter);

}  // namespace outlay::api
