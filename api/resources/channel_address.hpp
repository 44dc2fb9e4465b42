// Where a channel leads to, as requests give it: read, checked for its form, and masked for
// showing. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "api/resources/body_reader.hpp"
#include "domain/channel/decide.hpp"

namespace outlay::api {

struct ChannelAddress {
    domain::channel::Form form = domain::channel::Form::url;
    // As it is sealed and as senders read it: URL or mail address, then the routing key or access
    // token where there is one, with one space between; then header fields, a line "Name: value"
    // for each.
    std::string text;
    std::string shown;  // without what only its owner should see
    bool has_token = false;
    std::string url;  // to be judged by the egress guard, except for mail
    std::optional<std::vector<std::string>> headers{};  // their names
};
// The members `url`, `token`, `routing_key`, `to` and `headers` of a body. Empty: none of them is
// there. They are one address: header fields go with a URL.
std::optional<ChannelAddress> read_address(BodyReader& reader);
// The address of a new channel: what its kind needs must be there. For changes the channel's rules
// say that.
ChannelAddress address_for(domain::channel::Kind kind, std::optional<ChannelAddress> address,
                           BodyReader& reader);
// The entries of a list, each by `parse`; empty: it is not there.
template <typename Entry, typename Parse>
std::optional<std::vector<Entry>> read_list(BodyReader& reader, std::string_view name,
                                            Parse parse) {
    const auto texts = reader.optional_strings(name);
    if (!texts) return std::nullopt;
    std::vector<Entry> entries;
    for (const auto& text : *texts) {
        const std::optional<Entry> entry = parse(text);
        if (entry)
            entries.push_back(*entry);
        else
            reader.fail(name, "unknown_entry", "Has an entry that is none of the known ones.");
    }
    return entries;
}

}  // namespace outlay::api
