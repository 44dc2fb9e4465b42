// A whole node in one process for the tests of the API: memory journal, SQLite store, projector and
// dispatch, without sockets.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/http/dispatch.hpp"
#include "api/resources/call.hpp"
#include "platform/json/value.hpp"
#include "platform/task.hpp"
#include "tests/unit/loop_executor.hpp"

namespace outlay::tests {

using Fields = std::vector<std::pair<std::string, std::string>>;

// An answer with its body parsed.
struct Answered {
    api::Response response;
    json::Value body;
    int status() const { return response.status; }
    std::string header(std::string_view name) const {
        const auto* const value = response.headers.find(name);
        return value == nullptr ? "" : *value;
    }
    // The text of a member, "a.b" for nested ones; "" if it is not there, "null" for null.
    std::string text(std::string_view path) const;
    std::string code() const { return text("code"); }
    std::vector<std::string> data(std::string_view member) const;  // of each item of a list
};

class ApiNode {
public:
    ApiNode();
    ~ApiNode();
    ApiNode(const ApiNode&) = delete;
    ApiNode& operator=(const ApiNode&) = delete;

    // The request as `key` holder; "" sends no key. A body goes as JSON.
    Answered ask(const std::string& key, api::Method method, const std::string& target,
                 const std::string& body = {}, const Fields& headers = {});
    // The same as the owner of the installation.
    Answered get(const std::string& target, const Fields& headers = {});
    Answered post(const std::string& target, const std::string& body = {},
                  const Fields& headers = {});
    Answered patch(const std::string& target, const std::string& body, const Fields& headers = {});
    Answered remove(const std::string& target, const Fields& headers = {});

    // A new workspace of the owner's, as "/v1/workspaces/ws_...".
    std::string workspace();
    // A person with that role in it; answers the key.
    std::string person(const std::string& workspace, const std::string& role);

    const std::string& owner_key() const { return owner_key_; }
    LoopExecutor& loop() { return loop_; }
    api::Node& node();
    sql::Store& store();
    // The node's clock goes on by itself; this much passes at once.
    void pass(std::chrono::milliseconds time);
    const platform::Clock& clock() const;
    journal::PauseBoard& pauses();  // as the node knows them

private:
    struct Parts;
    LoopExecutor loop_;
    std::filesystem::path folder_;
    std::unique_ptr<Parts> parts_;
    std::string owner_key_;
    int people_ = 0;
};

}  // namespace outlay::tests
