// A simulated broker: appends travel, land or get lost, and acknowledgements do the same, one step
// at a time. Each process sees it through a Link of its own, which a crash cuts. Partitions are
// assigned to readers by the world, also to two of them at once.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "tests/simulation/random.hpp"
#include "tests/simulation/time.hpp"

namespace outlay::simulation {

inline constexpr std::string_view journal_identity = "simulated-journal";

class Broker;

// One process' connection: its Journal and its Subscriptions.
class Link final : public journal::Journal, public journal::Subscriptions {
public:
    Link(Broker& broker, int process) : broker_(broker), process_(process) {}

    std::int32_t partition_count() const override;
    void append(std::int32_t partition, std::string key, std::string value,
                journal::AppendDone done) override;
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) override;
    domain::Result<std::int64_t, journal::JournalError> end(std::int32_t partition) override;
    std::unique_ptr<journal::Subscription> subscribe(journal::StartOffset start) override;

    // The process died: nothing passes any more.
    void cut();
    void assign(std::int32_t partition) { owned_.insert(partition); }
    // With `is_told` false the process goes on as if the partition were its own.
    void revoke(std::int32_t partition, bool is_told);
    void interrupt(std::int32_t partition) {
        notices_.emplace_back(journal::Interrupted{partition});
    }
    bool is_calm() const;
    bool owns(std::int32_t partition) const { return owned_.contains(partition); }

private:
    class Reader;
    Broker& broker_;
    int process_;
    bool is_cut_ = false;
    std::set<std::int32_t> owned_;
    std::deque<journal::Delivery> notices_;
};

class Broker {
public:
    Broker(std::int32_t partitions, const Time& time, Random& random);

    const std::vector<journal::Record>& records(std::int32_t partition) const {
        return partitions_[static_cast<std::size_t>(partition)];
    }
    std::int32_t partition_count() const { return static_cast<std::int32_t>(partitions_.size()); }
    std::int64_t end(std::int32_t partition) const {
        return static_cast<std::int64_t>(records(partition).size());
    }

    bool has_traffic() const { return !flights_.empty() || !answers_.empty(); }
    // One append lands or is lost, or one acknowledgement arrives.
    void step();
    // While calm, nothing is lost or delayed for ever.
    void set_calm(bool is_calm) { is_calm_ = is_calm; }
    bool is_calm() const { return is_calm_; }
    void set_clock_error(milliseconds error) { clock_.set_error(error); }
    // Readers and writers are told "unavailable" for now, with this likelihood in percent.
    void set_trouble(int percent) { trouble_ = percent; }

private:
    friend class Link;
    struct Flight {
        int process;
        std::int32_t partition;
        std::string key;
        std::string value;
        journal::AppendDone done;
    };
    struct Answer {
        int process;
        journal::AppendDone done;
        journal::AppendOutcome outcome;
    };
    bool is_in_trouble() { return !is_calm_ && random_.percent(trouble_); }
    void append(Flight flight);
    void land(Flight flight);
    void forget_process(int process);
    journal::Position write(std::int32_t partition, std::string key, std::string value);

    Random& random_;
    MachineClock clock_;
    std::vector<std::vector<journal::Record>> partitions_;
    std::deque<Flight> flights_;
    std::deque<Answer> answers_;
    bool is_calm_ = false;
    int trouble_ = 0;
};

}  // namespace outlay::simulation
