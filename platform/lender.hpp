// Lender<T>: a bounded number of places for things that one borrower uses at a time (database
// connections). A loan may come empty: the borrower fills it, and what is in it when the loan ends
// waits for the next borrower. Any thread; a loan is confined to its borrower, and the lender must
// outlive it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace outlay::platform {

template <typename T>
class Lender {
public:
    class Loan {
    public:
        Loan(Lender& lender, std::unique_ptr<T> thing)
            : lender_(&lender), thing_(std::move(thing)) {}
        Loan(Loan&& other) noexcept
            : lender_(std::exchange(other.lender_, nullptr)), thing_(std::move(other.thing_)) {}
        Loan& operator=(Loan&&) = delete;
        ~Loan() {
            if (lender_ != nullptr) lender_->take_back(std::move(thing_));
        }
        bool empty() const { return thing_ == nullptr; }
        T& operator*() const { return *thing_; }
        T* operator->() const { return thing_.get(); }
        // Puts a new thing in, or nothing (for a thing that is broken).
        void fill(std::unique_ptr<T> thing) { thing_ = std::move(thing); }

    private:
        Lender* lender_;
        std::unique_ptr<T> thing_;
    };

    explicit Lender(std::size_t places) : places_(places) {}

    // Waits for a free place; empty after `wait`.
    std::optional<Loan> borrow(std::chrono::milliseconds wait) {
        std::unique_lock lock(mutex_);
        const auto deadline = std::chrono::steady_clock::now() + wait;
        if (!freed_.wait_until(lock, deadline, [this] { return places_ > 0; })) return std::nullopt;
        --places_;
        std::unique_ptr<T> thing;
        if (!idle_.empty()) {
            // The last used comes first: its caches are warm.
            thing = std::move(idle_.back());
            idle_.pop_back();
        }
        return Loan(*this, std::move(thing));
    }

private:
    void take_back(std::unique_ptr<T> thing) {
        {
            const std::lock_guard lock(mutex_);
            if (thing != nullptr) idle_.push_back(std::move(thing));
            ++places_;
        }
        freed_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable freed_;
    std::size_t places_;
    std::vector<std::unique_ptr<T>> idle_;
};

}  // namespace outlay::platform
