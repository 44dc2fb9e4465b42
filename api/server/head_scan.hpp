// HeadScan: finds the end of a request's head in the bytes as they arrive and refuses what a parser
// would forgive: bare line feeds, folded lines, control characters, too much of anything
// (conventions MSG-02 to 04, 10 and 19). It does not rest on the leniency of any parser version.
// Confined to one thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "api/server/refusal.hpp"

namespace outlay::api {

class HeadScan {
public:
    enum class Progress { more, complete, refused };

    // `bytes` is all that has arrived since the last request, each time with more at its end.
    Progress advance(std::string_view bytes);

    // When complete: where the head begins (after empty lines) and ends.
    std::size_t begin() const { return begin_; }
    std::size_t end() const { return position_; }
    // When refused.
    const Refusal& refusal() const { return refusal_; }
    // The request line said HEAD: no answer has a body.
    bool is_head_request() const { return is_head_request_; }

private:
    Progress end_line(std::string_view line);
    Progress request_line(std::string_view line);
    Progress within_limits();
    Progress refuse(Refusal refusal);

    std::size_t begin_ = 0;
    std::size_t fields_begin_ = 0;
    std::size_t line_begin_ = 0;
    std::size_t position_ = 0;
    std::size_t empty_lines_ = 0;
    std::size_t lines_ = 0;  // with the request line
    bool is_head_request_ = false;
    Refusal refusal_;
};

}  // namespace outlay::api
