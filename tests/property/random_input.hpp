// Random input for property tests. The seed is printed, and OUTLAY_SEED=number repeats a run.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace outlay::property {

class RandomInput {
public:
    RandomInput() : seed_(choose_seed()), engine_(seed_) {
        std::cout << "[   SEED   ] " << seed_ << '\n';
        testing::Test::RecordProperty("seed", std::to_string(seed_));
    }

    // Both ends included.
    std::int64_t number(std::int64_t least, std::int64_t most) {
        return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
    }
    bool one_in(int chances) { return number(1, chances) == 1; }
    // All 64 bits, with small numbers and the ends of the range as likely as the middle.
    std::int64_t wide_number() {
        const auto bits = static_cast<unsigned>(number(0, 63));
        const auto magnitude = static_cast<std::int64_t>(engine_() >> bits);
        return one_in(2) ? magnitude : -1 - magnitude;
    }
    template <typename T>
    const T& pick(const std::vector<T>& choices) {
        return choices[static_cast<std::size_t>(
            number(0, static_cast<std::int64_t>(choices.size()) - 1))];
    }

private:
    static std::uint64_t choose_seed() {
        const char* const given = std::getenv("OUTLAY_SEED");
        return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    }

    std::uint64_t seed_;
    std::mt19937_64 engine_;
};

}  // namespace outlay::property
