// Blocking store work on behalf of a request, and who acts in a workspace according to the read
// store.
#pragma once

#include <functional>
#include <optional>

#include "api/resources/call.hpp"

namespace outlay::api {

// Runs `work` in one transaction on the pool and resumes on the request's I/O thread.
template <typename T>
platform::Task<sql::Result<T>> in_store(Call& call, sql::TransactionOptions options,
                                        std::function<sql::Result<T>(sql::Session&)> work) {
    auto& store = call.node.store;
    const std::function<sql::Result<T>()> blocking = [&store, options, work = std::move(work)] {
        std::optional<T> found;
        const auto status = store.transact(options, [&](sql::Session& session) -> sql::Status {
            auto result = work(session);
            if (!result.ok()) return domain::Fail{result.error()};
            found = std::move(result).value();
            return domain::Done{};
        });
        return status.ok() ? sql::Result<T>(std::move(*found))
                           : sql::Result<T>(domain::Fail{status.error()});
    };
    sql::Result<T> overloaded =
        domain::Fail{sql::Error{sql::ErrorKind::busy, "the queue of blocking work is full"}};
    auto step =
        platform::run_on(call.node.pool, *call.request.executor, blocking, std::move(overloaded));
    auto result = co_await step;
    co_return result;
}

struct ActingMember {
    domain::MemberId id;
    domain::Role role = domain::Role::viewer;
};
// The member behind the principal, in the session's snapshot. Empty: nobody who may see the
// workspace. A service account acts only while its key is in force there.
sql::Result<std::optional<ActingMember>> acting_member(sql::Session& session,
                                                       const domain::WorkspaceId& workspace,
                                                       const journal::Principal& principal);

// What somebody hears who is nobody in a workspace. A service account at home shows a key that is
// not in force any more; for everybody else there is no such workspace.
Problem stranger_problem(const Call& call, const domain::WorkspaceId& workspace);

// Waits until the read store is at or above the client's token, if it sent one. The problem that
// ends the request otherwise: a malformed or foreign token, or projection_lag.
platform::Task<std::optional<Problem>> await_token(Call& call);
// The same for a position; `of_what` names it to the client.
platform::Task<std::optional<Problem>> await_position(Call& call, journal::Position position,
                                                      std::string_view of_what);
// What a read says whose snapshot does not show what it has to.
Problem lag_problem(std::string_view of_what);

}  // namespace outlay::api
