// Identities. An id is 128 bits; outside the program it is written as prefix, underscore and 26
// characters of Crockford base32 in lower case (the TypeID form, e.g.
// "exp_01h455vb4pex5vsknk084sn02q"). Values; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outlay::domain {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const Uuid&) const = default;
    bool is_nil() const noexcept { return *this == Uuid{}; }
    // "01890a5d-ac96-774b-bcce-b302099a8057": the form of the read store.
    std::string text() const;
    static std::optional<Uuid> parse(std::string_view text);
};

// The 26 base32 characters without a prefix; the first character is at most '7'.
std::string base32_of(const Uuid& value);
std::optional<Uuid> uuid_of_base32(std::string_view text);

// A strong id: Kind names the prefix, so an expense id never passes for a budget id.
template <typename Kind>
struct Id {
    Uuid value;
    auto operator<=>(const Id&) const = default;
    std::string text() const { return std::string(Kind::prefix) + "_" + base32_of(value); }
    // Empty for another prefix or malformed text.
    static std::optional<Id> parse(std::string_view text) {
        constexpr std::string_view prefix = Kind::prefix;
        if (text.size() != prefix.size() + 27 || text.substr(0, prefix.size()) != prefix ||
            text[prefix.size()] != '_') {
            return std::nullopt;
        }
        const auto uuid = uuid_of_base32(text.substr(prefix.size() + 1));
        return uuid ? std::optional<Id>(Id{*uuid}) : std::nullopt;
    }
};

struct WorkspaceKind {
    static constexpr std::string_view prefix = "ws";
};
struct ExpenseKind {
    static constexpr std::string_view prefix = "exp";
};
struct RefundKind {
    static constexpr std::string_view prefix = "rfd";
};
struct CategoryKind {
    static constexpr std::string_view prefix = "cat";
};
struct BudgetKind {
    static constexpr std::string_view prefix = "bud";
};
struct ThresholdKind {
    static constexpr std::string_view prefix = "thr";
};
struct AlertKind {
    static constexpr std::string_view prefix = "alr";
};
struct ChannelKind {
    static constexpr std::string_view prefix = "chn";
};
struct DeliveryKind {
    static constexpr std::string_view prefix = "dlv";
};
struct MessageKind {
    static constexpr std::string_view prefix = "msg";
};
struct MemberKind {
    static constexpr std::string_view prefix = "mem";
};  // person or service account
struct UserKind {
    static constexpr std::string_view prefix = "usr";
};
struct KeyKind {
    static constexpr std::string_view prefix = "key";
};
struct CommandKind {
    static constexpr std::string_view prefix = "cmd";
};
struct EventKind {
    static constexpr std::string_view prefix = "evt";
};

using WorkspaceId = Id<WorkspaceKind>;
using ExpenseId = Id<ExpenseKind>;
using RefundId = Id<RefundKind>;
using CategoryId = Id<CategoryKind>;
using BudgetId = Id<BudgetKind>;
using ThresholdId = Id<ThresholdKind>;
using AlertId = Id<AlertKind>;
using ChannelId = Id<ChannelKind>;
using DeliveryId = Id<DeliveryKind>;
using MessageId = Id<MessageKind>;
using MemberId = Id<MemberKind>;
using UserId = Id<UserKind>;
using KeyId = Id<KeyKind>;
using CommandId = Id<CommandKind>;
using EventId = Id<EventKind>;

template <typename Kind>
std::optional<std::string> text_of(const std::optional<Id<Kind>>& id) {
    return id ? std::optional(id->text()) : std::nullopt;
}
template <typename AnyId>
std::vector<std::string> texts_of(const std::vector<AnyId>& ids) {
    std::vector<std::string> texts;
    texts.reserve(ids.size());
    for (const auto& id : ids) texts.push_back(id.text());
    return texts;
}

}  // namespace outlay::domain

template <>
struct std::hash<outlay::domain::Uuid> {
    std::size_t operator()(const outlay::domain::Uuid& id) const noexcept {
        std::uint64_t value = 0;
        for (std::size_t i = 8; i < 16; ++i) value = (value << 8U) | id.bytes[i];
        return static_cast<std::size_t>(value);
    }
};
template <typename Kind>
struct std::hash<outlay::domain::Id<Kind>> {
    std::size_t operator()(const outlay::domain::Id<Kind>& id) const noexcept {
        return std::hash<outlay::domain::Uuid>{}(id.value);
    }
};
