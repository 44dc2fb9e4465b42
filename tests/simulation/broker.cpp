// Flights of records and acknowledgements, and the readers' view of the log.
#include "tests/simulation/broker.hpp"

#include <map>

#include "journal/record.hpp"

namespace outlay::simulation {

using domain::Fail;
using journal::AppendResult;
using journal::Delivery;
using journal::JournalError;
using journal::JournalErrorKind;
using journal::Record;

namespace {

// What may happen to an append, in percent; the rest lands and is acknowledged.
constexpr std::int64_t ack_lost = 4;       // it lands, nobody is told in time
constexpr std::int64_t ack_unknown = 3;    // it lands, its fate is told as unknown
constexpr std::int64_t position_lost = 2;  // it lands somewhere
constexpr std::int64_t lost_unknown = 3;   // it does not land, its fate is told as unknown
constexpr std::int64_t surely_lost = 2;    // it does not land, and this is known
constexpr std::int64_t orphan_lost = 50;   // of a process that crashed

}  // namespace

Broker::Broker(std::int32_t partitions, const Time& time, Random& random)
    : random_(random), clock_(time), partitions_(static_cast<std::size_t>(partitions)) {
    for (std::int32_t p = 0; p < partitions; ++p) {
        write(p, "genesis", journal::encode_genesis(journal_identity, partitions));
    }
}

journal::Position Broker::write(std::int32_t partition, std::string key, std::string value) {
    auto& log = partitions_[static_cast<std::size_t>(partition)];
    const journal::Position position{partition, static_cast<std::int64_t>(log.size())};
    log.push_back({position, clock_.now(), std::move(key), std::move(value)});
    return position;
}

void Broker::append(Flight flight) {
    if (is_in_trouble()) {
        answers_.push_back(
            {flight.process, std::move(flight.done), {AppendResult::not_written, {}}});
        return;
    }
    flights_.push_back(std::move(flight));
}

void Broker::step() {
    const auto pieces = flights_.size() + answers_.size();
    const auto chosen = random_.index(pieces);
    if (chosen < answers_.size()) {
        const auto answer = std::move(answers_[chosen]);
        answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(chosen));
        return answer.done(answer.outcome);
    }
    // What one process sent to one partition keeps its order.
    auto at = chosen - answers_.size();
    for (std::size_t earlier = 0; earlier < at; ++earlier) {
        if (flights_[earlier].process == flights_[at].process &&
            flights_[earlier].partition == flights_[at].partition) {
            at = earlier;
            break;
        }
    }
    auto flight = std::move(flights_[at]);
    flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(at));
    land(std::move(flight));
}

void Broker::land(Flight flight) {
    const bool is_orphan = flight.done == nullptr;
    if (is_orphan) {
        if (!random_.percent(orphan_lost))
            write(flight.partition, std::move(flight.key), std::move(flight.value));
        return;
    }
    const auto answer = [&](journal::AppendOutcome outcome) {
        answers_.push_back({flight.process, std::move(flight.done), outcome});
    };
    auto chance = is_calm_ ? 101 : random_.number(1, 100);
    const auto falls_on = [&chance](std::int64_t share) {
        chance -= share;
        return chance <= 0;
    };
    if (falls_on(lost_unknown)) return answer({AppendResult::unknown, {}});
    if (falls_on(surely_lost)) return answer({AppendResult::not_written, {}});
    const auto position = write(flight.partition, std::move(flight.key), std::move(flight.value));
    if (falls_on(ack_lost)) return;
    if (falls_on(ack_unknown)) return answer({AppendResult::unknown, {}});
    if (falls_on(position_lost)) return answer({AppendResult::appended_somewhere, {}});
    answer({AppendResult::appended, position});
}

void Broker::forget_process(int process) {
    for (auto& flight : flights_) {
        if (flight.process == process) flight.done = nullptr;
    }
    std::erase_if(answers_, [process](const Answer& answer) { return answer.process == process; });
}

bool Link::is_calm() const {
    return broker_.is_calm();
}

std::int32_t Link::partition_count() const {
    return broker_.partition_count();
}

void Link::append(std::int32_t partition, std::string key, std::string value,
                  journal::AppendDone done) {
    if (is_cut_) return done({AppendResult::unknown, {}});
    broker_.append({process_, partition, std::move(key), std::move(value), std::move(done)});
}

domain::Result<std::vector<Record>, JournalError> Link::read(std::int32_t partition,
                                                             std::int64_t from,
                                                             const journal::ReadLimits& limits) {
    if (is_cut_ || broker_.is_in_trouble())
        return Fail{JournalError{JournalErrorKind::unavailable, "out of reach"}};
    const auto& log = broker_.records(partition);
    const auto end = static_cast<std::int64_t>(log.size());
    if (from > end) return Fail{JournalError{JournalErrorKind::lost_tail, "beyond the end"}};
    const auto count = std::min(static_cast<std::int64_t>(limits.records_max), end - from);
    return std::vector<Record>(log.begin() + from, log.begin() + from + count);
}

domain::Result<std::int64_t, JournalError> Link::end(std::int32_t partition) {
    if (is_cut_ || broker_.is_in_trouble())
        return Fail{JournalError{JournalErrorKind::unavailable, "out of reach"}};
    return broker_.end(partition);
}

void Link::cut() {
    is_cut_ = true;
    owned_.clear();
    broker_.forget_process(process_);
}

void Link::revoke(std::int32_t partition, bool is_told) {
    if (!is_told) return;
    if (owned_.erase(partition) != 0) notices_.emplace_back(journal::Revoked{partition});
}

// Reads what is assigned, in batches of any size.
class Link::Reader final : public journal::Subscription {
public:
    Reader(Link& link, journal::StartOffset start) : link_(link), start_(std::move(start)) {}

    Delivery poll(const journal::ReadLimits& limits) override {
        if (!link_.notices_.empty()) {
            auto notice = std::move(link_.notices_.front());
            link_.notices_.pop_front();
            if (const auto* revoked = std::get_if<journal::Revoked>(&notice))
                reading_.erase(revoked->partition);
            return notice;
        }
        std::vector<std::int32_t> mine(link_.owned_.begin(), link_.owned_.end());
        while (!mine.empty()) {
            const auto chosen = link_.broker_.random_.index(mine.size());
            if (auto batch = read(mine[chosen], limits)) return std::move(*batch);
            mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(chosen));
        }
        return journal::Idle{};
    }
    void seek(std::int32_t partition, std::int64_t from) override {
        if (link_.owns(partition)) reading_[partition].next = from;
    }
    void pause(std::int32_t partition) override { reading_[partition].is_paused = true; }
    void resume(std::int32_t partition) override { reading_[partition].is_paused = false; }
    void processed(std::int32_t, std::int64_t) override {}

private:
    struct Reading {
        std::optional<std::int64_t> next;
        bool is_paused = false;
    };
    std::optional<Delivery> read(std::int32_t partition, const journal::ReadLimits& limits) {
        auto& reading = reading_[partition];
        if (reading.is_paused) return std::nullopt;
        if (!reading.next) reading.next = start_(partition);
        if (!reading.next) return std::nullopt;
        auto some = limits;
        some.records_max = static_cast<std::size_t>(link_.broker_.random_.pick(batch_sizes));
        auto records = link_.read(partition, *reading.next, some);
        if (!records.ok()) {
            if (records.error().kind == JournalErrorKind::unavailable) return std::nullopt;
            return journal::Failed{partition, records.error()};
        }
        if (records->empty()) return std::nullopt;
        *reading.next += static_cast<std::int64_t>(records->size());
        return journal::Batch{partition, std::move(*records)};
    }

    inline static const std::vector<std::int64_t> batch_sizes{1, 2, 3, 5, 500};
    Link& link_;
    journal::StartOffset start_;
    std::map<std::int32_t, Reading> reading_;
};

std::unique_ptr<journal::Subscription> Link::subscribe(journal::StartOffset start) {
    return std::make_unique<Reader>(*this, std::move(start));
}

}  // namespace outlay::simulation
