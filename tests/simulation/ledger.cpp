// Events as JSON in, rows as text out.
#include "tests/simulation/ledger.hpp"

#include "tests/simulation/event_data.hpp"

namespace outlay::simulation {

std::string uuid_text(std::string_view id) {
    if (id.empty()) return {};
    return domain::uuid_of_base32(id.substr(id.find('_') + 1))->text();
}

void Ledger::follow(const Place& place, const std::vector<SeenEvent>& events) {
    std::vector<SeenExpense> sides;  // before and after
    const auto note_side = [&](const SeenEvent& event) {
        const auto known = expenses_.find(event.aggregate);
        if (known != expenses_.end() && known->second.last() != nullptr)
            sides.push_back(*known->second.last());
    };
    for (const auto& event : events) {
        const bool is_expense = event.type.starts_with("expense.");
        if (is_expense) note_side(event);
        apply(event, place.offset);
        if (is_expense) note_side(event);
    }
    for (const auto& [id, budget] : budgets_) {
        Cause cause;
        for (const auto& side : sides) {
            for (const auto& one : counted(budget, side)) cause.own.insert(one.start);
        }
        if (!cause.own.empty()) evaluate(id, cause, place);
    }
    Changed changed;
    for (const auto& event : events) note_rule_change(event, changed);
    for (const auto& [id, cause] : changed) evaluate(id, cause, place);
}

void Ledger::apply(const SeenEvent& event, std::int64_t offset) {
    if (event.type.starts_with("expense.")) return apply_expense(event, offset);
    if (event.type.starts_with("budget.")) return apply_budget(event);
    if (event.type.starts_with("alert.")) return apply_alert(event);
    const auto& data = *event.data;
    if (event.type == "category.created" || event.type == "category.moved") {
        const auto id = text(data, "category");
        parents_[id] = text(data, "parent");
        category_since_.try_emplace(id, offset);
        return;
    }
    apply_people(event, offset);
}

void Ledger::apply_people(const SeenEvent& event, std::int64_t offset) {
    const auto& data = *event.data;
    const auto set = [&](const std::string& member, const std::string& user,
                         const std::string& role) {
        user_of_member_[member] = user;
        members_by_user_[user].set(offset, {member, role});
    };
    const auto member = text(data, "member");
    if (event.type == "workspace.created")
        set(text(data, "owner"), text(data, "owner_user"), "owner");
    if (event.type == "member.added") set(member, text(data, "user"), text(data, "role"));
    if (event.type == "member.role_changed")
        set(member, user_of_member_.at(member), text(data, "role"));
    if (event.type == "member.removed") set(member, user_of_member_.at(member), "");
}

void Ledger::apply_expense(const SeenEvent& event, std::int64_t offset) {
    auto& timeline = expenses_[event.aggregate];
    const auto& data = *event.data;
    SeenExpense expense = timeline.last() == nullptr ? SeenExpense{} : *timeline.last();
    if (event.type == "expense.recorded") {
        expense = {false,
                   number(*data.find("amount"), "amount"),
                   text(*data.find("amount"), "currency"),
                   date(data, "spent_on"),
                   text(data, "category"),
                   text(data, "member"),
                   {}};
    } else if (event.type == "expense.amended") {
        if (const auto* amount = after(data, "amount")) {
            expense.minor = number(*amount, "amount");
            expense.currency = text(*amount, "currency");
        }
        if (const auto* day = after(data, "spent_on")) expense.spent_on = *Date::parse(day->text());
        if (const auto* category = after(data, "category"))
            expense.category = category->is_null() ? "" : category->text();
    } else if (event.type == "expense.refunded") {
        expense.refunds.push_back({text(data, "refund"), number(*data.find("amount"), "amount"),
                                   date(data, "received_on"),
                                   text(data, "counts_in") == "original"});
    } else if (event.type == "expense.refund_taken_back") {
        std::erase_if(expense.refunds,
                      [&](const auto& refund) { return refund.id == text(data, "refund"); });
    } else {
        expense.is_voided = event.type == "expense.voided";
    }
    timeline.set(offset, expense);
}

const SeenExpense* Ledger::expense(const std::string& id, std::int64_t next) const {
    const auto found = expenses_.find(id);
    return found == expenses_.end() ? nullptr : found->second.at(next);
}

SeenMember Ledger::member_of(const std::string& user, std::int64_t next) const {
    const auto found = members_by_user_.find(user);
    const auto* member = found == members_by_user_.end() ? nullptr : found->second.at(next);
    return member == nullptr ? SeenMember{} : *member;
}

bool Ledger::has_category(const std::string& id, std::int64_t next) const {
    const auto since = category_since_.find(id);
    return since != category_since_.end() && since->second < next;
}

void Ledger::add_expenses(Lines& lines) const {
    for (const auto& [id, timeline] : expenses_) {
        const auto& expense = *timeline.last();
        std::int64_t refunded = 0;
        for (const auto& refund : expense.refunds) refunded += refund.minor;
        lines.push_back(join({uuid_text(id), expense.is_voided ? "voided" : "recorded",
                              std::to_string(expense.minor), expense.currency,
                              expense.spent_on.text(), uuid_text(expense.category),
                              uuid_text(expense.member), std::to_string(refunded)}));
    }
}

void Ledger::add_refunds(Lines& lines) const {
    for (const auto& [id, timeline] : expenses_) {
        const auto& expense = *timeline.last();
        for (const auto& refund : expense.refunds) {
            lines.push_back(join({uuid_text(id), uuid_text(refund.id), std::to_string(refund.minor),
                                  expense.is_voided ? "~" : day_of(refund, expense).text()}));
        }
    }
}

void Ledger::add_spending(Lines& lines) const {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> cells;
    for (const auto& [id, timeline] : expenses_) {
        const auto& expense = *timeline.last();
        if (expense.is_voided) continue;
        const auto category =
            expense.category.empty() ? domain::Uuid{}.text() : uuid_text(expense.category);
        const auto cell_of = [&](Date day) -> auto& {
            return cells[join({day.text(), category, uuid_text(expense.member), expense.currency})];
        };
        cell_of(expense.spent_on).first += expense.minor;
        ++cell_of(expense.spent_on).second;
        for (const auto& refund : expense.refunds)
            cell_of(day_of(refund, expense)).first -= refund.minor;
    }
    for (const auto& [key, sum] : cells)
        lines.push_back(join({key, std::to_string(sum.first), std::to_string(sum.second)}));
}

void Ledger::add_categories(Lines& lines) const {
    for (const auto& [id, parent] : parents_)
        lines.push_back(uuid_text(id) + "|" + uuid_text(parent));
}

void Ledger::add_members(Lines& lines) const {
    for (const auto& [user, timeline] : members_by_user_) {
        const auto& member = *timeline.last();
        if (!member.role.empty())
            lines.push_back(join({uuid_text(member.id), uuid_text(user), member.role}));
    }
}

}  // namespace outlay::simulation
