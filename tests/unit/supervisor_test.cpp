// Promise: the watchdog hears of a process only while its event loops turn.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "app/pulse.hpp"
#include "app/supervisor.hpp"
#include "tests/unit/loop_executor.hpp"

namespace outlay::tests {
namespace {

// All that waits is run.
void turn(LoopExecutor& loop) {
    bool is_done = false;
    loop.post([&is_done] { is_done = true; });
    ASSERT_TRUE(loop.run_until([&is_done] { return is_done; }));
}

TEST(Pulse, stops_with_any_of_the_loops) {
    LoopExecutor turning;
    LoopExecutor stuck;
    app::Pulse pulse({&turning, &stuck});
    EXPECT_TRUE(pulse.beats()) << "nothing was asked of them yet";
    turn(turning);
    EXPECT_FALSE(pulse.beats());
    EXPECT_FALSE(pulse.beats());
    turn(stuck);
    EXPECT_TRUE(pulse.beats()) << "it turns again";
}

class Watchdog : public testing::Test {
protected:
    ~Watchdog() override { tell(nullptr, nullptr); }

    static void tell(const char* micros, const char* process) {
        for (const auto& [name, value] :
             {std::pair{"WATCHDOG_USEC", micros}, std::pair{"WATCHDOG_PID", process}}) {
            if (value == nullptr)
                ::unsetenv(name);
            else
                ::setenv(name, value, 1);
        }
    }
};

TEST_F(Watchdog, is_fed_as_often_as_it_asks_and_only_by_whom_it_asks) {
    tell(nullptr, nullptr);
    EXPECT_FALSE(app::watchdog_interval());
    tell("30000000", nullptr);
    EXPECT_EQ(app::watchdog_interval(), std::chrono::seconds{30});
    tell("30000000", std::to_string(::getpid()).c_str());
    EXPECT_EQ(app::watchdog_interval(), std::chrono::seconds{30});
    tell("30000000", "1");
    EXPECT_FALSE(app::watchdog_interval());
    for (const char* nonsense : {"", "0", "-5", "30s"}) {
        tell(nonsense, nullptr);
        EXPECT_FALSE(app::watchdog_interval()) << nonsense;
    }
}

}  // namespace
}  // namespace outlay::tests
