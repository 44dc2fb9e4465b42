// Rates are those since the beginning.
#include "app/progress.hpp"

#include <algorithm>
#include <iostream>

namespace outlay::app {

namespace {

constexpr std::chrono::seconds line_pause{1};

}  // namespace

Progress::Progress(std::string verb, std::string unit, std::int64_t total)
    : verb_(std::move(verb)),
      unit_(std::move(unit)),
      total_(total),
      began_(std::chrono::steady_clock::now()),
      printed_(began_) {}

void Progress::add(std::int64_t count) {
    done_ += count;
    const auto now = std::chrono::steady_clock::now();
    if (now - printed_ < line_pause) return;
    printed_ = now;
    print();
}

void Progress::end() {
    print();
}

void Progress::print() const {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began_;
    const auto rate = static_cast<std::int64_t>(static_cast<double>(done_) / spent.count());
    const auto left = std::max<std::int64_t>(0, total_ - done_);
    std::cerr << verb_ << ' ' << done_ << " of " << std::max(total_, done_) << ' ' << unit_ << ", "
              << rate << "/s";
    if (left > 0 && rate > 0) std::cerr << ", " << (left + rate - 1) / rate << " s left";
    std::cerr << "\n" << std::flush;
}

}  // namespace outlay::app
