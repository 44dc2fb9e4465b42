// PastReader of a front: makes the past of a workspace in memory for each query that asks for it.
// Any thread.
#pragma once

#include <atomic>

#include "journal/past_reader.hpp"
#include "platform/clock.hpp"

namespace outlay::app {

class PastReader final : public journal::PastReader {
public:
    explicit PastReader(const platform::Clock& clock) : clock_(clock) {}
    sql::Status read(sql::Session& live, const journal::Moment& moment,
                     const sql::TransactionBody& body) override;
    std::size_t commits_max() const override;

private:
    sql::Status read_now(sql::Session& live, const journal::Moment& moment,
                         const sql::TransactionBody& body) const;
    const platform::Clock& clock_;
    std::atomic<int> running_{0};
};

}  // namespace outlay::app
