// Commands of a channel and the rules that answer them. Whether an address may be called at all is
// judged before, by who knows the network.
#pragma once

#include <functional>
#include <optional>

#include "domain/channel/state.hpp"
#include "domain/values/refusal.hpp"

namespace outlay::domain::channel {

using Events = std::vector<Event>;

inline constexpr std::size_t patterns_max = 20;

inline constexpr std::size_t routes_max = 100;  // entries of one list of a routing

// What a channel's address consists of.
enum class Form { url, routing_key, mail };
Form form_of(Kind kind);
// Programs get every message as it comes, people get what they can read.
bool is_for_people(Kind kind);

struct RegisterChannel {  // the channel's id is index 0 of the derived ids
    Kind kind = Kind::webhook;
    std::string description{};
    std::vector<std::string> events{};
    Target target{};
    Uuid secret{};
    std::optional<Format> format{};
    Routing routing{};
    TimingEdit timing{};
    std::optional<Signature> signature{};
    bool is_trusted = false;  // an owner vouches for it: nothing has to be confirmed
};
struct NewTarget {
    Form form = Form::url;
    Target target{};
    Uuid code{};  // for a channel that has to be confirmed again
    bool has_token = false;
};
struct EditChannel {  // what PATCH asks; unset: unchanged
    std::optional<std::string> description{};
    std::optional<std::vector<std::string>> events{};
    std::optional<NewTarget> target{};
    std::optional<bool> paused{};
    std::optional<std::vector<Severity>> severities{};
    std::optional<std::vector<BudgetId>> budgets{};
    std::optional<std::vector<MemberId>> members{};
    TimingEdit timing{};
    bool is_trusted = false;
};
struct ConfirmChannel {
    // Whether the code that was given is the one behind this id.
    std::function<bool(const Uuid& secret)> is_right{};
};
struct RotateSecret {
    Uuid secret{};
};
struct RemoveChannel {};

Decision<Events> decide(const Channel&, const RegisterChannel&, const Context&);
Decision<Events> decide(const Channel&, const EditChannel&, const Context&);
Decision<Events> decide(const Channel&, const ConfirmChannel&, const Context&);
Decision<Events> decide(const Channel&, const RotateSecret&, const Context&);
Decision<Events> decide(const Channel&, const RemoveChannel&, const Context&);

}  // namespace outlay::domain::channel
