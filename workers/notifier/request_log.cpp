// Names are compared as the requests of this folder spell them.
#include "workers/notifier/request_log.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "platform/json/writer.hpp"

namespace outlay::workers::notifier {

namespace {

constexpr std::string_view mask = "***";
constexpr std::array<std::string_view, 5> shown{"Content-Type", "webhook-id", "webhook-timestamp",
                                                "traceparent", "Message-ID"};
constexpr std::string_view signature = "webhook-signature";

// "v1,*** v1,***": how many there were tells of a rotation.
std::string masked_signatures(std::string_view value) {
    std::string masked;
    while (!value.empty()) {
        const auto end = std::min(value.find(' '), value.size());
        const auto one = value.substr(0, end);
        value.remove_prefix(std::min(end + 1, value.size()));
        masked += masked.empty() ? "" : " ";
        masked.append(one.substr(0, one.find(',') + 1)).append(mask);
    }
    return masked;
}

std::string logged_value(const std::string& name, const std::string& value) {
    if (std::ranges::find(shown, name) != shown.end()) return value;
    return name == signature ? masked_signatures(value) : std::string(mask);
}

}  // namespace

std::string logged_fields(const HeaderFields& fields) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    for (const auto& [name, value] : fields) out.field(name, logged_value(name, value));
    out.end_object();
    return text;
}

}  // namespace outlay::workers::notifier
