// Reading the record, and the checks before a skip.
#include "workers/halting_record.hpp"

#include <algorithm>

#include "journal/appender.hpp"
#include "journal/skips.hpp"
#include "platform/json/value.hpp"
#include "platform/json/writer.hpp"
#include "workers/operator_audit.hpp"

namespace outlay::workers {

namespace {

using domain::Fail;
using journal::Checkpoint;
using journal::Position;

constexpr std::chrono::seconds read_patience{5};
constexpr std::string_view record_key = "skip";

const json::Value* member(const json::Value* object, std::string_view name, json::Kind kind) {
    const auto* const found =
        object && object->kind() == json::Kind::object ? object->find(name) : nullptr;
    return found && found->kind() == kind ? found : nullptr;
}

std::string text_in(const json::Value* object, std::string_view name) {
    const auto* const text = member(object, name, json::Kind::string);
    return text ? text->text() : std::string{};
}

std::string actor_in(const json::Value& record) {
    const auto* const actor = member(&record, "actor", json::Kind::object);
    auto user = text_in(actor, "user");
    return user.empty() ? text_in(actor, "member") : user;
}

sql::Result<std::optional<Checkpoint>> checkpoint_of(sql::Store& store, std::int32_t partition) {
    std::optional<Checkpoint> found;
    const auto done = store.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        found.reset();
        auto all = journal::checkpoints(session);
        if (!all.ok()) return Fail{all.error()};
        const auto one = std::ranges::find(*all, partition, &Checkpoint::partition);
        if (one != all->end()) found = std::move(*one);
        return domain::Done{};
    });
    if (!done.ok()) return Fail{done.error()};
    return found;
}

// Why a skip of this record would clear nothing; "" if it would.
std::string objection(const std::optional<Checkpoint>& stands, const Position& wished) {
    const auto partition = "partition " + std::to_string(wished.partition);
    if (!stands) return "there is no " + partition + ", or nothing of it was projected";
    if (!stands->halt) return partition + " is not halted";
    const Position halted{stands->partition, stands->next};
    if (halted != wished) return partition + " is halted at " + halted.text();
    if (journal::is_skippable(*stands->halt)) return "";
    return "a halt of cause " + std::string(journal::halt_cause_name(*stands->halt)) +
           " is not cleared by a skip. " + std::string(journal::halt_remedy(*stands->halt));
}

std::string detail_of(const SkipPlan& plan, const SkipWish& wish) {
    std::string detail;
    json::Writer out(detail);
    out.begin_object()
        .field("position", wish.position.text())
        .field("record_hash", plan.halting.hash)
        .field("workspace", plan.halting.workspace)
        .field("command", plan.halting.command)
        .field("reason", wish.reason)
        .end_object();
    return detail;
}

}  // namespace

HaltingRecord halting_record(journal::Record record) {
    HaltingRecord found;
    found.hash = journal::record_hash(record.value);
    const auto parsed = json::parse(record.value);
    if (parsed.ok()) {
        const auto& object = *parsed;
        found.kind = text_in(&object, "kind");
        found.workspace = text_in(&object, "workspace");
        found.command = text_in(&object, "command");
        found.actor = actor_in(object);
        if (const auto* const events = member(&object, "events", json::Kind::array)) {
            for (const auto& event : events->items())
                found.events.push_back(text_in(&event, "type"));
        }
    }
    found.record = std::move(record);
    return found;
}

std::optional<journal::Record> record_at(journal::Journal& log, const Position& position) {
    if (position.partition >= log.partition_count()) return std::nullopt;
    auto records =
        log.read(position.partition, position.offset, {.records_max = 1, .wait = read_patience});
    if (!records.ok() || records->empty() || records->front().position != position)
        return std::nullopt;
    return std::move(records->front());
}

domain::Result<SkipPlan, std::string> plan_skip(sql::Store& store, journal::Journal& log,
                                                const SkipWish& wish) {
    const auto stands = checkpoint_of(store, wish.position.partition);
    if (!stands.ok()) return Fail{"the store: " + stands.error().detail};
    if (auto wrong = objection(*stands, wish.position); !wrong.empty()) return Fail{wrong};
    auto record = record_at(log, wish.position);
    if (!record) return Fail{wish.position.text() + " cannot be read"};
    SkipPlan plan{halting_record(std::move(*record)), (*stands)->journal, {}};
    if (plan.halting.hash != wish.record_hash) {
        return Fail{"the record at " + wish.position.text() + " has the hash " + plan.halting.hash +
                    ", not " + wish.record_hash};
    }
    auto looked_at = wish.position.offset + 1;
    plan.named_at = journal::find_skip(log, plan.halting.record, plan.journal, looked_at);
    return plan;
}

domain::Status<std::string> skip(sql::Store& store, journal::Journal& log, const SkipPlan& plan,
                                 const SkipWish& wish) {
    const auto noted =
        store.transact({sql::Access::admin, std::nullopt}, [&](sql::Session& session) {
            return note(session, {wish.by, "journal skip", detail_of(plan, wish), wish.at});
        });
    if (!noted.ok()) return Fail{"the store: " + noted.error().detail};
    journal::Appender appender(log);
    auto appended = appender.append(
        wish.position.partition, std::string(record_key),
        journal::encode_skip(plan.journal, wish.position.offset, plan.halting.hash, wish.reason));
    if (appended.ok()) appended = appender.drain();
    return appended;
}

}  // namespace outlay::workers
