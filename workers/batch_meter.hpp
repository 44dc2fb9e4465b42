// What a projector measures of a batch: gathered while it is worked on, counted when its
// transaction has ended. Confined to one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workers/effects.hpp"
#include "workers/judging.hpp"

namespace outlay::workers {

class BatchMeter {
public:
    void took(std::span<const journal::Record> records);
    void judged(std::span<const Judged> judged);
    void told(const effects::Notices& notices);

    void committed() const;
    // In static storage: why the transaction ended.
    void failed(std::string_view reason) const;
    // Of an attempt that the store did not take.
    void failed(sql::ErrorKind kind) const;

private:
    void keep_spans() const;

    static constexpr std::size_t verdicts = 14;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::size_t records_ = 0;
    std::optional<domain::Instant> oldest_{};
    std::array<std::uint64_t, verdicts> judged_{};
    struct Traced {
        std::string trace;
        journal::Position position;
    };
    std::vector<Traced> traced_{};
    std::uint64_t raised_ = 0;
    std::uint64_t resolved_ = 0;
};

// Makes the series of everything that may go wrong, so that the first time is an increase and not a
// new series.
void expose_failures();

}  // namespace outlay::workers
