// The deterministic simulation over many seeds: 2,000 in a normal run. world.hpp says how a failing
// seed is replayed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/simulation/world.hpp"

namespace outlay::simulation {
namespace {

constexpr std::uint64_t blocks = 20;

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
    const char* const given = std::getenv(name);
    return given == nullptr || *given == '\0' ? otherwise : std::strtoull(given, nullptr, 10);
}

void expect_promises_kept(std::uint64_t seed, const Report& report) {
    for (const auto& problem : report.problems) {
        ADD_FAILURE() << problem << "\nreplay: OUTLAY_SIMULATION_SEED=" << seed;
    }
}

class Simulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Simulation, keeps_every_promise) {
    const auto seeds = number_from("OUTLAY_SIMULATION_SEEDS", 2'000);
    const auto first = GetParam() * seeds / blocks;
    const auto last = (GetParam() + 1) * seeds / blocks;
    Report sum;
    sum.answers.resize(std::variant_size_v<journal::Answer>);
    for (auto seed = first; seed < last && !HasFailure(); ++seed) {
        const auto report = World(seed, false).run();
        expect_promises_kept(seed, report);
        sum.records += report.records;
        sum.admitted += report.admitted;
        sum.alerts += report.alerts;
        for (std::size_t i = 0; i < sum.answers.size(); ++i) sum.answers[i] += report.answers[i];
    }
    std::cout << last - first << " seeds: " << sum.records << " records, " << sum.admitted
              << " admitted, " << sum.alerts << " alerts; answers by kind:";
    for (const auto count : sum.answers) std::cout << ' ' << count;
    std::cout << '\n';
}

INSTANTIATE_TEST_SUITE_P(Seeds, Simulation, testing::Range(std::uint64_t{0}, blocks));

TEST(SimulationItself, does_the_same_again_from_the_same_seed) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto first = World(seed, false).run();
        EXPECT_EQ(World(seed, false).run().digest, first.digest) << "seed " << seed;
        EXPECT_NE(World(seed + 1, false).run().digest, first.digest);
    }
}

TEST(SimulationItself, tells_of_one_seed_when_asked) {
    const auto seed = number_from("OUTLAY_SIMULATION_SEED", 0);
    const bool is_asked = std::getenv("OUTLAY_SIMULATION_SEED") != nullptr;
    expect_promises_kept(seed, World(seed, is_asked).run());
}

}  // namespace
}  // namespace outlay::simulation
