// The words of the decider tests: given(events).by(actor).when(command).then(events), or
// then_nothing(), then_refused(code), then_invalid(pointers). Failures point at the line of the
// test.
#pragma once

#include <gtest/gtest.h>

#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "domain/context.hpp"
#include "domain/values/money.hpp"
#include "domain/values/refusal.hpp"

namespace outlay::domain::spec {

inline Uuid uuid_of(std::uint8_t family, std::uint32_t number) {
    Uuid uuid;
    uuid.bytes[0] = family;
    uuid.bytes[14] = static_cast<std::uint8_t>(number >> 8U);
    uuid.bytes[15] = static_cast<std::uint8_t>(number & 0xFFU);
    return uuid;
}

// An id that the tests choose; another number is another id.
template <typename AnyId>
AnyId id(std::uint32_t number) {
    return AnyId{uuid_of(1, number)};
}

// The id that the n-th thing made by a command gets.
template <typename AnyId>
AnyId derived(std::uint32_t index) {
    return AnyId{uuid_of(2, index)};
}

inline Date day(std::string_view text) {
    const auto date = Date::parse(text);
    CHECK(date.has_value(), "a test names a day that does not exist");
    return *date;
}

inline Currency currency(std::string_view code) {
    const auto found = Currency::parse(code);
    CHECK(found.has_value(), "a test names a currency that does not exist");
    return *found;
}

inline Money money(std::int64_t minor, std::string_view code = "EUR") {
    return Money{minor, currency(code)};
}

// The people of the tests, one per role.
inline const MemberId owner = id<MemberId>(1);
inline const MemberId admin = id<MemberId>(2);
inline const MemberId member = id<MemberId>(3);
inline const MemberId viewer = id<MemberId>(4);
inline const MemberId stranger = id<MemberId>(99);

inline const Date today = day("2026-11-20");
inline constexpr Instant now{1'795'162'500'000'000};

inline Context context_of(const MemberId& actor) {
    return Context{
        .actor = Actor{actor, std::nullopt},
        .now = now,
        .today = today,
        .command = id<CommandId>(1),
        .derive = [](const CommandId&, std::uint32_t index) { return uuid_of(2, index); }};
}

// Instants of given events are their versions, so that tests can tell them apart.
inline EventMeta meta_of(std::uint64_t version, const MemberId& actor) {
    return EventMeta{.id = id<EventId>(static_cast<std::uint32_t>(version)),
                     .version = version,
                     .decided_at = Instant{static_cast<std::int64_t>(version)},
                     .actor = Actor{actor, std::nullopt},
                     .command = id<CommandId>(1)};
}

template <typename Event>
class Outcome {
public:
    using Where = std::source_location;

    explicit Outcome(Decision<std::vector<Event>> decision) : decision_(std::move(decision)) {}

    void then(const std::vector<Event>& expected, Where where = Where::current()) const {
        const testing::ScopedTrace trace(where.file_name(), static_cast<int>(where.line()), "");
        ASSERT_TRUE(decision_.ok())
            << "refused: " << name_of(decision_.error().code) << ": " << decision_.error().detail;
        EXPECT_EQ(*decision_, expected);
    }
    void then_nothing(Where where = Where::current()) const { then({}, where); }

    void then_refused(RefusalCode code, Where where = Where::current()) const {
        const testing::ScopedTrace trace(where.file_name(), static_cast<int>(where.line()), "");
        ASSERT_FALSE(decision_.ok()) << "accepted with " << decision_->size() << " events";
        EXPECT_EQ(name_of(decision_.error().code), name_of(code));
        EXPECT_FALSE(decision_.error().detail.empty());
    }
    void then_refused_at(RefusalCode code, const std::vector<std::string>& pointers,
                         Where where = Where::current()) const {
        then_refused(code, where);
        if (decision_.ok()) return;
        const testing::ScopedTrace trace(where.file_name(), static_cast<int>(where.line()), "");
        std::vector<std::string> found;
        for (const FieldError& error : decision_.error().fields) found.push_back(error.pointer);
        EXPECT_EQ(found, pointers);
    }
    // Field rules are broken at exactly these places, in this order.
    void then_invalid(const std::vector<std::string>& pointers,
                      Where where = Where::current()) const {
        then_refused_at(RefusalCode::invalid, pointers, where);
    }

private:
    Decision<std::vector<Event>> decision_;
};

template <typename State, typename Event>
class Given {
public:
    explicit Given(const std::vector<Event>& events) {
        std::uint64_t version = 0;
        for (const Event& event : events) evolve(state_, event, meta_of(++version, owner));
    }

    Given& by(const MemberId& actor) {
        actor_ = actor;
        return *this;
    }
    template <typename Command, typename... Surroundings>
    Outcome<Event> when(const Command& command, const Surroundings&... around) const {
        return Outcome<Event>(decide(state_, command, around..., context_of(actor_)));
    }
    const State& state() const { return state_; }

private:
    State state_;
    MemberId actor_ = owner;
};

}  // namespace outlay::domain::spec
