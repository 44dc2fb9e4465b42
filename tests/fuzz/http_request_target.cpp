// The path of a request from bytes to values: head scan, parser, framing, target, query and body.
// Bytes in pieces give what the whole gives, and nothing that two readers could understand
// differently comes through. The octet 0x01 stands for two KiB, so that short inputs reach limits.
#include <algorithm>
#include <array>
#include <string>

#include "api/http/query.hpp"
#include "api/server/framing.hpp"
#include "api/server/head_scan.hpp"
#include "api/server/request_parser.hpp"
#include "api/server/target.hpp"
#include "domain/values/text.hpp"
#include "platform/json/value.hpp"
#include "tests/fuzz/pieces.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/targets.hpp"

namespace outlay::fuzz {

namespace {

using Progress = api::HeadScan::Progress;
using Feed = api::RequestParser::Feed;

constexpr std::size_t body_octets_max = 200;
constexpr std::size_t long_run = 2 * 1024;

struct Scanned {
    api::HeadScan scan;
    Progress progress = Progress::more;
};

Scanned scan(const Pieces& pieces) {
    Scanned scanned;
    std::size_t arrived = 0;
    for_each_piece(pieces, [&](std::string_view piece) {
        arrived += piece.size();
        if (scanned.progress != Progress::more) return;
        scanned.progress = scanned.scan.advance(pieces.whole.substr(0, arrived));
    });
    return scanned;
}

// A line that is both too long and wrong may be refused for either, whichever is seen first.
void check_refusals(const api::Refusal& whole, const api::Refusal& pieces) {
    promise(!whole.code.empty() && !pieces.code.empty(), "a refusal has a code");
    const bool is_limit = pieces.status == 414 || pieces.status == 431;
    promise(whole.code == pieces.code || is_limit, "pieces are refused for the same reason");
}

Scanned check_scan(const Pieces& pieces) {
    const Scanned whole = scan({pieces.whole.size() + 1, pieces.whole});
    const Scanned parts = scan(pieces);
    promise(whole.progress == parts.progress, "pieces of a head are judged as the whole");
    if (whole.progress == Progress::refused) {
        check_refusals(whole.scan.refusal(), parts.scan.refusal());
    }
    if (whole.progress == Progress::complete) {
        promise(whole.scan.begin() == parts.scan.begin() && whole.scan.end() == parts.scan.end(),
                "a head begins and ends where it does");
        promise(whole.scan.end() <= pieces.whole.size(), "a head ends inside its bytes");
    }
    return whole;
}

// Each line is one field, and no field holds what would be another line to somebody else.
void check_fields(std::string_view head, const api::RequestParser& parser) {
    const auto lines = static_cast<std::size_t>(std::ranges::count(head, '\n'));
    promise(lines == parser.headers.fields().size() + 2, "every line is a field");
    for (const api::HeaderField& field : parser.headers.fields()) {
        promise(!field.name.empty(), "a field has a name");
        promise(field.name.find_first_of(" \t:\r\n") == std::string::npos, "a name is a token");
        promise(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
                "a value has no line end");
    }
}

void read_query(const api::QueryParameters& parameters) {
    static constexpr std::array<std::string_view, 2> words{"id", "spent_on"};
    api::QueryReader reader(parameters);
    const auto limit = reader.integer("limit", {1, 100});
    promise(!limit || (*limit >= 1 && *limit <= 100), "an integer is in its range");
    const auto day = reader.date("spent_on[gte]");
    promise(!day || day->is_nameable(), "a day can be named");
    reader.instant("at");
    reader.boolean("flag");
    const auto text = reader.text("q");
    promise(!text || text->size() <= api::query_text_max, "a text has its bound");
    promise(reader.list_of("list", words).size() <= words.size(), "a list has no member twice");
    promise(reader.sort(words).size() <= words.size(), "nor has an order");
    reader.ids<domain::CategoryKind>("category");
    for (const auto& problem :
         {reader.problem(), api::undeclared_parameters(parameters, {"limit", "q"})}) {
        if (!problem) continue;
        promise(problem->status == 400, "a wrong query is the client's fault");
        promise(json::parse(api::problem_document(*problem, "req_1")).ok(), "a problem is JSON");
    }
}

void check_target(std::string_view text) {
    const auto target = api::parse_target(text);
    if (!target.ok()) return;
    for (const std::string& segment : target->path) {
        promise(segment != "." && segment != "..", "a path has no dot segments");
        promise(domain::is_printable(segment, true), "a path can be stored");
    }
    for (const auto& [name, value] : target->query) {
        promise(domain::is_printable(name, true) && domain::is_printable(value, true),
                "a query can be stored");
    }
    if (target->authority) promise(api::is_authority(*target->authority), "a host is one");
    read_query(target->query);
}

struct Body {
    Feed verdict = Feed::more;
    std::size_t used = 0;
    std::string text;
};

// What arrives and is not used waits, as in the server.
Body read_body(std::string_view head, const Pieces& pieces) {
    api::RequestParser parser;
    promise(parser.parse_head(head), "a head that was parsed is parsed again");
    parser.limit_body(body_octets_max);
    Body body;
    std::size_t arrived = 0;
    for_each_piece(pieces, [&](std::string_view piece) {
        arrived += piece.size();
        if (body.verdict != Feed::more) return;
        std::size_t used = 0;
        body.verdict = parser.feed(pieces.whole.substr(body.used, arrived - body.used), used);
        promise(used <= arrived - body.used, "nothing is used that has not arrived");
        body.used += used;
    });
    body.text = parser.piece();
    promise(body.text.size() == parser.body_bytes(), "decoded bytes are counted");
    promise(body.text.size() <= body_octets_max, "a body keeps its bound");
    return body;
}

void check_body(std::string_view head, const Pieces& pieces, const api::Framing& framing) {
    const Body whole = read_body(head, {pieces.whole.size() + 1, pieces.whole});
    const Body parts = read_body(head, pieces);
    promise(whole.verdict == parts.verdict, "pieces of a body are judged as the whole");
    if (whole.verdict == Feed::done) {
        promise(whole.used == parts.used, "a body ends where it does");
        promise(whole.text == parts.text, "a body in pieces is the same body");
        if (framing.content_length) {
            promise(whole.text.size() == *framing.content_length, "a body is as long as it says");
        }
    }
}

}  // namespace

void fuzz_http_request(std::string_view input) {
    const Pieces cut = pieces_of(input);
    const std::string text = expanded(cut.whole, long_run);
    const Pieces pieces{text.size() < long_run ? cut.octets : cut.octets * 101, text};
    const Scanned scanned = check_scan(pieces);
    if (scanned.progress != Progress::complete) return;
    const std::string_view head =
        pieces.whole.substr(scanned.scan.begin(), scanned.scan.end() - scanned.scan.begin());
    api::RequestParser parser;
    if (!parser.parse_head(head)) return;
    promise(scanned.scan.is_head_request() == (parser.method == "HEAD"), "HEAD is HEAD");
    check_fields(head, parser);
    check_target(parser.target);
    api::Framing framing;
    if (api::judge_framing(parser.headers, parser.is_http_1_0, framing)) return;
    promise(!(framing.is_chunked && framing.content_length), "a body has one framing");
    promise(parser.is_done() == !framing.has_body(), "framing and parser agree about a body");
    if (!framing.has_body()) return;
    check_body(head, {pieces.octets, pieces.whole.substr(scanned.scan.end())}, framing);
}

}  // namespace outlay::fuzz
