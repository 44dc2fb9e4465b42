// Chapter: one record of the journal as somebody who asks why wants it told: who proposed what, on
// what it rests, how it was judged, what it lost against and what it caused. Read from one snapshot
// of the store, and from the journal what the store does not keep. Blocks; confined to the
// session's thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.hpp"
#include "journal/record.hpp"
#include "platform/sql.hpp"
#include "views/alert.hpp"

namespace outlay::workers {

// The record that a refused one lost against: it came first.
struct Rival {
    journal::Position position;
    domain::CommandId command;
    std::optional<domain::Actor> actor;
    std::string aggregate;  // whose version it made; "" : it settled the same command
    std::uint64_t version = 0;
    std::string event_type;
};

struct ProposedChange {
    domain::EventId id;
    std::string aggregate;
    std::uint64_t version = 0;  // of the aggregate behind it
    std::string type;
    std::string data;  // JSON, as stored
};

struct ToldDelivery {
    domain::DeliveryId id;
    domain::ChannelId channel;
    std::string state;
    std::int64_t attempts = 0;
    std::optional<std::string> last_error;
};
struct ToldMessage {
    domain::MessageId id;
    std::string type;
    std::vector<ToldDelivery> deliveries;
};

struct Chapter {
    journal::Position position;
    std::optional<domain::Instant> appended_at;
    std::string kind;  // commit, close, genesis, ...; "" : its bytes could not be read
    std::string
        verdict;         // as in read.rejections, or admitted, closed_now, control; "" : not judged
    std::string detail;  // of a refusal: which aggregate, which versions
    std::optional<domain::WorkspaceId> workspace;
    std::optional<domain::CommandId> command;
    std::optional<domain::Actor> actor;
    std::optional<domain::Instant> decided_at;
    std::string trace;
    std::optional<journal::Origin> origin;  // it was imported, or its import was refused
    std::vector<journal::Read> reads;
    std::vector<ProposedChange> changes;
    std::optional<journal::Problem> problem;  // of a close
    std::optional<Rival> rival;
    std::vector<views::AlertView> raised;
    std::vector<views::AlertView> resolved;
    std::vector<ToldMessage> messages;

    bool is_fact() const { return verdict == "admitted"; }
};

// What a verdict means, as a sentence; "" is the verdict of a record that is not judged yet.
std::string_view rule_of(std::string_view verdict);

// The record at `position`; empty if there is none.
sql::Result<std::optional<Chapter>> chapter_at(sql::Session& session, journal::Journal& log,
                                               const journal::Position& position);

// What was said about a message, and to whom.
sql::Result<std::vector<ToldDelivery>> deliveries_of(sql::Session& session,
                                                     const domain::MessageId& message);

}  // namespace outlay::workers
