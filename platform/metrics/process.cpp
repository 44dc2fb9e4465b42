// What Linux says about this process in /proc.
#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "platform/metric_families.hpp"

namespace outlay::metrics {

namespace {

// Fields of /proc/self/stat behind the name of the program, by their index there.
enum StatField : std::size_t {
    user_ticks = 11,
    system_ticks = 12,
    thread_count = 17,
    start_ticks = 19,
    virtual_bytes = 20,
    resident_pages = 21,
    stat_fields = 22,
};

std::array<double, stat_fields> stat_of_process() {
    std::array<double, stat_fields> fields{};
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    // The name stands in parentheses and may hold any character.
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return fields;
    std::istringstream rest(line.substr(name_end + 1));
    std::string text;
    for (std::size_t at = 0; at < stat_fields && rest >> text; ++at)
        fields.at(at) = at == 0 ? 0 : std::strtod(text.c_str(), nullptr);
    return fields;
}

double boot_seconds() {
    std::ifstream file("/proc/stat");
    std::string name;
    double value = 0;
    while (file >> name) {
        if (name == "btime" && file >> value) return value;
        file.ignore(4096, '\n');
    }
    return 0;
}

struct CloseFolder {
    void operator()(DIR* folder) const { closedir(folder); }
};

double open_descriptors() {
    const std::unique_ptr<DIR, CloseFolder> folder(opendir("/proc/self/fd"));
    double count = 0;
    while (folder != nullptr && readdir(folder.get()) != nullptr) ++count;
    // Without ".", ".." and the folder's own.
    return count > 3 ? count - 3 : 0;
}

}  // namespace

void measure_process() {
    const auto fields = stat_of_process();
    const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
    static const double booted_at = boot_seconds();
    replace(process_cpu, {{{}, (fields[user_ticks] + fields[system_ticks]) / ticks_per_second}});
    gauge(process_threads).set(fields[thread_count]);
    gauge(process_started).set(booted_at + fields[start_ticks] / ticks_per_second);
    gauge(process_virtual).set(fields[virtual_bytes]);
    gauge(process_resident).set(fields[resident_pages] * page_bytes);
    gauge(process_fds).set(open_descriptors());
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        gauge(process_fds_limit).set(static_cast<double>(limit.rlim_cur));
}

}  // namespace outlay::metrics
