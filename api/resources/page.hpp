// Pages: the list envelope, limits and cursors that every paged list shares. A cursor holds the
// sort values of the last row and is bound to workspace, filters and sort. Values; any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/http/query.hpp"
#include "api/resources/call.hpp"

namespace outlay::api {

inline constexpr std::int64_t page_limit_default = 20;
inline constexpr std::int64_t page_limit_max = 100;
inline constexpr std::size_t unpaged_rows_max = 10'000;  // of lists that come whole

struct Page {
    std::int64_t limit = page_limit_default;
    std::vector<std::string>
        after;  // sort values of the last row before this page; empty: the first page
};

// Reads `limit` and `cursor`. A cursor that was not made for this list with these filters is a
// problem of its own.
domain::Result<Page, Problem> read_page(const Call& call, QueryReader& query);
std::string make_cursor(const Call& call, const std::vector<std::string>& last_row);

// Wraps rendered items; `next` is the cursor of the next page, or empty.
Response list_response(const Call& call, const std::vector<std::string>& items,
                       const std::optional<std::string>& next);

// The rendered items of a list that comes whole, or why it does not.
using ListItems = domain::Result<std::vector<std::string>, Problem>;
sql::Result<Response> whole_list(const Call& call, const sql::Result<ListItems>& items);

// The page of rows that were asked for with limit + 1: `render` gives the body of a row, `key` the
// sort values by which the next page continues after it.
template <typename Render, typename Key>
Response page_response(const Call& call, const Page& page, const sql::Rows& rows, Render render,
                       Key key) {
    const auto count = std::min(rows.size(), static_cast<std::size_t>(page.limit));
    std::vector<std::string> items;
    items.reserve(count);
    for (std::size_t row = 0; row < count; ++row) items.push_back(render(row));
    std::optional<std::string> next;
    if (rows.size() > count) next = make_cursor(call, key(count - 1));
    return list_response(call, items, next);
}

// SQL conditions that grow filter by filter, with their parameters.
class Conditions {
public:
    // The number under which `value` is bound, as "$3".
    std::string bind(sql::Value value);
    // The same for all of a list, as "$3, $4"; "" if it is empty.
    template <typename List, typename ValueOf>
    std::string bind_all(const List& list, ValueOf value_of) {
        std::string numbers;
        for (const auto& entry : list)
            numbers += (numbers.empty() ? "" : ", ") + bind(sql::Value(value_of(entry)));
        return numbers;
    }
    void add(std::string condition) {
        text_ += (text_.empty() ? " WHERE " : " AND ") + std::move(condition);
    }
    const std::string& text() const { return text_; }
    const std::vector<sql::Value>& parameters() const { return parameters_; }

private:
    std::string text_;
    std::vector<sql::Value> parameters_;
};

}  // namespace outlay::api
