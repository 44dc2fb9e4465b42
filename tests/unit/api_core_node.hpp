// A whole node in one process for the tests of the API: memory journal, SQLite store, projector and
// dispatch, without sockets.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "api/http/dispatch.hpp"
#include "api/resources/call.hpp"
#include "platform/json/value.hpp"
#include "platform/task.hpp"

namespace outlay::tests {

// One logical thread that runs on the thread of the test.
class LoopExecutor final : public platform::Executor {
public:
    void post(platform::Work work) override {
        post_after(std::chrono::milliseconds{0}, std::move(work));
    }
    void post_after(std::chrono::milliseconds delay, platform::Work work) override {
        {
            const std::lock_guard lock(mutex_);
            work_.emplace(std::chrono::steady_clock::now() + delay, std::move(work));
        }
        changed_.notify_one();
    }
    // Runs what is due until `is_done`; false if that does not come within the patience.
    template <typename Condition>
    bool run_until(Condition is_done, std::chrono::seconds patience = std::chrono::seconds{30}) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!is_done()) {
            std::unique_lock lock(mutex_);
            const auto next = work_.empty() ? deadline : std::min(deadline, work_.begin()->first);
            if (std::chrono::steady_clock::now() < next) {
                changed_.wait_until(lock, next);
                if (std::chrono::steady_clock::now() >= deadline) return false;
                continue;
            }
            if (work_.empty()) return false;
            const auto work = std::move(work_.begin()->second);
            work_.erase(work_.begin());
            lock.unlock();
            work();
        }
        return true;
    }
    template <typename T>
    T run(platform::Task<T> task) {
        std::optional<T> result;
        platform::start(std::move(task), [&result](T value) { result = std::move(value); });
        CHECK(run_until([&] { return result.has_value(); }), "a task does not end");
        return std::move(*result);
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<std::chrono::steady_clock::time_point, platform::Work> work_;
};

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

private:
    struct Parts;
    LoopExecutor loop_;
    std::filesystem::path folder_;
    std::unique_ptr<Parts> parts_;
    std::string owner_key_;
    int people_ = 0;
};

}  // namespace outlay::tests
