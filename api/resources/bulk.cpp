// POST .../expenses/bulk: NDJSON in, NDJSON out. Lines are decided and appended in the order in
// which they came; a window of them waits for outcomes at the same time; results go out in the same
// order. Reading and writing run side by side.
#include <array>
#include <deque>

#include "api/http/idempotency.hpp"
#include "api/http/prefer.hpp"
#include "api/resources/bulk_line.hpp"
#include "api/resources/call.hpp"

namespace outlay::api {

namespace {

using platform::Completion;
using platform::Task;

constexpr std::size_t window_max =
    512;  // lines in flight; bounds memory at window_max * line_bytes_max

// Something that one coroutine waits for and another one announces, both on one executor.
class Event {
public:
    void announce() {
        if (auto resolve = std::exchange(resolve_, nullptr)) resolve(true);
    }
    Completion<bool> wait(platform::Executor& executor) {
        return {executor, [this](auto resolve) { resolve_ = std::move(resolve); }};
    }

private:
    std::function<void(bool)> resolve_;
};

struct Slot {
    bool may_follow = false;  // the next line may start
    bool is_done = false;
    std::string result;
};

struct Bulk {
    BulkRequest request;
    Lines lines;
    std::deque<std::shared_ptr<Slot>> slots;  // shared: with the line that fills it
    Event changed_for_writer;                 // a slot was added or done, or reading ended
    Event changed_for_reader;                 // a slot was freed, or the last line may be followed
    bool has_ended = false;                   // nothing more will be read
    bool was_cut = false;                     // the request body did not come to its end

    platform::Executor& executor() { return *request.call->request.executor; }
};
using BulkPtr = std::shared_ptr<Bulk>;  // shared by reader, writer and lines in flight

void start_line(const BulkPtr& bulk, Line line) {
    auto slot = std::make_shared<Slot>();
    bulk->slots.push_back(slot);
    const std::function<void()> on_append = [bulk, slot] {
        slot->may_follow = true;
        bulk->changed_for_reader.announce();
    };
    platform::start(run_line(bulk->request, std::move(line), on_append),
                    [bulk, slot](std::string result) {
                        slot->result = std::move(result);
                        slot->is_done = true;
                        slot->may_follow = true;
                        bulk->changed_for_writer.announce();
                        bulk->changed_for_reader.announce();
                    });
}

// Starts a line and returns when the next one may start.
Task<bool> take_line(BulkPtr bulk, Line line) {
    while (bulk->slots.size() >= window_max) {
        auto freed = bulk->changed_for_reader.wait(bulk->executor());
        co_await freed;
    }
    start_line(bulk, std::move(line));
    const auto slot = bulk->slots.back();
    while (!slot->may_follow) {
        auto followed = bulk->changed_for_reader.wait(bulk->executor());
        co_await followed;
    }
    co_return true;
}

Task<bool> read_lines(BulkPtr bulk) {
    const auto source = bulk->request.call->request.stream;
    for (;;) {
        auto reading = source->read();
        auto piece = co_await reading;
        if (!piece.ok()) co_return false;
        if (!*piece) break;
        bulk->lines.feed(**piece);
        while (auto line = bulk->lines.next()) {
            auto taking = take_line(bulk, std::move(*line));
            co_await taking;
        }
    }
    if (auto line = bulk->lines.last()) {
        auto taking = take_line(bulk, std::move(*line));
        co_await taking;
    }
    co_return true;
}

void start_reading(const BulkPtr& bulk) {
    platform::start(read_lines(bulk), [bulk](bool complete) {
        bulk->has_ended = true;
        bulk->was_cut = !complete;
        bulk->changed_for_writer.announce();
    });
}

// All results that are ready at the front, as one piece.
std::string take_results(Bulk& bulk) {
    std::string piece;
    while (!bulk.slots.empty() && bulk.slots.front()->is_done) {
        piece += bulk.slots.front()->result + "\n";
        bulk.slots.pop_front();
    }
    return piece;
}

Task<bool> write_results(BulkPtr bulk, BodySink& sink) {
    start_reading(bulk);
    bool peer_reads = true;
    for (;;) {
        auto piece = take_results(*bulk);
        if (!piece.empty()) {
            bulk->changed_for_reader.announce();
            if (!peer_reads) continue;
            auto writing = sink.write(std::move(piece));
            peer_reads = co_await writing;
            continue;
        }
        if (bulk->has_ended && bulk->slots.empty()) co_return peer_reads && !bulk->was_cut;
        auto changed = bulk->changed_for_writer.wait(bulk->executor());
        co_await changed;
    }
}

Task<Response> bulk_record(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) return answered(not_found(call));
    const auto key = idempotency_key_in(call.request.head.headers);
    if (!key.ok()) return refused(call, key.error());
    const auto preferences = preferences_in(call.request.head.headers);
    const bool respond_async = answers_at_once(preferences);
    auto bulk = std::make_shared<Bulk>();
    bulk->request = {
        std::make_shared<Call>(Call{call.node, std::move(call.request), call.who, call.path}),
        *workspace, key->value_or(""), respond_async,
        preferences.wait.value_or(BulkRequest::wait_default)};
    Response response;
    response.status = respond_async ? 202 : 200;
    response.content_type = "application/x-ndjson";
    const auto applied = preference_applied(preferences);
    if (!applied.empty()) response.headers.add("Preference-Applied", applied);
    response.producer = [bulk](BodySink& sink) { return write_results(bulk, sink); };
    return answered(std::move(response));
}

constexpr std::array routes{
    Route{Method::post, "/v1/workspaces/{ws}/expenses/bulk", "recordExpensesInBulk", bulk_record,
          BodyMode::stream, "application/x-ndjson,application/jsonl", SIZE_MAX,
          "application/x-ndjson"},
};

}  // namespace

std::span<const Route> bulk_routes() {
    return routes;
}

}  // namespace outlay::api
