// One thread per question: a resolver that is stuck holds nobody but its own question.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "platform/egress.hpp"

namespace outlay::platform {

namespace {

constexpr int questions_max = 64;

using Answer = domain::Result<std::vector<IpAddress>, std::string>;

// Shared by who asks and who answers, whichever of them is there longer.
struct Question {
    std::mutex mutex;
    std::condition_variable answered;
    std::optional<Answer> answer{};
};

}  // namespace

struct BoundedNetwork::Pending {
    std::atomic<int> questions{0};
};

BoundedNetwork::BoundedNetwork(std::shared_ptr<const Network> network,
                               std::chrono::milliseconds patience)
    : network_(std::move(network)), patience_(patience), pending_(std::make_shared<Pending>()) {}

Answer BoundedNetwork::resolve(const std::string& host) const {
    const std::string late = "the name was not resolved in time";
    const auto question = std::make_shared<Question>();
    const auto ask = [question, host, network = network_, pending = pending_] {
        auto answer = network->resolve(host);
        {
            const std::lock_guard lock(question->mutex);
            question->answer = std::move(answer);
        }
        question->answered.notify_one();
        --pending->questions;
    };
    if (++pending_->questions > questions_max) {
        --pending_->questions;
        return domain::Fail{late};
    }
    try {
        std::thread(ask).detach();
    } catch (const std::system_error& error) {
        --pending_->questions;
        return domain::Fail{std::string(error.what())};
    }
    std::unique_lock lock(question->mutex);
    const bool is_answered = question->answered.wait_for(
        lock, patience_, [&question] { return question->answer.has_value(); });
    if (!is_answered) return domain::Fail{late};
    return std::move(*question->answer);
}

std::vector<IpAddress> BoundedNetwork::own_addresses() const {
    return network_->own_addresses();
}

}  // namespace outlay::platform
