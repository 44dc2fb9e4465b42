// Steps of the world, each picked at random by its weight.
#include "tests/simulation/world.hpp"

#include <algorithm>
#include <iostream>

namespace outlay::simulation {

namespace {

constexpr int steps_of_a_run = 1'300;
constexpr std::size_t nodes_max = 3;
constexpr std::size_t workers_max = 3;
constexpr std::size_t waiting_max = 8;
constexpr std::int64_t clock_error_ms_max = 20'000;

journal::SubmitOptions submit_options() {
    journal::SubmitOptions options;
    options.settle_delay = milliseconds{4'000};
    return options;
}

}  // namespace

World::World(std::uint64_t seed, bool is_told)
    : is_told_(is_told),
      random_(seed),
      broker_(static_cast<std::int32_t>(random_.number(1, 2)), time_, random_),
      around_{time_, random_, broker_, files_.store(), zones_, [this] { go_on_meanwhile(); }},
      wishes_(random_, static_cast<std::size_t>(random_.number(1, 2))),
      oracle_(std::string(journal_identity), broker_.partition_count()),
      has_rebuilds_(random_.one_in(2)) {
    wishes_.now = [this] { return time_.true_now(); };
    wishes_.alerts_of = [this](const domain::WorkspaceId& home) {
        std::vector<KnownAlert> known;
        for (const auto& [id, budget] : oracle_.ledger(home.text()).alerts())
            known.push_back({budget, {*domain::Uuid::parse(id)}});
        return known;
    };
    const auto begun = files_.store().transact(
        {sql::Access::project, std::nullopt}, [&](sql::Session& session) -> sql::Status {
            for (std::int32_t p = 0; p < broker_.partition_count(); ++p) {
                const std::array<sql::Value, 1> partition{std::int64_t{p}};
                const auto made =
                    session.execute("INSERT INTO outlay.effects_from VALUES ($1, 0)", partition);
                if (!made.ok()) return domain::Fail{made.error()};
            }
            return domain::Done{};
        });
    CHECK(begun.ok(), "the store takes no marks");
    seen_ = look_at_generations(files_.store(), broker_.partition_count());
    start_node();
    start_node();
    start_worker();
    start_worker();
    for (std::int32_t p = 0; p < broker_.partition_count(); ++p) workers_.front()->link().assign(p);
}

const std::vector<World::Step>& World::steps() {
    static const std::vector<Step> all{
        {60, &World::ask},
        {260, &World::run_node},
        {90, &World::poll_node},
        {120, &World::run_broker},
        {110, &World::run_worker},
        {90, &World::run_rebuild},
        {8, &World::run_scheduler},
        {120, &World::pass_time},
        {6, &World::pass_much_time},
        {5, &World::crash_node},
        {6, &World::crash_worker},
        {20, &World::move_partition},
        {4, &World::interrupt_reader},
        {6, &World::upset_clock},
        {10, &World::upset_store},
        {4, &World::upset_broker},
        {14, &World::check_exposure},
        {2, &World::crash_rebuild},
        {6, &World::send_effects},
    };
    return all;
}

void World::act() {
    static const int whole = [] {
        int sum = 0;
        for (const auto& step : steps()) sum += step.weight;
        return sum;
    }();
    auto chance = random_.number(1, whole);
    for (const auto& step : steps()) {
        chance -= step.weight;
        if (chance > 0) continue;
        (this->*step.act)();
        break;
    }
    bury();
}

Report World::run() {
    for (const auto& home : wishes_.homes()) send(wishes_.found(home), *random_.pick(nodes_));
    if (!random_.one_in(5)) found_in_peace();
    for (int i = 0; i < steps_of_a_run && problems_.empty(); ++i) act();
    Report report;
    if (problems_.empty()) {
        calm_down();
        settle_everything();
        check_end();
        check_claims(report);
    }
    report.problems = problems_;
    report.digest = digest_;
    report.answers.resize(std::variant_size_v<journal::Answer>);
    for (const auto& exchange : exchanges_) {
        if (exchange.answer) ++report.answers[exchange.answer->index()];
    }
    return report;
}

void World::note(const std::string& what) {
    for (const char letter : what + "\n") {
        digest_ = (digest_ ^ static_cast<unsigned char>(letter)) * 1099511628211ULL;
    }
    if (is_told_) std::cout << time_.true_now().text() << "  " << what << '\n';
}

void World::accuse(const std::string& problem) {
    note("PROBLEM " + problem);
    problems_.push_back(problem);
}

// ---- Clients

void World::ask() {
    if (nodes_.empty() || waiting() >= waiting_max) return;
    const auto chance = random_.number(1, 23);
    if (chance <= 11) return ask_anew();
    if (chance <= 16) return ask_again();
    if (chance <= 17) return ask_with_spent_key();
    if (chance <= 18) return ask_in_a_race();
    if (chance <= 20) return ask_twice();
    ask_after_operation();
}

// Who asked a node that died since waits no more.
std::size_t World::waiting() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(exchanges_, [this](const Exchange& exchange) {
            const auto is_asked = [&](const auto& node) { return node->number() == exchange.node; };
            return !exchange.answer && std::ranges::any_of(nodes_, is_asked);
        }));
}

void World::ask_anew() {
    send(wishes_.any(), *random_.pick(nodes_));
}

// The same key and body again, perhaps while the first request is still under way.
void World::ask_again() {
    const auto recent = std::min<std::size_t>(exchanges_.size(), 4);
    const auto back = random_.index(random_.one_in(2) ? recent : exchanges_.size());
    const auto& earlier = exchanges_[exchanges_.size() - 1 - back];
    if (earlier.wish.command.keyed) send(earlier.wish, *random_.pick(nodes_));
}

void World::ask_with_spent_key() {
    const auto& earlier = exchanges_[random_.index(exchanges_.size())];
    if (!earlier.wish.command.keyed || earlier.wish.command.creates_workspace) return;
    send(wishes_.reuse_key(earlier.wish.command), *random_.pick(nodes_));
}

void World::ask_in_a_race() {
    for (auto& wish : wishes_.power_race()) send(std::move(wish), *random_.pick(nodes_));
}

// An impatient client: copies of one request at once.
void World::ask_twice() {
    auto wish = random_.one_in(3) ? wishes_.any() : wishes_.once_only();
    const auto first = random_.index(nodes_.size());
    const auto second = (first + random_.index(2)) % nodes_.size();
    if (wish.command.keyed) send(wish, *nodes_[second]);
    send(std::move(wish), *nodes_[first]);
}

void World::ask_after_operation() {
    const auto& earlier = exchanges_[random_.index(exchanges_.size())];
    const auto* pending =
        earlier.answer ? std::get_if<journal::Pending>(&*earlier.answer) : nullptr;
    if (pending == nullptr) return;
    const auto& command = earlier.wish.command;
    look_up({command.workspace, command.id, command.fingerprint, pending->settle_after},
            *random_.pick(nodes_));
}

void World::send(Wish wish, Node& node, bool is_patient) {
    Exchange exchange;
    exchange.number = static_cast<int>(exchanges_.size()) + 1;
    exchange.node = node.number();
    exchange.wish = std::move(wish);
    auto command = exchange.wish.command;
    exchange.partition = journal::partition_of(command.workspace, broker_.partition_count());
    exchange.from = next(exchange.partition);
    command.trace = exchange.trace();
    static const std::vector<std::int64_t> patience{60, 200, 600, 2'000};
    command.deadline = node.in(milliseconds{is_patient ? patience.back() : random_.pick(patience)});
    command.respond_async = !is_patient && random_.one_in(5);
    if (random_.one_in(6) && exchange.from > 0)
        command.at_least = {exchange.partition, exchange.from - 1};
    note(exchange.trace() + " to node " + std::to_string(node.number()) + ": " + command.target +
         (command.keyed ? " keyed " : " unkeyed ") + command.id.text());
    exchanges_.push_back(std::move(exchange));
    auto* const kept = &exchanges_.back();
    node.submit(std::move(command), [this, kept](journal::Answer answer) {
        kept->to = next(kept->partition);
        note(kept->trace() + " was told " + text_of(answer));
        if (std::holds_alternative<journal::Applied>(answer)) wishes_.learn(kept->wish);
        kept->answer = std::move(answer);
    });
}

void World::look_up(const journal::OperationQuery& query, Node& node) {
    LookUp look_up;
    look_up.number = static_cast<int>(look_ups_.size()) + 1;
    look_up.query = query;
    note("look-up " + std::to_string(look_up.number) + " of " + query.command.text() + " at node " +
         std::to_string(node.number()));
    look_ups_.push_back(std::move(look_up));
    auto* const kept = &look_ups_.back();
    node.look_up(query, [this, kept](journal::OperationState state) {
        kept->to = next(journal::partition_of(kept->query.workspace, broker_.partition_count()));
        note("look-up " + std::to_string(kept->number) + " was told " + text_of(state));
        kept->state = std::move(state);
    });
}

// ---- Processes

void World::start_node() {
    nodes_.push_back(std::make_unique<Node>(around_, ++processes_, submit_options()));
    nodes_.back()->clock().set_error(
        milliseconds{random_.number(-clock_error_ms_max, clock_error_ms_max)});
    note("node " + std::to_string(processes_) + " starts");
}

void World::start_worker() {
    workers_.push_back(std::make_unique<Worker>(around_, ++processes_));
    note("worker " + std::to_string(processes_) + " starts");
}

void World::run_node() {
    if (nodes_.empty()) return;
    auto& node = *random_.pick(nodes_);
    for (auto left = random_.number(1, 4); left > 0 && node.step(); --left) {
    }
}

void World::poll_node() {
    if (!nodes_.empty()) random_.pick(nodes_)->poll();
}

void World::run_broker() {
    if (broker_.has_traffic()) broker_.step();
}

// Every worker is a scheduler too; nobody says which one.
void World::run_scheduler() {
    if (!workers_.empty()) random_.pick(workers_)->schedule();
}

// Between the statements of somebody's reading.
void World::go_on_meanwhile() {
    if (is_calm_ || workers_.empty() || random_.one_in(2)) return;
    for (auto left = random_.number(1, 3); left > 0; --left) {
        run_broker();
        run_worker();
    }
    if (random_.one_in(3)) run_rebuild();
}

void World::run_worker() {
    if (!workers_.empty()) project(*random_.pick(workers_));
}

void World::project(Worker& worker) {
    const auto writes = worker.store().writes();
    worker.step();
    if (worker.store().writes() == writes) return;
    const auto before = seen_.exposed();
    observe(Mover::worker);
    const auto& now = seen_.exposed();
    for (std::size_t p = 0; p < now.size(); ++p) {
        if (now[p].next == before[p].next) continue;
        note("worker " + std::to_string(worker.number()) + " exposes " + std::to_string(p) + ":" +
             std::to_string(now[p].next));
    }
}

void World::bury() {
    for (auto worker = workers_.size(); worker-- > 0;) {
        if (workers_[worker]->store().is_dying()) crash(worker);
    }
    for (auto rebuild = rebuilds_.size(); rebuild-- > 0;) {
        if (rebuilds_[rebuild]->store().is_dying() || rebuilds_[rebuild]->is_over())
            end_rebuild(rebuild);
    }
}

void World::crash_node() {
    if (nodes_.size() == nodes_max || (!nodes_.empty() && random_.one_in(2))) {
        const auto chosen = random_.index(nodes_.size());
        note("node " + std::to_string(nodes_[chosen]->number()) + " crashes");
        nodes_.erase(nodes_.begin() + static_cast<std::ptrdiff_t>(chosen));
    } else {
        start_node();
    }
}

void World::crash_worker() {
    if (workers_.size() == workers_max || (!workers_.empty() && random_.one_in(2))) {
        crash(random_.index(workers_.size()));
    } else {
        start_worker();
    }
}

void World::crash(std::size_t worker) {
    note("worker " + std::to_string(workers_[worker]->number()) + " crashes");
    workers_[worker]->link().cut();
    workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(worker));
    if (workers_.empty() && !random_.one_in(4)) move_partition();
}

// Somebody takes over; whoever had the partition may not know it yet.
void World::move_partition() {
    if (workers_.empty()) return start_worker();
    const auto partition = static_cast<std::int32_t>(
        random_.index(static_cast<std::size_t>(broker_.partition_count())));
    const bool is_told = random_.one_in(2);
    auto& taker = *random_.pick(workers_);
    for (auto& worker : workers_) {
        if (worker.get() != &taker) worker->link().revoke(partition, is_told);
    }
    taker.link().assign(partition);
    note("worker " + std::to_string(taker.number()) + " takes partition " +
         std::to_string(partition) + (is_told ? "" : ", others go on"));
}

void World::interrupt_reader() {
    if (workers_.empty()) return;
    random_.pick(workers_)->link().interrupt(static_cast<std::int32_t>(
        random_.index(static_cast<std::size_t>(broker_.partition_count()))));
}

void World::pass_time() {
    const bool is_frozen = seen_.is_frozen();
    if (is_frozen && random_.one_in(2)) return pass_much_time();
    time_.advance(milliseconds{random_.number(0, 12)});
}

void World::pass_much_time() {
    time_.advance(milliseconds{random_.number(100, 3'000)});
}

void World::upset_clock() {
    const milliseconds error{random_.number(-clock_error_ms_max, clock_error_ms_max)};
    if (nodes_.empty() || random_.one_in(4)) return broker_.set_clock_error(error);
    random_.pick(nodes_)->clock().set_error(error);
}

void World::upset_store() {
    static const std::vector<int> troubles{0, 0, 0, 0, 5, 25};
    const auto trouble = random_.pick(troubles);
    if (!nodes_.empty() && random_.one_in(2))
        return random_.pick(nodes_)->store().set_trouble(trouble);
    if (!rebuilds_.empty() && random_.one_in(2))
        return random_.pick(rebuilds_)->store().set_trouble(trouble);
    if (!workers_.empty()) random_.pick(workers_)->store().set_trouble(trouble);
}

void World::upset_broker() {
    static const std::vector<int> troubles{0, 0, 0, 0, 10, 50};
    broker_.set_trouble(random_.pick(troubles));
}

void World::check_exposure() {
    for (const auto& problem : compare(files_.store(), broker_, oracle_, sent_.effects))
        accuse(problem);
}

}  // namespace outlay::simulation
