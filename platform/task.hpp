// Task<T>: a lazily started coroutine that yields one T to the coroutine that awaits it. It starts
// and resumes on whatever thread continues it; the awaitables below always resume on the executor
// that they are given. House rule (GCC 12): no capturing lambda as a coroutine; parameters by
// value; `co_await` as its own statement.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "domain/values/check.hpp"
#include "platform/executor.hpp"

namespace outlay::platform {

template <typename T>
class [[nodiscard]] Task {
public:
    struct promise_type {
        std::optional<T> value;
        std::coroutine_handle<> continuation;

        Task get_return_object() {
            return Task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        struct FinalAwaiter {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(
                std::coroutine_handle<promise_type> self) noexcept {
                auto next = self.promise().continuation;
                return next ? next : std::noop_coroutine();
            }
            void await_resume() noexcept {}
        };
        FinalAwaiter final_suspend() noexcept { return {}; }
        template <typename U>
        void return_value(U&& result) {
            value.emplace(std::forward<U>(result));
        }
        [[noreturn]] void unhandled_exception() noexcept {
            domain::check_failed("exception", "an exception left a task", __FILE__, __LINE__);
        }
    };

    explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            destroy();
            handle_ = std::exchange(other.handle_, {});
        }
        return *this;
    }
    ~Task() { destroy(); }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
        handle_.promise().continuation = awaiting;
        return handle_;
    }
    T await_resume() { return std::move(*handle_.promise().value); }

private:
    void destroy() {
        if (handle_) handle_.destroy();
    }
    std::coroutine_handle<promise_type> handle_;
};

// Runs a task on its own; `done` receives the value on the thread on which the task ended.
template <typename T>
class Detached {
public:
    struct promise_type {
        Detached get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        [[noreturn]] void unhandled_exception() noexcept {
            domain::check_failed("exception", "an exception left a task", __FILE__, __LINE__);
        }
    };
};

template <typename T, typename DoneFunction>
Detached<T> start(Task<T> task, DoneFunction done) {
    T value = co_await task;
    done(std::move(value));
}

// Suspends until `initiate` calls its argument with a value (once, from any thread); resumes on
// `executor`.
template <typename T>
class Completion {
public:
    using Resolve = std::function<void(T)>;
    using Initiate = std::function<void(Resolve)>;

    Completion(Executor& executor, Initiate initiate)
        : executor_(executor), initiate_(std::move(initiate)) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        // The frame may be resumed, and this awaiter destroyed, before initiate_ returns: run a
        // copy.
        Initiate initiate = std::move(initiate_);
        initiate([this, waiting, &executor = executor_](T value) {
            value_.emplace(std::move(value));
            executor.post([waiting] { waiting.resume(); });
        });
    }
    T await_resume() { return std::move(*value_); }

private:
    Executor& executor_;
    Initiate initiate_;
    std::optional<T> value_;
};

}  // namespace outlay::platform
