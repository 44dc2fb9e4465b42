// The two text forms that Prometheus reads: text 0.0.4 and OpenMetrics 1.0. They differ in how
// counters are named, in the form of numbers that are labels, and in the line that ends it.
#include <array>
#include <charconv>
#include <cmath>

#include "platform/metrics/registry.hpp"

namespace outlay::metrics {

namespace {

std::string number(double value, std::chars_format form = std::chars_format::general) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, form).ptr;
    return {text.data(), end};
}

std::string_view type_name(Kind kind) {
    switch (kind) {
        case Kind::counter:
            return "counter";
        case Kind::gauge:
            return "gauge";
        case Kind::histogram:
            return "histogram";
    }
    return "";
}

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '\n') {
            out.append("\\n");
            continue;
        }
        if (c == '\\' || c == '"') out.push_back('\\');
        out.push_back(c);
    }
}

class Page {
public:
    explicit Page(Format format) : format_(format) {}

    void add(const Shelf& shelf);
    std::string end() && {
        if (format_ == Format::open_metrics) out_.append("# EOF\n");
        return std::move(out_);
    }

private:
    struct Label {
        std::string_view name;
        std::string value;
    };
    void head(const Family& family);
    void line(const Family& family, std::string_view suffix, const Values& values,
              std::string_view value);
    void histogram(const Family& family, const Values& values, const Histogram& measured);
    std::string bound_text(double bound) const;

    Format format_;
    std::string out_{};
    std::string bound_{};  // label "le" of the next line
};

void Page::head(const Family& family) {
    // OpenMetrics names the family, the older form the samples.
    const bool is_total = family.kind == Kind::counter && format_ == Format::text;
    const std::string name = std::string(family.name) + (is_total ? "_total" : "");
    out_.append("# HELP ").append(name).append(1, ' ');
    append_escaped(out_, family.help);
    out_.append("\n# TYPE ").append(name).append(1, ' ').append(type_name(family.kind));
    out_.push_back('\n');
}

void Page::line(const Family& family, std::string_view suffix, const Values& values,
                std::string_view value) {
    out_.append(family.name).append(suffix);
    std::string_view between = "{";
    const auto label = [&](std::string_view name, std::string_view text) {
        out_.append(between).append(name).append("=\"");
        append_escaped(out_, text);
        out_.push_back('"');
        between = ",";
    };
    for (std::size_t at = 0; at < values.size(); ++at) label(family.labels.at(at), values[at]);
    if (!bound_.empty()) label("le", bound_);
    out_.append(between == "," ? "} " : " ").append(value).push_back('\n');
}

std::string Page::bound_text(double bound) const {
    auto text = number(bound, std::chars_format::fixed);
    const bool is_whole = text.find_first_not_of("0123456789") == std::string::npos;
    if (format_ == Format::open_metrics && is_whole) text.append(".0");
    return text;
}

// What is counted meanwhile may be missing from a line, but no line contradicts another one: the
// last bucket is the count.
void Page::histogram(const Family& family, const Values& values, const Histogram& measured) {
    const auto bounds = measured.bounds();
    std::string count;
    for (std::size_t at = 0; at <= bounds.size(); ++at) {
        bound_ = at < bounds.size() ? bound_text(bounds[at]) : "+Inf";
        count = std::to_string(measured.count_to(at));
        line(family, "_bucket", values, count);
    }
    bound_.clear();
    line(family, "_sum", values, number(measured.sum()));
    line(family, "_count", values, count);
}

void Page::add(const Shelf& shelf) {
    const auto& family = *shelf.family;
    if (shelf.series.empty() && shelf.samples.empty()) return;
    head(family);
    const std::string_view suffix = family.kind == Kind::counter ? "_total" : "";
    for (const auto& [values, series] : shelf.series) {
        if (const auto* counter = std::get_if<Counter>(&series))
            line(family, suffix, values, std::to_string(counter->value()));
        if (const auto* gauge = std::get_if<Gauge>(&series))
            line(family, suffix, values, number(gauge->value()));
        if (const auto* measured = std::get_if<Histogram>(&series))
            histogram(family, values, *measured);
    }
    for (const auto& sample : shelf.samples)
        line(family, suffix, sample.values, number(sample.value));
}

}  // namespace

std::string_view content_type(Format format) {
    return format == Format::open_metrics
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

std::string exposition(Format format) {
    auto& all = registry();
    Page page(format);
    const std::lock_guard lock(all.mutex);
    for (const auto& [name, shelf] : all.shelves) page.add(shelf);
    return std::move(page).end();
}

}  // namespace outlay::metrics
