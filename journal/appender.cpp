// Counting acknowledgements.
#include "journal/appender.hpp"

namespace outlay::journal {

namespace {

constexpr std::size_t outstanding_max = 1'000;
constexpr std::chrono::seconds patience{60};  // without any acknowledgement

std::string_view failure_text(AppendResult result) {
    switch (result) {
        case AppendResult::appended:
        case AppendResult::appended_somewhere:
            return {};
        case AppendResult::refused:
            return "the journal refused a record";
        case AppendResult::not_written:
            return "the journal does not take records now";
        case AppendResult::unknown:
            return "the journal did not say whether it took a record";
    }
    CHECK(false, "a result outside its enumeration");
    return {};
}

}  // namespace

domain::Status<std::string> Appender::append(std::int32_t partition, std::string key,
                                             std::string value) {
    if (auto room = wait_below(outstanding_max); !room.ok()) return room;
    {
        const std::lock_guard lock(shared_->mutex);
        ++shared_->outstanding;
    }
    log_.append(partition, std::move(key), std::move(value),
                [shared = shared_](const AppendOutcome& outcome) {
                    const std::lock_guard lock(shared->mutex);
                    --shared->outstanding;
                    if (shared->failure.empty()) shared->failure = failure_text(outcome.result);
                    shared->changed.notify_all();
                });
    return domain::Done{};
}

domain::Status<std::string> Appender::drain() {
    return wait_below(1);
}

domain::Status<std::string> Appender::wait_below(std::size_t count) {
    std::unique_lock lock(shared_->mutex);
    while (shared_->failure.empty() && shared_->outstanding >= count) {
        if (shared_->changed.wait_for(lock, patience) == std::cv_status::timeout)
            shared_->failure = "the journal does not acknowledge";
    }
    if (!shared_->failure.empty()) return domain::Fail{shared_->failure};
    return domain::Done{};
}

}  // namespace outlay::journal
