// spdlog carries finished lines to standard error: it does not escape, so the whole line is built
// here.
#include "platform/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>

#include "platform/clock.hpp"
#include "platform/json/writer.hpp"
#include "platform/log/quoted.hpp"
#include "platform/log_identity.hpp"
#include "platform/metric_families.hpp"

namespace outlay::platform {

namespace {

struct LevelNames {
    std::string_view json;
    std::string_view text;  // of one width
    spdlog::level::level_enum spdlog;
};
// In the order of LogLevel.
constexpr std::array<LevelNames, 4> level_names{{
    {"debug", "DEBUG", spdlog::level::debug},
    {"info", "INFO ", spdlog::level::info},
    {"warning", "WARN ", spdlog::level::warn},
    {"error", "ERROR", spdlog::level::err},
}};
const LevelNames& names_of(LogLevel level) {
    return level_names[static_cast<std::size_t>(level)];
}

std::atomic<LogLevel> lowest_level{LogLevel::info};
std::atomic<bool> as_text{false};

void count_line(LogLevel level) {
    static const std::array<metrics::Counter*, level_names.size()> counters = [] {
        std::array<metrics::Counter*, level_names.size()> made{};
        for (std::size_t at = 0; at < made.size(); ++at)
            made.at(at) = &metrics::counter(metrics::log_lines, {level_names.at(at).json});
        return made;
    }();
    counters.at(static_cast<std::size_t>(level))->add();
}

// Made by the first line that is written, so that it needs no set-up.
spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = std::make_unique<spdlog::logger>(
            "outlay", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->set_level(spdlog::level::trace);  // lines are dropped before they are built, not here
        made->flush_on(spdlog::level::warn);
        return made;
    }();
    return *instance;
}

// Made before other threads are, and only read from then on.
LogIdentity& identity() {
    static LogIdentity instance;
    return instance;
}

// What a line says besides its fields.
struct Line {
    std::string_view logger;
    LogLevel level;
    std::string_view message;
};

bool is_empty(const LogField& field) {
    const auto* text = std::get_if<std::string_view>(&field.value);
    return text != nullptr && text->empty();
}

std::string json_line(const Line& said, std::initializer_list<LogField> fields) {
    std::string line;
    json::Writer writer(line);
    writer.begin_object();
    writer.field("ts", SystemClock().now().text()).field("level", names_of(said.level).json);
    writer.field("logger", said.logger).field("service", "outlay");
    if (!identity().role.empty())
        writer.field("role", identity().role).field("version", identity().version);
    writer.key("msg").raw(quoted(said.message));
    for (const LogField& field : fields) {
        if (is_empty(field)) continue;
        writer.key(field.name);
        if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
            writer.integer(*number);
        } else {
            writer.raw(quoted(std::get<std::string_view>(field.value)));
        }
    }
    writer.end_object();
    return line;
}

std::string text_line(const Line& said, std::initializer_list<LogField> fields) {
    const std::string text = quoted(said.message);
    std::string line = SystemClock().now().text();
    line.append(1, ' ').append(names_of(said.level).text).append(1, ' ');
    line.append(text, 1, text.size() - 2);  // the message stands without its quotes
    for (const LogField& field : fields) {
        if (is_empty(field)) continue;
        line.append(1, ' ').append(field.name).append(1, '=');
        if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
            line.append(std::to_string(*number));
        } else {
            line.append(quoted(std::get<std::string_view>(field.value)));
        }
    }
    return line;
}

}  // namespace

bool is_logged(LogLevel level) {
    return level >= lowest_level.load(std::memory_order_relaxed);
}

void identify_log(LogIdentity given) {
    identity() = std::move(given);
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
    log_as("outlay", level, message, fields);
}

void log_as(std::string_view logger_name, LogLevel level, std::string_view message,
            std::initializer_list<LogField> fields) {
    if (!is_logged(level)) return;
    count_line(level);
    const Line said{logger_name, level, message};
    const std::string line =
        as_text.load(std::memory_order_relaxed) ? text_line(said, fields) : json_line(said, fields);
    logger().log(names_of(level).spdlog, spdlog::string_view_t(line.data(), line.size()));
}

void configure_log(LogLevel level, bool text) {
    lowest_level.store(level, std::memory_order_relaxed);
    as_text.store(text, std::memory_order_relaxed);
}

void flush_log() {
    logger().flush();
}

}  // namespace outlay::platform
