// Decoding of journal records: first the frozen outer fields, then the body of the kinds that
// version 1 knows.
#include <array>
#include <limits>
#include <map>

#include "journal/record.hpp"

namespace outlay::journal {

namespace {

// Reads members of one object; the first failure sticks.
class Members {
public:
    explicit Members(const json::Value& object) : object_(object) {
        if (object.kind() != json::Kind::object) fail("is no object");
    }
    bool ok() const { return problem_.empty(); }
    const std::string& problem() const { return problem_; }
    void fail(std::string detail) {
        if (problem_.empty()) problem_ = std::move(detail);
    }

    const json::Value* member(std::string_view name, json::Kind kind) {
        const json::Value* value = ok() ? object_.find(name) : nullptr;
        if (!value || value->kind() != kind) {
            fail("member " + std::string(name) + " is missing or of another type");
            return nullptr;
        }
        return value;
    }
    std::string text(std::string_view name) {
        const auto* value = member(name, json::Kind::string);
        return value ? value->text() : std::string{};
    }
    std::string optional_text(std::string_view name) {
        return ok() && object_.find(name) ? text(name) : std::string{};
    }
    std::int64_t count(std::string_view name) {
        const auto* value = member(name, json::Kind::number);
        const auto number = value ? value->integer() : std::nullopt;
        if (value && (!number || *number < 0)) fail("member " + std::string(name) + " is no count");
        return number.value_or(0);
    }
    template <typename AnyId>
    AnyId id(std::string_view name) {
        const auto parsed = AnyId::parse(text(name));
        if (ok() && !parsed) fail("member " + std::string(name) + " is no id");
        return parsed.value_or(AnyId{});
    }

private:
    const json::Value& object_;
    std::string problem_;
};

EventHash hash_of_bytes(std::string_view bytes) {
    const auto digest = platform::sha256(bytes);
    EventHash hash;
    std::copy_n(digest.begin(), hash.bytes.size(), hash.bytes.begin());
    return hash;
}

std::optional<domain::Actor> actor_of(Members& body) {
    const auto* object = body.member("actor", json::Kind::object);
    if (!object) return std::nullopt;
    Members members(*object);
    domain::Actor actor{members.id<domain::MemberId>("member"), std::nullopt};
    if (object->find("user")) actor.user = members.id<domain::UserId>("user");
    if (!members.ok()) body.fail("actor: " + members.problem());
    return actor;
}

void read_reads(Members& body, Commit& commit) {
    const auto* list = body.member("reads", json::Kind::array);
    if (!list) return;
    for (const auto& item : list->items()) {
        Members members(item);
        Read read{members.text("aggregate"), static_cast<std::uint64_t>(members.count("version"))};
        if (members.ok() && !domain::kind_of(read.aggregate)) members.fail("aggregate is unknown");
        if (!members.ok()) return body.fail("reads: " + members.problem());
        commit.reads.push_back(std::move(read));
    }
}

std::optional<StoredEvent> event_of(Members& body, const json::Value& item) {
    Members members(item);
    StoredEvent event;
    event.aggregate = members.text("aggregate");
    event.version = static_cast<std::uint64_t>(members.count("version"));
    const auto prev = EventHash::parse(members.text("prev"));
    event.type = members.text("type");
    event.schema = members.count("schema");
    event.data = members.member("data", json::Kind::object);
    if (!prev) members.fail("prev is no hash");
    if (members.ok() && event.version == 0) members.fail("version 0");
    if (members.ok() && !domain::kind_of(event.aggregate)) members.fail("aggregate is unknown");
    if (!members.ok()) {
        body.fail("events: " + members.problem());
        return std::nullopt;
    }
    event.prev = *prev;
    event.hash = hash_of_bytes(item.raw());
    return event;
}

// Later events of one aggregate inside a commit must follow the earlier ones.
void read_events(Members& body, Commit& commit) {
    const auto* list = body.member("events", json::Kind::array);
    if (!list) return;
    std::map<std::string, Head> heads;
    for (const auto& item : list->items()) {
        auto event = event_of(body, item);
        if (!event) return;
        const auto [head, is_first] = heads.try_emplace(event->aggregate);
        if (!is_first &&
            (event->version != head->second.version + 1 || event->prev != head->second.hash)) {
            return body.fail("events: the events of one aggregate do not follow each other");
        }
        head->second = {event->version, event->hash};
        commit.events.push_back(std::move(*event));
    }
}

Decoded decode_commit(std::unique_ptr<json::Value> document) {
    Commit commit;
    Members body(*document);
    commit.workspace = body.id<domain::WorkspaceId>("workspace");
    commit.command = body.id<domain::CommandId>("command");
    commit.fingerprint = body.text("fingerprint");
    const auto actor = actor_of(body);
    const auto decided_at = domain::Instant::parse(body.text("decided_at"));
    if (!decided_at) body.fail("decided_at is no time");
    read_reads(body, commit);
    read_events(body, commit);
    commit.trace = body.optional_text("trace");
    if (!body.ok()) return Malformed{body.problem()};
    commit.actor = *actor;
    commit.decided_at = *decided_at;
    commit.document = std::move(document);
    return commit;
}

Decoded decode_close(std::unique_ptr<json::Value> document) {
    Members body(*document);
    Close close{
        body.id<domain::WorkspaceId>("workspace"), body.id<domain::CommandId>("command"), {}};
    if (const auto* object = body.member("problem", json::Kind::object)) {
        Members members(*object);
        close.problem = {members.text("code"), members.text("detail")};
        if (!members.ok()) body.fail("problem: " + members.problem());
    }
    if (!body.ok()) return Malformed{body.problem()};
    return close;
}

Decoded decode_genesis(std::unique_ptr<json::Value> document) {
    Members body(*document);
    auto identity = body.text("journal");
    const std::int64_t partitions = body.count("partitions");
    if (partitions < 1 || partitions > std::numeric_limits<std::int32_t>::max()) {
        body.fail("member partitions is no number of partitions");
    }
    auto import_of = body.optional_text("import_of");
    if (!body.ok()) return Malformed{"genesis: " + body.problem()};
    return Genesis{std::move(identity), static_cast<std::int32_t>(partitions),
                   std::move(import_of)};
}

Decoded decode_skip(std::unique_ptr<json::Value> document) {
    Members body(*document);
    Skip skip{body.count("offset"), body.text("record_hash"), body.text("reason")};
    if (!body.ok()) return Malformed{body.problem()};
    return skip;
}

Decoded decode_seal(std::unique_ptr<json::Value> document) {
    Members body(*document);
    Seal seal;
    if (document->find("workspace")) seal.workspace = body.id<domain::WorkspaceId>("workspace");
    if (!body.ok()) return Malformed{body.problem()};
    return seal;
}

Decoded decode_import_end(std::unique_ptr<json::Value> document) {
    Members body(*document);
    const std::int64_t partitions = body.count("partitions");
    if (partitions < 1 || partitions > std::numeric_limits<std::int32_t>::max()) {
        body.fail("member partitions is no number of partitions");
    }
    if (!body.ok()) return Malformed{body.problem()};
    return ImportEnd{static_cast<std::int32_t>(partitions)};
}

Decoded decode_imported(std::unique_ptr<json::Value> document);

struct KindDecoder {
    std::string_view kind;
    Decoded (*decode)(std::unique_ptr<json::Value>);
};
constexpr std::array kinds{
    KindDecoder{"commit", decode_commit},
    KindDecoder{"close", decode_close},
    KindDecoder{"genesis", decode_genesis},
    KindDecoder{"skip", decode_skip},
    KindDecoder{"seal", decode_seal},
    KindDecoder{"imported", decode_imported},
    KindDecoder{"import_end", decode_import_end},
};

Origin origin_of(Members& body) {
    Origin origin;
    const auto* object = body.member("origin", json::Kind::object);
    if (!object) return origin;
    Members members(*object);
    origin.journal = members.text("journal");
    const auto position = Position::parse(members.text("position"));
    const auto appended_at = domain::Instant::parse(members.text("appended_at"));
    if (!position || !appended_at) members.fail("no position or no time");
    if (!members.ok()) {
        body.fail("origin: " + members.problem());
        return origin;
    }
    origin.position = *position;
    origin.appended_at = *appended_at;
    return origin;
}

// What two records are about has to be the same, inside and outside.
template <typename Carried>
Decoded carried(Carried record, Members& body, Origin origin, std::string_view value) {
    if (record.workspace != body.id<domain::WorkspaceId>("workspace") ||
        record.command != body.id<domain::CommandId>("command"))
        body.fail("the record inside is another command's");
    record.origin = std::move(origin);
    record.imported_value = value;
    if (!body.ok()) return Malformed{body.problem()};
    return record;
}

Decoded decode_imported(std::unique_ptr<json::Value> document) {
    Members body(*document);
    const auto* inner = body.member("record", json::Kind::object);
    auto origin = origin_of(body);
    if (!body.ok()) return Malformed{body.problem()};
    const auto* const kind = inner->find("kind");
    const bool is_final = kind && (kind->text() == "commit" || kind->text() == "close");
    if (!is_final) return Malformed{"the record inside is neither a commit nor a close"};
    auto decoded = decode(inner->raw(), origin.journal);
    if (auto* commit = std::get_if<Commit>(&decoded))
        return carried(std::move(*commit), body, std::move(origin), inner->raw());
    if (auto* close = std::get_if<Close>(&decoded))
        return carried(std::move(*close), body, std::move(origin), inner->raw());
    if (auto* malformed = std::get_if<Malformed>(&decoded))
        return Malformed{"the record inside: " + malformed->detail};
    if (std::holds_alternative<Foreign>(decoded))
        return Malformed{"the record inside is another journal's than its origin"};
    return decoded;  // too new
}

}  // namespace

Decoded decode(std::string_view value, std::string_view journal) {
    auto parsed = json::parse(value);
    if (!parsed.ok()) return Malformed{parsed.error().detail};
    auto document = std::make_unique<json::Value>(std::move(parsed).value());
    Members outer(*document);
    const auto version = outer.count("v");
    const auto identity = outer.text("journal");
    const auto kind = outer.text("kind");
    if (!outer.ok()) return Malformed{outer.problem()};
    if (!journal.empty() && identity != journal) return Foreign{identity};
    if (version > record_version) return TooNew{"record version " + std::to_string(version)};
    for (const auto& known : kinds) {
        if (known.kind == kind) return known.decode(std::move(document));
    }
    return TooNew{"record kind " + kind};
}

}  // namespace outlay::journal
