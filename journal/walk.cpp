// Reading in large batches, judging one by one; a halt is looked past only with an operator's skip.
#include "journal/walk.hpp"

#include "journal/skips.hpp"

namespace outlay::journal {

namespace {

constexpr ReadLimits large_batches{
    .records_max = 5'000, .bytes_max = 8 << 20, .wait = std::chrono::milliseconds{2'000}};
const Gates no_gates;

}  // namespace

const Gates& Walk::gates() const {
    return judge_ ? judge_->gates() : no_gates;
}

CommandFate Walk::fate(const CommandKey& key) const {
    return judge_ ? judge_->fate(key) : CommandFate::open;
}

domain::Result<std::optional<Walk::Step>, WalkError> Walk::next(std::int64_t end) {
    if (next_ >= end) return std::optional<Step>{};
    if (taken_ == batch_.size()) {
        if (const auto filled = fill(end); !filled.ok()) return domain::Fail{filled.error()};
    }
    const auto& record = batch_[taken_];
    if (!judge_) {
        if (const auto begun = begin(record); !begun.ok()) return domain::Fail{begun.error()};
    }
    auto judgement = judge(record);
    if (!judgement.ok()) return domain::Fail{judgement.error()};
    ++taken_;
    ++next_;
    return std::optional<Step>(std::in_place, Step{record, std::move(judgement).value()});
}

domain::Status<WalkError> Walk::fill(std::int64_t end) {
    auto records = log_.read(partition_, next_, large_batches);
    if (!records.ok()) {
        const bool is_away = records.error().kind == JournalErrorKind::unavailable;
        return domain::Fail{WalkError{position(), records.error().detail, is_away}};
    }
    while (!records->empty() && records->back().position.offset >= end) records->pop_back();
    if (records->empty())
        return domain::Fail{WalkError{position(), "the record does not arrive", true}};
    auto expected = next_;
    for (const auto& record : *records) {
        if (record.position.offset != expected)
            return domain::Fail{WalkError{{partition_, expected}, "the record is missing"}};
        ++expected;
    }
    batch_ = std::move(records).value();
    taken_ = 0;
    return domain::Done{};
}

domain::Status<WalkError> Walk::begin(const Record& first) {
    const auto decoded = decode(first.value, "");
    const auto* genesis = std::get_if<Genesis>(&decoded);
    if (genesis == nullptr)
        return domain::Fail{WalkError{position(), "the first record is no genesis"}};
    if (genesis->partition_count != log_.partition_count()) {
        return domain::Fail{WalkError{
            position(), "the journal was made with " + std::to_string(genesis->partition_count) +
                            " partitions, but has " + std::to_string(log_.partition_count())}};
    }
    journal_ = genesis->journal;
    import_of_ = genesis->import_of;
    judge_.emplace(journal_, partition_, log_.partition_count());
    return domain::Done{};
}

domain::Result<Judgement, WalkError> Walk::judge(const Record& record) {
    auto judgement = judge_->judge(record);
    if (!judgement.halt) return judgement;
    std::int64_t looked_at = record.position.offset + 1;
    if (is_skippable(*judgement.halt) && find_skip(log_, record, journal_, looked_at)) {
        judge_->learn_skip(record.position.offset, record_hash(record.value));
        judgement = judge_->judge(record);
        if (!judgement.halt) return judgement;
    }
    return domain::Fail{WalkError{
        record.position,
        "halt (" + std::string(halt_cause_name(*judgement.halt)) + "): " + judgement.detail}};
}

}  // namespace outlay::journal
