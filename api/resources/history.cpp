// Histories are read from admission's own table, so they are there whatever became of the subject.
#include "api/resources/history.hpp"

#include "api/resources/page.hpp"
#include "views/event.hpp"

namespace outlay::api {

platform::Task<Response> answer_history(Call& call, std::string aggregate) {
    const QueryBody body =
        [&call, subject = std::move(aggregate)](QueryContext& context) -> sql::Result<Response> {
        const auto entries = journal::history(context.session, context.workspace, subject);
        if (!entries.ok()) return domain::Fail{entries.error()};
        if (entries->empty()) return not_found(call);
        std::vector<std::string> items;
        for (const auto& entry : *entries) {
            items.push_back(
                views::event_body({entry.type, subject, entry.meta, entry.position, entry.data}));
        }
        return list_response(call, items, std::nullopt);
    };
    return run_query(call, body);
}

}  // namespace outlay::api
