// A fixed number of threads over one bounded queue, or somebody else's executor.
#include "platform/pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace outlay::platform {

struct Pool::Impl {
    std::size_t queue_max = 0;
    Executor* executor = nullptr;  // instead of threads
    std::mutex mutex;
    std::condition_variable ready;
    std::deque<Work> queue;
    bool stopping = false;
    std::vector<std::thread> threads;

    void run() {
        for (;;) {
            Work work;
            {
                std::unique_lock lock(mutex);
                ready.wait(lock, [this] { return stopping || !queue.empty(); });
                if (queue.empty()) return;
                work = std::move(queue.front());
                queue.pop_front();
            }
            work();
        }
    }
};

Pool::Pool(std::size_t threads, std::size_t queue_max) : impl_(std::make_unique<Impl>()) {
    impl_->queue_max = queue_max;
    for (std::size_t i = 0; i < threads; ++i) {
        impl_->threads.emplace_back([impl = impl_.get()] { impl->run(); });
    }
}

Pool::Pool(Executor& executor) : impl_(std::make_unique<Impl>()) {
    impl_->executor = &executor;
}

Pool::~Pool() {
    stop();
}

bool Pool::try_run(Work work) {
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->stopping) return false;
        if (impl_->executor != nullptr) {
            impl_->executor->post(std::move(work));
            return true;
        }
        if (impl_->queue.size() >= impl_->queue_max) return false;
        impl_->queue.push_back(std::move(work));
    }
    impl_->ready.notify_one();
    return true;
}

void Pool::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->ready.notify_all();
    for (auto& thread : impl_->threads) {
        if (thread.joinable()) thread.join();
    }
}

}  // namespace outlay::platform
