// Everything random in a simulation, from one seed; the same numbers on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace outlay::simulation {

class Random {
public:
    // Mixed, because the state moves on by the same step everywhere: seeds that lay whole steps
    // apart would be one sequence, only begun later.
    explicit Random(std::uint64_t seed) : state_(mixed(seed + 1)) {}

    std::uint64_t bits() {  // SplitMix64
        state_ += 0x9E3779B97F4A7C15ULL;
        return mixed(state_);
    }
    // Both ends included.
    std::int64_t number(std::int64_t least, std::int64_t most) {
        return least +
               static_cast<std::int64_t>(bits() % (static_cast<std::uint64_t>(most - least) + 1));
    }
    std::size_t index(std::size_t count) {
        return static_cast<std::size_t>(number(0, static_cast<std::int64_t>(count) - 1));
    }
    bool one_in(std::int64_t chances) { return number(1, chances) == 1; }
    bool percent(std::int64_t chance) { return number(1, 100) <= chance; }
    template <typename T>
    T& pick(std::vector<T>& choices) {
        return choices[index(choices.size())];
    }
    template <typename T>
    const T& pick(const std::vector<T>& choices) {
        return choices[index(choices.size())];
    }

private:
    static std::uint64_t mixed(std::uint64_t number) {
        number = (number ^ (number >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        number = (number ^ (number >> 27U)) * 0x94D049BB133111EBULL;
        return number ^ (number >> 31U);
    }

    std::uint64_t state_;
};

}  // namespace outlay::simulation
