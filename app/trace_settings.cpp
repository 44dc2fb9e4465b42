// Endpoint, headers, sampler, batches and resource, one function each.
#include "app/trace_settings.hpp"

#include <algorithm>
#include <charconv>

namespace outlay::app {

namespace {

constexpr std::string_view endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
constexpr std::string_view traces_endpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

class Reader {
public:
    Reader(const GetVariable& get, std::vector<std::string>& complaints)
        : get_(get), complaints_(complaints) {}

    std::string text(std::string_view name) const { return get_(std::string(name)).value_or(""); }
    // A variable of traces goes before the one of all signals.
    std::string exporter_text(std::string_view name) const {
        const auto own = text("OTEL_EXPORTER_OTLP_TRACES_" + std::string(name));
        return own.empty() ? text("OTEL_EXPORTER_OTLP_" + std::string(name)) : own;
    }
    std::int64_t number(const std::string& name, const std::string& said,
                        std::int64_t otherwise) const {
        if (said.empty()) return otherwise;
        std::int64_t value = 0;
        const auto* const end = said.data() + said.size();
        const auto [stop, error] = std::from_chars(said.data(), end, value);
        if (error == std::errc{} && stop == end && value > 0) return value;
        complain(name, "is no positive number");
        return otherwise;
    }
    std::int64_t number(const std::string& name, std::int64_t otherwise) const {
        return number(name, text(name), otherwise);
    }
    void complain(const std::string& name, const std::string& why) const {
        complaints_.push_back(name + " " + why);
    }

private:
    const GetVariable& get_;
    std::vector<std::string>& complaints_;
};

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool is_coded = text[at] == '%' && at + 2 < text.size() &&
                              hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0;
        if (!is_coded) {
            out.push_back(text[at]);
            continue;
        }
        out.push_back(static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2])));
        at += 2;
    }
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// "name=value,name=value", values percent-encoded.
platform::TraceAttributes pairs_in(std::string_view list) {
    platform::TraceAttributes pairs;
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        const auto item = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        const auto equals = item.find('=');
        if (equals == std::string_view::npos || trimmed(item.substr(0, equals)).empty()) continue;
        pairs.emplace_back(trimmed(item.substr(0, equals)),
                           percent_decoded(trimmed(item.substr(equals + 1))));
    }
    return pairs;
}

std::string url_of(const Reader& reader) {
    const auto own = reader.text(traces_endpoint);
    if (!own.empty()) return own;
    auto base = reader.text(endpoint);
    if (base.empty()) base = "http://localhost:4318";
    while (base.ends_with('/')) base.pop_back();
    return base + "/v1/traces";
}

double ratio_of(const Reader& reader) {
    const auto said = reader.text("OTEL_TRACES_SAMPLER_ARG");
    if (said.empty()) return 1;
    double ratio = 0;
    const auto* const end = said.data() + said.size();
    const auto [stop, error] = std::from_chars(said.data(), end, ratio);
    if (error == std::errc{} && stop == end && ratio >= 0 && ratio <= 1) return ratio;
    reader.complain("OTEL_TRACES_SAMPLER_ARG", "is no number from 0 to 1");
    return 1;
}

platform::TraceSampling sampling_of(const Reader& reader) {
    const auto name = reader.text("OTEL_TRACES_SAMPLER");
    if (name.empty() || name == "parentbased_always_on") return {1, true};
    if (name == "parentbased_always_off") return {0, true};
    if (name == "parentbased_traceidratio") return {ratio_of(reader), true};
    if (name == "always_on") return {1, false};
    if (name == "always_off") return {0, false};
    if (name == "traceidratio") return {ratio_of(reader), false};
    reader.complain("OTEL_TRACES_SAMPLER", "names no sampler that is known here");
    return {1, true};
}

void read_resource(const Reader& reader, platform::TraceResource& resource) {
    auto attributes = pairs_in(reader.text("OTEL_RESOURCE_ATTRIBUTES"));
    const auto name = reader.text("OTEL_SERVICE_NAME");
    const auto is_name = [](const auto& pair) { return pair.first == "service.name"; };
    if (!name.empty()) std::erase_if(attributes, is_name);
    if (!name.empty() || std::ranges::none_of(attributes, is_name))
        attributes.emplace_back("service.name", name.empty() ? "outlay" : name);
    resource.attributes = std::move(attributes);
}

bool is_wanted(const Reader& reader) {
    if (reader.text("OTEL_SDK_DISABLED") == "true") return false;
    const auto exporter = reader.text("OTEL_TRACES_EXPORTER");
    if (exporter == "otlp") return true;
    if (!exporter.empty()) {
        if (exporter != "none") reader.complain("OTEL_TRACES_EXPORTER", "is neither otlp nor none");
        return false;
    }
    // Unlike a library, a server does not look for a collector that nobody spoke of.
    return !reader.text(endpoint).empty() || !reader.text(traces_endpoint).empty();
}

}  // namespace

std::optional<TraceSettings> trace_settings(const GetVariable& get) {
    TraceSettings settings;
    const Reader reader(get, settings.complaints);
    if (!is_wanted(reader)) return std::nullopt;
    auto& exporter = settings.exporter;
    exporter.url = url_of(reader);
    exporter.headers = pairs_in(reader.exporter_text("HEADERS"));
    exporter.sampling = sampling_of(reader);
    exporter.pause = std::chrono::milliseconds{reader.number("OTEL_BSP_SCHEDULE_DELAY", 5000)};
    exporter.queue_max = static_cast<std::size_t>(reader.number("OTEL_BSP_MAX_QUEUE_SIZE", 2048));
    exporter.batch_max =
        std::min(exporter.queue_max,
                 static_cast<std::size_t>(reader.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512)));
    settings.timeout = std::chrono::milliseconds{
        reader.number("OTEL_EXPORTER_OTLP_TIMEOUT", reader.exporter_text("TIMEOUT"), 10'000)};
    settings.trusted_file = reader.exporter_text("CERTIFICATE");
    const auto protocol = reader.exporter_text("PROTOCOL");
    if (!protocol.empty() && protocol != "http/json")
        reader.complain("OTEL_EXPORTER_OTLP_PROTOCOL", "is not http/json, which is what is sent");
    read_resource(reader, exporter.resource);
    return settings;
}

}  // namespace outlay::app
