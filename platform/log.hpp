// Structured logging: a constant message plus fields, one JSON object per line on standard error.
// Never pass secrets or bodies. Any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace outlay::platform {

enum class LogLevel { debug, info, warning, error };

struct LogField {
    std::string_view name;
    std::variant<std::string_view, std::int64_t> value;
    LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
    LogField(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
    LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
    LogField(std::string_view n, std::int64_t v) : name(n), value(v) {}
};

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});
// Lines below `level` are dropped; `text` writes for a terminal instead of JSON.
void configure_log(LogLevel level, bool text);
void flush_log();

}  // namespace outlay::platform
