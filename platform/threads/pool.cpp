// A fixed number of threads over one bounded queue, or somebody else's executor.
#include "platform/pool.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "platform/metric_families.hpp"

namespace outlay::platform {

struct Pool::Impl {
    struct Waiting {
        Work work;
        std::chrono::steady_clock::time_point since;
    };
    std::size_t queue_max = 0;
    Executor* executor = nullptr;  // instead of threads
    std::mutex mutex;
    std::condition_variable ready;
    std::deque<Waiting> queue;
    bool stopping = false;
    metrics::Gauge& busy = metrics::gauge(metrics::pool_busy);
    metrics::Gauge& queued = metrics::gauge(metrics::pool_queue);
    metrics::Histogram& waited = metrics::histogram(metrics::pool_wait);
    metrics::Counter& refused = metrics::counter(metrics::pool_refused);
    std::vector<std::thread> threads;

    void run() {
        for (;;) {
            Waiting next;
            {
                std::unique_lock lock(mutex);
                ready.wait(lock, [this] { return stopping || !queue.empty(); });
                if (queue.empty()) return;
                next = std::move(queue.front());
                queue.pop_front();
            }
            queued.add(-1);
            waited.observe(std::chrono::steady_clock::now() - next.since);
            busy.add(1);
            next.work();
            next.work = nullptr;  // what it holds goes before the thread is free
            busy.add(-1);
        }
    }
};

Pool::Pool(std::size_t threads, std::size_t queue_max) : impl_(std::make_unique<Impl>()) {
    impl_->queue_max = queue_max;
    metrics::gauge(metrics::pool_threads).add(static_cast<double>(threads));
    metrics::gauge(metrics::pool_queue_limit).add(static_cast<double>(queue_max));
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
        if (impl_->queue.size() >= impl_->queue_max) {
            impl_->refused.add();
            return false;
        }
        impl_->queue.push_back({std::move(work), std::chrono::steady_clock::now()});
        impl_->queued.add(1);
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
