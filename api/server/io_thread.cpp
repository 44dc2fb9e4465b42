// One I/O thread: executor, deadline tick, date and request ids.
#include "api/server/io_thread.hpp"

#include <array>
#include <boost/asio/post.hpp>
#include <ctime>
#include <memory>
#include <random>
#include <utility>

#include "api/server/limits.hpp"
#include "domain/values/check.hpp"
#include "domain/values/ids.hpp"

namespace outlay::api {

namespace {

// Unique ids, not secret ones: a random space per thread and a counter in it.
std::uint64_t random_space() {
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32U) | device();
}

}  // namespace

IoThread::IoThread() : request_id_space_(random_space()) {
    tick();
    thread_ = std::thread([this] { context_.run(); });
}

IoThread::~IoThread() {
    end();
    // What is dropped may post while it goes.
    for (std::vector<platform::Work> dropped; !posted_.empty(); dropped.clear())
        dropped.swap(posted_);
}

void IoThread::end() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
}

// Work comes in bursts (a batch of acknowledgements, of outcomes): the context is told once for all
// that is waiting.
void IoThread::post(platform::Work work) {
    bool is_first = false;
    {
        const std::lock_guard lock(posted_mutex_);
        is_first = posted_.empty();
        posted_.push_back(std::move(work));
    }
    if (is_first) boost::asio::post(context_, [this] { run_posted(); });
}

void IoThread::run_posted() {
    std::vector<platform::Work> batch;
    {
        const std::lock_guard lock(posted_mutex_);
        batch.swap(posted_);
    }
    for (const auto& work : batch) work();
}

void IoThread::post_after(std::chrono::milliseconds delay, platform::Work work) {
    // Shared with its own handler, so that the timer lives exactly as long as the wait.
    auto timer = std::make_shared<boost::asio::steady_timer>(context_, delay);
    auto fire = [timer, work = std::move(work)](const boost::system::error_code& error) {
        if (!error) work();
    };
    timer->async_wait(std::move(fire));
}

void IoThread::watch(Watched& watched) {
    watched.slot_ = watched_.size();
    watched_.push_back(&watched);
}

void IoThread::unwatch(Watched& watched) {
    CHECK(watched_.at(watched.slot_) == &watched, "a connection is watched by another thread");
    watched_.back()->slot_ = watched.slot_;
    watched_[watched.slot_] = watched_.back();
    watched_.pop_back();
}

void IoThread::begin_drain() {
    announce_end();
    draining_ = true;
    for (Watched* watched : watched_) watched->begin_drain();
}

void IoThread::cut_all() {
    for (Watched* watched : watched_) watched->cut();
}

std::string IoThread::next_request_id() {
    domain::Uuid id;
    const std::uint64_t count = ++request_id_count_;
    for (std::size_t i = 0; i < 8; ++i) {
        const auto shift = static_cast<unsigned>(56 - 8 * i);
        id.bytes[i] = static_cast<std::uint8_t>(request_id_space_ >> shift);
        id.bytes[i + 8] = static_cast<std::uint8_t>(count >> shift);
    }
    return "req_" + domain::base32_of(id);
}

// One timer for all connections of the thread: a timer per operation costs more than the request
// itself.
void IoThread::tick() {
    refresh_date();
    const auto now = std::chrono::steady_clock::now();
    for (Watched* watched : watched_) watched->check_deadlines(now);
    ticker_.expires_after(limits::tick);
    ticker_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        delay_.observe(std::chrono::steady_clock::now() - ticker_.expiry());
        tick();
    });
}

void IoThread::refresh_date() {
    static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed",
                                                          "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t second = std::time(nullptr);
    if (second == date_second_) return;
    date_second_ = second;
    std::tm utc{};
    gmtime_r(&second, &utc);
    // strftime for the numbers only: names of days and months would follow the locale.
    std::array<char, 32> text{};
    const std::size_t length =
        std::strftime(text.data(), text.size(), "%d @@@ %Y %H:%M:%S GMT", &utc);
    date_.assign(days.at(static_cast<std::size_t>(utc.tm_wday)));
    date_.append(", ").append(text.data(), length);
    date_.replace(date_.find("@@@"), 3, months.at(static_cast<std::size_t>(utc.tm_mon)));
}

}  // namespace outlay::api
