// MessageWatch: tells the streams of this node when there may be messages for them. While there are
// streams it looks at the store now and then, once for all of them; a stream waits without a thread
// or a timer of its own. Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "domain/values/ids.hpp"
#include "platform/clock.hpp"
#include "platform/executor.hpp"
#include "platform/pool.hpp"
#include "platform/sql.hpp"
#include "platform/task.hpp"

namespace outlay::api {

enum class Woken {
    news,     // there may be messages; also said of what was there before
    time,     // nothing came until the deadline
    stopped,  // the node ends: no stream goes on
};

// Of which messages a stream wants to hear.
struct Watched {
    domain::WorkspaceId workspace;
    bool has_changes = false;
};

class MessageWatch {
public:
    // Looks every `pause`; waits may end late by as much.
    MessageWatch(sql::Store& store, platform::Pool& pool, const platform::Clock& clock,
                 std::chrono::milliseconds pause = std::chrono::milliseconds{100});
    ~MessageWatch();
    MessageWatch(const MessageWatch&) = delete;
    MessageWatch& operator=(const MessageWatch&) = delete;

    // The place of one stream among those that wait; it is given back when it goes. What became
    // visible after it was taken is told to it, however late it asks.
    class Seat {
    public:
        // One at a time.
        platform::Completion<Woken> wait(platform::Deadline until);

    private:
        friend class MessageWatch;
        struct Held;
        std::shared_ptr<Held> held_;
        explicit Seat(std::shared_ptr<Held> held) : held_(std::move(held)) {}
    };
    // Waits end on `executor`, which also keeps the time for all.
    Seat sit(const Watched& watched, platform::Executor& executor);

    // Ends every wait, now and later.
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with looks under way and with seats
};

}  // namespace outlay::api
