// Lines of a bulk request: however the bytes arrive, the same lines come out, and they are those
// that a plain reading of the whole finds. The octet 0x01 stands for sixteen KiB of text, so that
// short inputs reach the limit of a line.
#include <algorithm>
#include <string>
#include <vector>

#include "api/resources/lines.hpp"
#include "platform/json/value.hpp"
#include "tests/fuzz/pieces.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/targets.hpp"

namespace outlay::fuzz {

namespace {

constexpr std::size_t long_run = 16 * 1024;
void take_lines(api::Lines& lines, std::vector<api::Line>& found) {
    while (auto line = lines.next()) found.push_back(std::move(*line));
}

std::vector<api::Line> read_in_pieces(const Pieces& pieces) {
    api::Lines lines;
    std::vector<api::Line> found;
    for_each_piece(pieces, [&](std::string_view piece) {
        lines.feed(piece);
        take_lines(lines, found);
    });
    if (auto line = lines.last()) found.push_back(std::move(*line));
    return found;
}

// What Lines promises, said in the plainest way.
std::vector<api::Line> read_plainly(const std::string& text) {
    std::vector<api::Line> found;
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        if (line.size() > api::line_bytes_max) {
            found.push_back({number, true, {}});
            continue;
        }
        if (line.ends_with('\r')) line.pop_back();
        if (line.find_first_not_of(" \t") == std::string::npos) continue;
        found.push_back({number, false, std::move(line)});
    }
    return found;
}

bool equal(const std::vector<api::Line>& left, const std::vector<api::Line>& right) {
    return std::ranges::equal(left, right, [](const api::Line& one, const api::Line& other) {
        return one.number == other.number && one.is_too_long == other.is_too_long &&
               one.text == other.text;
    });
}

}  // namespace

void fuzz_ndjson(std::string_view input) {
    const Pieces cut = pieces_of(input);
    const std::string text = expanded(cut.whole, long_run);
    const std::vector<api::Line> plain = read_plainly(text);
    // A long text in the shortest pieces is slow and tells nothing new.
    const std::size_t octets = text.size() < long_run ? cut.octets : cut.octets * 1021;
    promise(equal(read_in_pieces({octets, text}), plain), "pieces make the lines of the whole");
    promise(equal(read_in_pieces({text.size() + 1, text}), plain), "so does the whole at once");
    for (const api::Line& line : plain) {
        const auto parsed = json::parse(line.text);
        if (parsed.ok()) promise(json::parse(json::canonical(*parsed)).ok(), "a line is JSON");
    }
}

}  // namespace outlay::fuzz
