// The names of refusal codes, as they appear in problems and field errors.
#include "domain/values/refusal.hpp"

namespace outlay::domain {

std::string_view name_of(RefusalCode code) {
    switch (code) {
        case RefusalCode::invalid:
            return "invalid";
        case RefusalCode::not_found:
            return "not_found";
        case RefusalCode::unauthenticated:
            return "unauthenticated";
        case RefusalCode::forbidden:
            return "forbidden";
        case RefusalCode::state_conflict:
            return "state_conflict";
        case RefusalCode::period_closed:
            return "period_closed";
        case RefusalCode::category_unknown:
            return "category_unknown";
        case RefusalCode::category_archived:
            return "category_archived";
        case RefusalCode::category_cycle:
            return "category_cycle";
        case RefusalCode::category_too_deep:
            return "category_too_deep";
        case RefusalCode::name_taken:
            return "name_taken";
        case RefusalCode::member_unknown:
            return "member_unknown";
        case RefusalCode::member_exists:
            return "member_exists";
        case RefusalCode::last_owner:
            return "last_owner";
        case RefusalCode::currency_mismatch:
            return "currency_mismatch";
        case RefusalCode::refund_exceeds_amount:
            return "refund_exceeds_amount";
        case RefusalCode::already_exists:
            return "already_exists";
        case RefusalCode::workspace_archived:
            return "workspace_archived";
        case RefusalCode::limit_reached:
            return "limit_reached";
    }
    CHECK(false, "a refusal code outside its enumeration");
    return {};
}

}  // namespace outlay::domain
