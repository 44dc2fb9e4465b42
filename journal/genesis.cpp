// Reads, or writes and reads back, the genesis records.
#include "journal/genesis.hpp"

#include <chrono>
#include <future>
#include <thread>

#include "journal/record.hpp"

namespace outlay::journal {

namespace {

using Identity = domain::Result<std::string, std::string>;
constexpr std::chrono::seconds append_wait{30};
constexpr std::chrono::milliseconds retry_pause{200};
constexpr std::string_view genesis_key = "genesis";

// A journal that is away for a moment in the middle of a start is no reason to give the start up.
template <typename Ask>
auto ask_patiently(const Ask& ask) {
    const auto give_up = std::chrono::steady_clock::now() + append_wait;
    auto answer = ask();
    while (!answer.ok() && answer.error().kind == JournalErrorKind::unavailable &&
           std::chrono::steady_clock::now() < give_up) {
        std::this_thread::sleep_for(retry_pause);
        answer = ask();
    }
    return answer;
}

domain::Status<std::string> append_genesis(Journal& journal, std::int32_t partition,
                                           const std::string& identity) {
    // Shared: the acknowledgement may come after this function gave up.
    auto acknowledged = std::make_shared<std::promise<AppendOutcome>>();
    auto outcome = acknowledged->get_future();
    journal.append(partition, std::string(genesis_key),
                   encode_genesis(identity, journal.partition_count()),
                   [acknowledged](AppendOutcome done) { acknowledged->set_value(done); });
    if (outcome.wait_for(append_wait) != std::future_status::ready) {
        return domain::Fail{
            std::string("the journal did not acknowledge its first record in time")};
    }
    if (outcome.get().result != AppendResult::appended) {
        return domain::Fail{std::string("the journal refused its first record")};
    }
    return domain::Done{};
}

// The identity in the first record; empty when the partition is empty.
domain::Result<std::optional<std::string>, std::string> first_identity(Journal& journal,
                                                                       std::int32_t partition) {
    const auto name = "partition " + std::to_string(partition);
    const auto end = ask_patiently([&] { return journal.end(partition); });
    if (!end.ok()) return domain::Fail{name + ": " + end.error().detail};
    if (*end == 0) return std::optional<std::string>{};
    ReadLimits limits;
    limits.records_max = 1;
    limits.wait = append_wait;
    const auto records = ask_patiently([&] { return journal.read(partition, 0, limits); });
    if (!records.ok()) return domain::Fail{name + ": " + records.error().detail};
    if (records->empty()) return domain::Fail{name + ": the first record did not arrive in time"};
    const auto decoded = decode(records->front().value, "");
    const auto* genesis = std::get_if<Genesis>(&decoded);
    if (!genesis)
        return domain::Fail{name +
                            ": the first record is no genesis; is this another topic or file?"};
    if (genesis->partition_count != journal.partition_count()) {
        return domain::Fail{
            name + ": the journal was made with " + std::to_string(genesis->partition_count) +
            " partitions, but there are " + std::to_string(journal.partition_count())};
    }
    return std::optional<std::string>{genesis->journal};
}

Identity identity_of(Journal& journal, std::int32_t partition, const std::string& proposed) {
    auto found = first_identity(journal, partition);
    if (found.ok() && !*found) {
        const auto appended = append_genesis(journal, partition, proposed);
        if (!appended.ok()) return domain::Fail{appended.error()};
        found = first_identity(journal, partition);
    }
    if (!found.ok()) return domain::Fail{found.error()};
    if (!*found) return domain::Fail{std::string("the journal lost its first record")};
    return **found;
}

}  // namespace

Identity open_journal(Journal& journal, const std::string& proposed) {
    auto identity = identity_of(journal, 0, proposed);
    if (!identity.ok()) return identity;
    for (std::int32_t partition = 1; partition < journal.partition_count(); ++partition) {
        auto other = identity_of(journal, partition, *identity);
        if (!other.ok()) return other;
        if (*other != *identity) {
            return domain::Fail{"partition " + std::to_string(partition) + " belongs to journal " +
                                *other + ", partition 0 to " + *identity};
        }
    }
    return identity;
}

}  // namespace outlay::journal
