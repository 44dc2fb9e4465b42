// Scratch: a store in a folder of its own under the system's place for temporary files, in which
// tools replay journals. It goes when its owner goes.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "app/place.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::app {

class Scratch {
public:
    // An empty, migrated store; `where` names another place for the folder than the system's.
    static Outcome<Scratch> make(const std::string& where, const platform::Clock& clock);
    Scratch(Scratch&& other) noexcept;
    Scratch& operator=(Scratch&&) = delete;
    ~Scratch();

    sql::Store& store() const { return *store_; }

private:
    explicit Scratch(std::filesystem::path folder) : folder_(std::move(folder)) {}

    std::filesystem::path folder_;
    std::unique_ptr<sql::Store> store_;
};

}  // namespace outlay::app
