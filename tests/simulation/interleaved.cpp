// The turn goes to and fro.
#include "tests/simulation/interleaved.hpp"

#include "domain/values/check.hpp"

namespace outlay::simulation {

Interleaved::Interleaved(std::function<void()> work)
    : thread_([this, work = std::move(work)] {
          turn_.acquire();
          work();
          is_over_ = true;
          back_.release();
      }) {}

Interleaved::~Interleaved() {
    CHECK(is_over_, "work is left in the middle");
    thread_.join();
}

void Interleaved::go_on() {
    if (is_over_) return;
    turn_.release();
    back_.acquire();
}

void Interleaved::pause() {
    back_.release();
    turn_.acquire();
}

}  // namespace outlay::simulation
