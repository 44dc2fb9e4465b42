// Appender: appends many records in order for tools, with a bounded number on their way. Blocks;
// confined to one thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "journal/journal.hpp"

namespace outlay::journal {

class Appender {
public:
    explicit Appender(Journal& log) : log_(log), shared_(std::make_shared<Shared>()) {}

    // Errors are those of any record so far: what became of it, and of all after it, is unknown.
    domain::Status<std::string> append(std::int32_t partition, std::string key, std::string value);
    // Until all are acknowledged.
    domain::Status<std::string> drain();

private:
    struct Shared {  // with outcomes that come after this object is gone
        std::mutex mutex;
        std::condition_variable changed;
        std::size_t outstanding = 0;
        std::string failure;
    };
    domain::Status<std::string> wait_below(std::size_t count);

    Journal& log_;
    std::shared_ptr<Shared> shared_;
};

}  // namespace outlay::journal
