// The stored form of expense events. An amendment stores each changed member as {"before": ...,
// "after": ...}, with null where there was or is no value.
#include "events/family.hpp"
#include "events/value_fields.hpp"

namespace outlay::events {

namespace expense = domain::expense;

template <typename T>
struct Stored<expense::Change<T>> {
    static void write(json::Writer& writer, const expense::Change<T>& change) {
        writer.begin_object();
        Stored<T>::write(writer.key("before"), change.before);
        Stored<T>::write(writer.key("after"), change.after);
        writer.end_object();
    }
    static std::optional<expense::Change<T>> read(const json::Value& stored, Trail& trail) {
        auto before = read_side(stored, "before", trail);
        if (!before) return std::nullopt;
        auto after = read_side(stored, "after", trail);
        if (!after) return std::nullopt;
        return expense::Change<T>{std::move(*before), std::move(*after)};
    }

private:
    static std::optional<T> read_side(const json::Value& stored, std::string_view name,
                                      Trail& trail) {
        const json::Value* const side = stored.find(name);
        std::optional<T> value;
        if (side != nullptr) value = Stored<T>::read(*side, trail);
        if (!value) trail.enter(name);
        return value;
    }
};

// What is recorded, and what may be amended.
template <typename Event>
constexpr auto content = std::tuple(
    Field{"amount", &Event::amount}, Field{"spent_on", &Event::spent_on},
    Field{"category", &Event::category}, Field{"member", &Event::member},
    Field{"merchant", &Event::merchant}, Field{"note", &Event::note}, Field{"tags", &Event::tags});

template <>
struct Layout<expense::ExpenseRecorded> {
    static constexpr std::string_view type = "expense.recorded";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = content<expense::ExpenseRecorded>;
};

template <>
struct Layout<expense::ExpenseAmended> {
    static constexpr std::string_view type = "expense.amended";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = content<expense::ExpenseAmended>;
};

template <>
struct Layout<expense::ExpenseVoided> {
    static constexpr std::string_view type = "expense.voided";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple(Field{"reason", &expense::ExpenseVoided::reason});
};

template <>
struct Layout<expense::ExpenseRestored> {
    static constexpr std::string_view type = "expense.restored";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple();
};

template <>
struct Words<expense::CountsIn> {
    static constexpr std::pair<expense::CountsIn, std::string_view> table[] = {
        {expense::CountsIn::received, "received"},
        {expense::CountsIn::original, "original"},
    };
};

template <>
struct Layout<expense::ExpenseRefunded> {
    using Event = expense::ExpenseRefunded;
    static constexpr std::string_view type = "expense.refunded";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields =
        std::tuple(Field{"refund", &Event::refund}, Field{"amount", &Event::amount},
                   Field{"received_on", &Event::received_on}, Field{"counts_in", &Event::counts_in},
                   Field{"reason", &Event::reason});
};

template <>
struct Layout<expense::RefundTakenBack> {
    using Event = expense::RefundTakenBack;
    static constexpr std::string_view type = "expense.refund_taken_back";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields =
        std::tuple(Field{"refund", &Event::refund}, Field{"reason", &Event::reason});
};

std::span<const TypeEntry> expense_types() {
    return TypeTable<expense::Event>::entries;
}

void write_data(json::Writer& writer, const expense::Event& event) {
    write_event(writer, event);
}

}  // namespace outlay::events
