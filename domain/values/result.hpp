// Result<T, E>: a value or the reason why there is none. Refusals and outside failures are values;
// exceptions never cross a folder boundary. Any thread.
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "domain/values/check.hpp"

namespace outlay::domain {

// Wraps an error so that `return Fail{error};` reads as what it is.
template <typename E>
struct Fail {
    E error;
};
template <typename E>
Fail(E) -> Fail<E>;

template <typename T, typename E>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit
    template <typename F>
        requires std::is_constructible_v<E, F>
    Result(Fail<F> fail)  // NOLINT: implicit
        : state_(std::in_place_index<1>, E(std::move(fail.error))) {}

    bool ok() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }

    T& value() & {
        CHECK(ok(), "value() of a failed Result");
        return *std::get_if<0>(&state_);
    }
    const T& value() const& {
        CHECK(ok(), "value() of a failed Result");
        return *std::get_if<0>(&state_);
    }
    T&& value() && {
        CHECK(ok(), "value() of a failed Result");
        return std::move(*std::get_if<0>(&state_));
    }
    const E& error() const& {
        CHECK(!ok(), "error() of a successful Result");
        return *std::get_if<1>(&state_);
    }
    E&& error() && {
        CHECK(!ok(), "error() of a successful Result");
        return std::move(*std::get_if<1>(&state_));
    }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }

private:
    std::variant<T, E> state_;
};

// The value of an operation that has none.
struct Done {};

template <typename E>
using Status = Result<Done, E>;

}  // namespace outlay::domain
