// Facts of one expense. Storage format: fields are only ever added.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/context.hpp"
#include "domain/values/money.hpp"
#include "domain/values/text.hpp"

namespace outlay::domain::expense {

struct ExpenseRecorded {
    Money amount;
    Date spent_on;
    std::optional<CategoryId> category{};
    MemberId member;  // whose spending it is
    std::optional<std::string> merchant{};
    std::optional<FreeText> note{};
    std::vector<std::string> tags{};  // sorted, unique
    bool operator==(const ExpenseRecorded&) const = default;
};

template <typename T>
struct Change {
    T before;
    T after;
    bool operator==(const Change&) const = default;
};

struct ExpenseAmended {  // only what changed is set, with the value before
    std::optional<Change<Money>> amount{};
    std::optional<Change<Date>> spent_on{};
    std::optional<Change<std::optional<CategoryId>>> category{};
    std::optional<Change<MemberId>> member{};
    std::optional<Change<std::optional<std::string>>> merchant{};
    std::optional<Change<std::optional<FreeText>>> note{};
    std::optional<Change<std::vector<std::string>>> tags{};
    bool operator==(const ExpenseAmended&) const = default;
};
struct ExpenseVoided {
    std::optional<FreeText> reason{};
    bool operator==(const ExpenseVoided&) const = default;
};
struct ExpenseRestored {
    bool operator==(const ExpenseRestored&) const = default;
};

// The day on which a refund counts: that on which the money came back, or that of the expense,
// wherever it is moved to.
enum class CountsIn { received, original };

struct ExpenseRefunded {
    RefundId refund;
    Money amount;  // in the currency of the expense, above 0
    Date received_on;
    CountsIn counts_in = CountsIn::received;
    std::optional<FreeText> reason{};
    bool operator==(const ExpenseRefunded&) const = default;
};
struct RefundTakenBack {
    RefundId refund;
    std::optional<FreeText> reason{};
    bool operator==(const RefundTakenBack&) const = default;
};

using Event = std::variant<ExpenseRecorded, ExpenseAmended, ExpenseVoided, ExpenseRestored,
                           ExpenseRefunded, RefundTakenBack>;

}  // namespace outlay::domain::expense
