// The canonical form of a row: table, then name and cell of every column that says something.
#include "workers/state_digest.hpp"

#include <algorithm>

#include "platform/hash.hpp"
#include "workers/projection.hpp"
#include "workers/row_pages.hpp"

namespace outlay::workers {

namespace {

// Tries that lost, and what was done to the log: a move leaves them behind.
constexpr std::array<std::string_view, 2> unseen_tables{"read.rejections", "read.gates"};
// Where a record stands and when it came there; its bytes name the journal that it was made for.
constexpr std::array<std::string_view, 6> unseen_columns{"log_partition",      "log_offset",
                                                         "resolved_partition", "resolved_offset",
                                                         "appended_at",        "record"};

bool is_seen(std::span<const std::string_view> unseen, std::string_view name) {
    return std::ranges::find(unseen, name) == unseen.end();
}

std::string text_of(const sql::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return "null";
}

void append_cell(std::string& text, const sql::Value& cell) {
    const auto content = text_of(cell);
    text += std::to_string(cell.index()) + ":" + std::to_string(content.size()) + ":" + content;
}

}  // namespace

void HashSum::add(std::string_view bytes) {
    const auto hash = platform::sha256(bytes);
    unsigned carry = 0;
    for (std::size_t i = sum_.size(); i-- > 0;) {
        carry += unsigned{sum_[i]} + hash[i];
        sum_[i] = static_cast<std::uint8_t>(carry & 0xFFU);
        carry >>= 8U;
    }
}

std::string HashSum::text() const {
    return platform::hex({reinterpret_cast<const char*>(sum_.data()), sum_.size()});
}

std::string row_text(const Row& row) {
    std::string text;
    for (const auto& cell : row) append_cell(text, cell);
    return text;
}

void StateDigest::add(const sql::Table& table, const Row& row) {
    if (!is_seen(unseen_tables, table.name)) return;
    CHECK(table.columns.front().name == "workspace", "a read model belongs to a workspace");
    std::string text(table.name);
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const auto name = table.columns[column].name;
        if (!is_seen(unseen_columns, name)) continue;
        text.append(" ").append(name).append("=");
        append_cell(text, row[column]);
    }
    auto& sum = sums_[text_of(row.front())];
    sum.hashes.add(text);
    ++sum.rows;
}

std::vector<WorkspaceState> StateDigest::workspaces() const {
    std::vector<WorkspaceState> states;
    for (const auto& [workspace, sum] : sums_) {
        const auto id = domain::Uuid::parse(workspace);
        CHECK(id.has_value(), "a workspace without an id");
        states.push_back({{*id}, sum.rows, sum.hashes.text()});
    }
    return states;
}

std::string StateDigest::text() const {
    std::string all;
    for (const auto& [workspace, sum] : sums_)
        all += workspace + " " + std::to_string(sum.rows) + " " + sum.hashes.text() + "\n";
    return platform::hex(platform::bytes_of(platform::sha256(all)));
}

sql::Result<StateDigest> digest_of(sql::Session& session) {
    StateDigest digest;
    for (const auto* table : generation_tables()) {
        std::optional<Row> last;
        for (;;) {
            const auto page = next_page(session, *table, last);
            if (!page.ok()) return domain::Fail{page.error()};
            if (page->empty()) break;
            for (const auto& [key, row] : *page) digest.add(*table, row);
        }
    }
    return digest;
}

}  // namespace outlay::workers
