// The simulation must catch every bug of planted_bugs.py: a test fails if its bug survives. And
// with no bug chosen, the sources with the planted bugs keep every promise.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>

#include "tests/planted_bugs/planted.hpp"
#include "tests/simulation/world.hpp"

namespace outlay::planted {

namespace {
std::string_view chosen;
}  // namespace

bool is(std::string_view name) {
    return name == chosen;
}
void choose(std::string_view name) {
    chosen = name;
}

}  // namespace outlay::planted

namespace outlay::simulation {
namespace {

constexpr std::uint64_t seeds_max = 3'000;

constexpr std::size_t bugs_least = 12;

// In a process of its own, because a bug may make the program stop itself.
template <typename Body>
int status_of(Body body) {
    std::cout.flush();
    const auto child = ::fork();
    CHECK(child >= 0, "no process");
    if (child == 0) {
        const int status = body();
        std::cout.flush();
        ::_exit(status);
    }
    int status = 0;
    CHECK(::waitpid(child, &status, 0) == child, "no status");
    return status;
}

class PlantedBug : public testing::TestWithParam<const char*> {};

TEST_P(PlantedBug, is_caught) {
    const int status = status_of([] {
        planted::choose(GetParam());
        for (std::uint64_t seed = 0; seed < seeds_max; ++seed) {
            const auto report = World(seed, false).run();
            if (report.problems.empty()) continue;
            std::cout << "caught by seed " << seed << ": " << report.problems.front() << '\n';
            return 0;
        }
        return 1;
    });
    const bool is_survivor = WIFEXITED(status) && WEXITSTATUS(status) != 0;
    EXPECT_FALSE(is_survivor) << GetParam() << " survives " << seeds_max << " seeds";
    if (WIFSIGNALED(status)) std::cout << "caught: the program stopped itself\n";
}

INSTANTIATE_TEST_SUITE_P(Simulation, PlantedBug, testing::ValuesIn(planted::names()),
                         [](const auto& bug) { return std::string(bug.param); });

TEST(PlantedBugs, are_enough) {
    EXPECT_GE(planted::names().size(), bugs_least);
}

TEST(PlantedBugs, do_nothing_until_they_are_chosen) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const auto report = World(seed, false).run();
        ASSERT_TRUE(report.problems.empty()) << "seed " << seed << ": " << report.problems.front();
    }
}

}  // namespace
}  // namespace outlay::simulation
