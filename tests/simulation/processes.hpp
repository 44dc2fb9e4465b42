// The processes of a simulated installation: API nodes that submit, and workers that project. A
// crash cuts what connects a process with the world, whatever it was about to do.
#pragma once

#include <functional>
#include <memory>

#include "journal/submit.hpp"
#include "platform/zones/system_zones.hpp"
#include "tests/simulation/broker.hpp"
#include "tests/simulation/store_file.hpp"
#include "tests/simulation/time.hpp"
#include "workers/budget_days.hpp"
#include "workers/projector.hpp"

namespace outlay::simulation {

// What processes are made of and live in.
struct Surroundings {
    const Time& time;
    Random& random;
    Broker& broker;
    sql::Store& store;
    const platform::Zones& zones;
    std::function<void()> meanwhile;  // lets workers and rebuilds go on
};

class Node {
public:
    Node(Surroundings& around, int number, journal::SubmitOptions options);
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    int number() const { return number_; }
    void submit(journal::Command command, std::function<void(journal::Answer)> done);
    void look_up(journal::OperationQuery query, std::function<void(journal::OperationState)> done);

    // Runs one piece of what is ready, picked at random; false if there was none.
    bool step();
    // One look of the poller.
    void poll() { outcomes_.step(); }
    MachineClock& clock() { return clock_; }
    StoreLink& store() { return store_; }
    platform::Deadline in(milliseconds wait) const { return clock_.monotonic() + wait; }

private:
    Random& random_;
    int number_;
    MachineClock clock_;
    StoreLink store_;
    Link link_;
    WorkQueue loop_;
    WorkQueue blocking_;
    journal::Outcomes outcomes_;
    journal::Turns turns_;
    platform::Pool pool_;
    journal::SubmitShared shared_;
    std::unique_ptr<journal::Submitter> submitter_;
    bool is_dead_ = false;  // answers of a dead node reach nobody
};

class Worker {
public:
    Worker(Surroundings& around, int number);

    int number() const { return number_; }
    // One delivery.
    bool step() { return projector_.step(); }
    // One look at the days of budgets; what goes wrong is looked at again.
    void schedule() { (void)days_.run(); }
    Link& link() { return link_; }
    StoreLink& store() { return store_; }

private:
    int number_;
    MachineClock clock_;
    StoreLink store_;
    Link link_;
    workers::Projector projector_;
    workers::BudgetDays days_;
};

}  // namespace outlay::simulation
