// Start, work and death of simulated processes.
#include "tests/simulation/processes.hpp"

namespace outlay::simulation {

namespace {

workers::ProjectorOptions projector_options() {
    workers::ProjectorOptions options;
    options.limits.wait = milliseconds{0};
    return options;
}

}  // namespace

Node::Node(Surroundings& around, int number, journal::SubmitOptions options)
    : random_(around.random),
      number_(number),
      clock_(around.time),
      store_(around.store, around.random, [&around](Moment) { around.meanwhile(); }),
      link_(around.broker, number),
      loop_(around.time),
      blocking_(around.time),
      outcomes_(store_, clock_, {.has_thread = false}),
      pool_(blocking_),
      shared_{link_,  std::string(journal_identity),
              store_, outcomes_,
              turns_, pool_,
              clock_, around.zones,
              options},
      submitter_(std::make_unique<journal::Submitter>(shared_, loop_)) {}

// Death: what is suspended sees every connection cut and every deadline passed, so it comes to its
// end without touching the world.
Node::~Node() {
    is_dead_ = true;
    link_.cut();
    store_.cut();
    clock_.end();
    outcomes_.stop();
    while (!loop_.is_empty() || !blocking_.is_empty()) {
        (blocking_.is_empty() ? loop_ : blocking_).run_regardless();
    }
    submitter_.reset();
}

void Node::submit(journal::Command command, std::function<void(journal::Answer)> done) {
    loop_.post([this, command = std::move(command), done = std::move(done)]() mutable {
        platform::start(submitter_->submit(std::move(command)),
                        [this, done = std::move(done)](journal::Answer answer) {
                            if (!is_dead_) done(std::move(answer));
                        });
    });
}

void Node::look_up(journal::OperationQuery query,
                   std::function<void(journal::OperationState)> done) {
    loop_.post([this, query = std::move(query), done = std::move(done)]() mutable {
        platform::start(submitter_->operation(std::move(query)),
                        [this, done = std::move(done)](journal::OperationState state) {
                            if (!is_dead_) done(std::move(state));
                        });
    });
}

bool Node::step() {
    const auto blocking = blocking_.ready_count();
    const bool has_loop_work = loop_.has_work();
    if (blocking != 0 && (!has_loop_work || random_.one_in(2))) {
        blocking_.run_one(random_.index(blocking));  // several threads end in any order
        return true;
    }
    if (has_loop_work) loop_.run_one();
    return has_loop_work;
}

Worker::Worker(Surroundings& around, int number)
    : number_(number),
      clock_(around.time),
      store_(around.store, around.random, [](Moment) {}),
      link_(around.broker, number),
      projector_({link_, link_, store_, clock_, {}}, projector_options()),
      days_(store_, link_, clock_, around.zones) {}

}  // namespace outlay::simulation
