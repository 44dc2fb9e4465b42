// Encoding of journal records. Member order is fixed so that equal commits have equal bytes;
// decoding does not rest on it. See docs/journal.md.
#include "journal/record.hpp"

#include <cstring>
#include <map>

#include "events/codec.hpp"
#include "platform/json/writer.hpp"

namespace outlay::journal {

namespace {

EventHash hash_of_event(std::string_view bytes) {
    const auto digest = platform::sha256(bytes);
    EventHash hash;
    std::memcpy(hash.bytes.data(), digest.data(), hash.bytes.size());
    return hash;
}

void write_outer(json::Writer& out, std::string_view journal, std::string_view kind) {
    out.field("v", record_version).field("journal", journal).field("kind", kind);
}

void write_actor(json::Writer& out, const domain::Actor& actor) {
    out.key("actor").begin_object().field("member", actor.member.text());
    if (actor.user) out.field("user", actor.user->text());
    out.end_object();
}

std::string event_bytes(const ProposedEvent& proposed, const EventHash& prev) {
    const auto encoded = events::encode(proposed.event);
    std::string bytes;
    bytes.reserve(160 + encoded.data.size());
    json::Writer out(bytes);
    out.begin_object()
        .field("aggregate", proposed.aggregate)
        .field("version", static_cast<std::int64_t>(proposed.version))
        .field("prev", prev.hex())
        .field("type", encoded.type)
        .field("schema", std::int64_t{encoded.schema})
        .key("data")
        .raw(encoded.data)
        .end_object();
    return bytes;
}

// The events array; `hashes` receives the hash of each event.
void write_events(json::Writer& out, const ProposedCommit& commit, std::vector<EventHash>& hashes) {
    std::map<std::string_view, EventHash> heads;
    out.key("events").begin_array();
    for (const auto& event : commit.events) {
        const auto [head, is_first] = heads.try_emplace(event.aggregate, event.prev);
        const auto bytes = event_bytes(event, head->second);
        head->second = hash_of_event(bytes);
        hashes.push_back(head->second);
        out.raw(bytes);
    }
    out.end_array();
}

}  // namespace

std::string EventHash::hex() const {
    if (is_none()) return {};
    return platform::hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<EventHash> EventHash::parse(std::string_view hex) {
    EventHash hash;
    if (hex.empty()) return hash;
    if (hex.size() != hash.bytes.size() * 2) return std::nullopt;
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
        const int high = digit(hex[2 * i]);
        const int low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        hash.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return hash;
}

EncodedCommit encode(const ProposedCommit& commit) {
    EncodedCommit encoded;
    encoded.value.reserve(640);
    json::Writer out(encoded.value);
    out.begin_object();
    write_outer(out, commit.journal, "commit");
    out.field("workspace", commit.workspace.text())
        .field("command", commit.command.text())
        .field("fingerprint", commit.fingerprint);
    write_actor(out, commit.actor);
    out.field("decided_at", commit.decided_at.text());
    out.key("reads").begin_array();
    for (const auto& read : commit.reads) {
        out.begin_object()
            .field("aggregate", read.aggregate)
            .field("version", static_cast<std::int64_t>(read.version))
            .end_object();
    }
    out.end_array();
    write_events(out, commit, encoded.hashes);
    if (!commit.trace.empty()) out.field("trace", commit.trace);
    out.end_object();
    return encoded;
}

std::string encode_close(std::string_view journal, const domain::WorkspaceId& workspace,
                         const domain::CommandId& command, const Problem& problem) {
    std::string value;
    json::Writer out(value);
    out.begin_object();
    write_outer(out, journal, "close");
    out.field("workspace", workspace.text()).field("command", command.text());
    out.key("problem").begin_object();
    out.field("code", problem.code).field("detail", problem.detail).end_object();
    out.end_object();
    return value;
}

std::string encode_genesis(std::string_view journal, std::int32_t partition_count,
                           std::string_view import_of) {
    std::string value;
    json::Writer out(value);
    out.begin_object();
    write_outer(out, journal, "genesis");
    out.field("partitions", std::int64_t{partition_count});
    if (!import_of.empty()) out.field("import_of", import_of);
    out.end_object();
    return value;
}

std::string encode_seal(std::string_view journal,
                        const std::optional<domain::WorkspaceId>& workspace) {
    std::string value;
    json::Writer out(value);
    out.begin_object();
    write_outer(out, journal, "seal");
    if (workspace) out.field("workspace", workspace->text());
    out.end_object();
    return value;
}

std::string encode_imported(std::string_view journal, const Imported& imported) {
    std::string value;
    value.reserve(imported.value.size() + 320);
    json::Writer out(value);
    out.begin_object();
    write_outer(out, journal, "imported");
    out.field("workspace", imported.workspace.text()).field("command", imported.command.text());
    out.key("origin")
        .begin_object()
        .field("journal", imported.origin.journal)
        .field("position", imported.origin.position.text())
        .field("appended_at", imported.origin.appended_at.text())
        .end_object();
    out.key("record").raw(imported.value).end_object();
    return value;
}

std::string encode_import_end(std::string_view journal, std::int32_t partition_count) {
    std::string value;
    json::Writer out(value);
    out.begin_object();
    write_outer(out, journal, "import_end");
    out.field("partitions", std::int64_t{partition_count}).end_object();
    return value;
}

std::string encode_skip(std::string_view journal, std::int64_t offset, std::string_view hash,
                        std::string_view reason) {
    std::string value;
    json::Writer out(value);
    out.begin_object();
    write_outer(out, journal, "skip");
    out.field("offset", offset).field("record_hash", hash).field("reason", reason).end_object();
    return value;
}

domain::EventMeta meta_of(const Commit& commit, std::size_t index) {
    return {event_id(commit.command, index), commit.events[index].version, commit.decided_at,
            commit.actor, commit.command};
}

domain::EventId event_id(const domain::CommandId& command, std::size_t index) {
    return {platform::uuid_of_name(command.value, "event:" + std::to_string(index))};
}

domain::Uuid derived_id(const domain::CommandId& command, std::uint32_t index) {
    auto id = platform::uuid_of_name(command.value, "id:" + std::to_string(index));
    constexpr std::size_t version_byte = 6;
    if ((command.value.bytes[version_byte] >> 4U) == 7U) {
        // The command's time leads, so ids made by unkeyed commands sort by time (RFC 9562, version
        // 7).
        std::copy_n(command.value.bytes.begin(), version_byte, id.bytes.begin());
        id.bytes[version_byte] =
            static_cast<std::uint8_t>((id.bytes[version_byte] & 0x0FU) | 0x70U);
    }
    return id;
}

domain::CommandId command_of_key(const domain::Uuid& scope, const domain::Uuid& principal,
                                 std::string_view idempotency_key) {
    std::string name = "command:" + principal.text() + ":";
    name += idempotency_key;
    return {platform::uuid_of_name(scope, name)};
}

std::int32_t partition_of(const domain::WorkspaceId& workspace, std::int32_t partition_count) {
    const auto digest =
        platform::sha256({reinterpret_cast<const char*>(workspace.value.bytes.data()),
                          workspace.value.bytes.size()});
    const std::uint32_t number = (std::uint32_t{digest[0]} << 24U) |
                                 (std::uint32_t{digest[1]} << 16U) |
                                 (std::uint32_t{digest[2]} << 8U) | std::uint32_t{digest[3]};
    return static_cast<std::int32_t>(number % static_cast<std::uint32_t>(partition_count));
}

std::string record_hash(std::string_view value) {
    return platform::hex(platform::bytes_of(platform::sha256(value)));
}

}  // namespace outlay::journal
